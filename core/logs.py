"""Log lines that name routes and exception types, never paths, values or what somebody typed."""

import logging
import traceback
from types import TracebackType


class RouteOnly(logging.Filter):
    """Replace the path in Django's request lines by the route: a path may hold a token or an id."""

    def filter(self, record: logging.LogRecord) -> bool:
        request = getattr(record, "request", None)
        if request is not None:
            match = getattr(request, "resolver_match", None)
            record.msg = "%s at %s"
            status = getattr(record, "status_code", record.levelname)
            record.args = (status, match.route if match else "an unknown route")
        return True


class PlainFormatter(logging.Formatter):
    """One line per record; exceptions as type and places only, since their texts quote values and rows."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")

    def formatException(  # noqa: N802 - the name is logging's
        self, ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
    ) -> str:
        kind, _, trace = ei
        places = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace)]
        return "\n  ".join([kind.__name__ if kind else "no exception", *places])
