"""Long lists a page at a time: each page begins after the last row of the one before, however long the list is."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MOST = 2**62


@dataclass(frozen=True)
class Page:
    """`more`: what the next page is asked with; "" on the last one. `later`: this is not the first page."""

    rows: Sequence[Any]
    more: str = ""
    later: bool = False


@dataclass(frozen=True)
class Order:
    """A time column and the columns that break ties, all ascending or all descending."""

    at: str
    ties: tuple[str, ...] = ("pk",)
    newest_first: bool = False

    @property
    def columns(self) -> list[str]:
        return [f"-{name}" if self.newest_first else name for name in (self.at, *self.ties)]

    def after(self, mark: str) -> Q:
        """Return what stands behind the mark; everything for a mark that nobody made."""
        values = _read(mark, len(self.ties))
        if values is None:
            return Q()
        beyond, from_ = ("__lt", "__lte") if self.newest_first else ("__gt", "__gte")
        names, found, equal = (self.at, *self.ties), Q(pk__in=[]), Q()
        for name, value in zip(names, values, strict=True):
            found |= equal & Q(**{name + beyond: value})
            equal &= Q(**{name: value})
        # Said twice so that an index over the first column can be entered at the right place.
        return Q(**{self.at + from_: values[0]}) & found


def mark_of(at: datetime, *ties: int) -> str:
    """Return what a page is asked with that begins behind this row."""
    return "-".join(str(number) for number in ((at - _EPOCH) // timedelta(microseconds=1), *ties))


def page_of(
    rows: QuerySet[Any], order: Order, mark: str, *, size: int, marked: Callable[[Any], tuple[Any, ...]]
) -> Page:
    """Return a page of rows behind the mark. `marked` gives a row's (time, ties...) for the next mark."""
    found = list(rows.filter(order.after(mark)).order_by(*order.columns)[: size + 1])
    more = mark_of(*marked(found[size - 1])) if len(found) > size else ""
    return Page(found[:size], more, bool(mark))


def _read(mark: str, ties: int) -> list[Any] | None:
    parts = mark.split("-")
    if len(parts) != ties + 1 or not all(part.isascii() and part.isdigit() and len(part) <= 19 for part in parts):
        return None
    numbers = [int(part) for part in parts]
    if max(numbers) > _MOST:
        return None
    try:
        return [_EPOCH + timedelta(microseconds=numbers[0]), *numbers[1:]]
    except OverflowError:
        return None
