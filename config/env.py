"""Typed readers for the process environment.

Every setting that comes from outside is read through one of these, so that a wrong value stops the
process at start-up with the variable's name instead of surfacing later as odd behaviour.
"""

import os
from urllib.parse import parse_qs, unquote, urlsplit

_MISSING = object()


class EnvironmentProblem(Exception):
    """A variable is missing or cannot be read as its type."""


def text(name: str, default: object = _MISSING) -> str:
    """Return the variable as text. Raises EnvironmentProblem when it is absent and has no default."""
    value = os.environ.get(name)
    if value is None or value == "":
        if default is _MISSING:
            raise EnvironmentProblem(f"{name} is not set")
        return str(default)
    return value


def boolean(name: str, default: object = _MISSING) -> bool:
    """Return the variable as a truth value: 1/true/yes/on or 0/false/no/off."""
    value = text(name, default).strip().lower()
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    raise EnvironmentProblem(f"{name} must be true or false, not {value!r}")


def integer(name: str, default: object = _MISSING, *, least: int | None = None) -> int:
    """Return the variable as a whole number, not below `least`."""
    value = text(name, default)
    try:
        number = int(value)
    except ValueError as error:
        raise EnvironmentProblem(f"{name} must be a whole number, not {value!r}") from error
    if least is not None and number < least:
        raise EnvironmentProblem(f"{name} must be at least {least}, not {number}")
    return number


def items(name: str, default: object = _MISSING) -> list[str]:
    """Return a comma-separated variable as a list without empty items."""
    return [item.strip() for item in text(name, default).split(",") if item.strip()]


def postgres(name: str, default: object = _MISSING) -> dict[str, object]:
    """Return a Django database dictionary from postgresql://user:password@host:port/name?host=/socket.

    The host may stand in the query, as libpq writes a Unix socket folder.
    """
    url = urlsplit(text(name, default))
    if url.scheme not in {"postgres", "postgresql"}:
        raise EnvironmentProblem(f"{name} must start with postgresql://")
    query = parse_qs(url.query)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(url.path.lstrip("/")) or "postgres",
        "USER": unquote(url.username or "") or query.get("user", [""])[0],
        "PASSWORD": unquote(url.password or ""),
        "HOST": unquote(url.hostname or "") or query.get("host", [""])[0],
        "PORT": str(url.port or ""),
    }


def redis_broker(url: str) -> str:
    """Return a REDIS_URL as Celery writes it: a Unix socket has another scheme there."""
    scheme, rest = url.split("://", 1)
    return f"redis+socket://{rest}" if scheme == "unix" else url


def file_defaults(path: str | os.PathLike[str]) -> None:
    """Take NAME=value lines of a file as defaults for variables that are not set; no file, no defaults."""
    if not os.path.exists(path):
        return
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            name, _, value = line.strip().partition("=")
            os.environ.setdefault(name, value)
