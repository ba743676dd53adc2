"""Downloads that open in a spreadsheet: comma-separated, one row at a time, and never a formula."""

import csv
from collections.abc import Iterable, Iterator, Sequence

# A cell that begins with one of these is taken for a formula, and could send what stands beside it elsewhere.
_ACTIVE = ("=", "+", "-", "@", "\t", "\r", "\n")


class _Echo:
    """The csv module writes into something: this hands the line back."""

    def write(self, line: str) -> str:
        return line


def safe(cell: object) -> object:
    """Return a cell that is shown as it stands: text that would be a formula begins with an apostrophe."""
    if isinstance(cell, str) and cell.lstrip(" ").startswith(_ACTIVE):
        return f"'{cell}"
    return cell


def lines(heading: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """Yield the lines of a CSV file, the heading first, with the mark that makes spreadsheets read it as UTF-8."""
    writer = csv.writer(_Echo())
    yield "\ufeff" + writer.writerow([safe(cell) for cell in heading])
    for row in rows:
        yield writer.writerow([safe(cell) for cell in row])
