"""A register's file as records: which encoding, which delimiter, where a row ends. Bytes in, records out.

Nothing in a file may stop the reading of the rest: a row that breaks the rules of CSV becomes a record that says so,
and the reading goes on with the next line. Only what is no table at all raises Unreadable.
"""

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

MOST_BYTES = 100 * 2**20
# A quote that is never closed would otherwise swallow everybody after it.
MOST_LINES_IN_A_ROW = 20
DELIMITERS = (",", ";", "\t")
BINARY_STARTS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF", b"\x1f\x8b", b"\x89PNG", b"\xff\xd8\xff", b"Rar!")


class Unreadable(ValueError):
    """The file as a whole is of no use. The text is for whoever chose it."""


class _RowTooLong(Exception):
    pass


@dataclass(frozen=True, slots=True)
class Record:
    """One row as a spreadsheet counts them (the header is 1). `broken` says what is wrong with its quoting."""

    row: int
    cells: Sequence[str]
    broken: str = ""


def decode(data: bytes) -> str:
    """Return the text of a UTF-8 (with or without mark) or Windows-1252 file.

    Bytes that are neither become U+FFFD, which the cells then report. Raises Unreadable.
    """
    if not data.strip():
        raise Unreadable(_("The file is empty."))
    if len(data) > MOST_BYTES:
        raise Unreadable(_("The file is larger than 100 MB. A register's list is far smaller: is it the right file?"))
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Unreadable(_("The file is saved as UTF-16. Save it again as “CSV UTF-8”."))
    if data.startswith(BINARY_STARTS) or data[:4096].count(0) > len(data[:4096]) // 20:
        raise Unreadable(_("This is not a text file. If it is a spreadsheet, save it as “CSV UTF-8” first."))
    text = data.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace")
    damaged = text.count("\ufffd")
    if damaged:
        beyond_ascii = len(text) - len(text.encode("ascii", "ignore"))
        # A file that is mostly sound UTF-8 is UTF-8 with damage: read as Windows-1252 every accent would be wrong.
        if beyond_ascii - damaged <= damaged:
            text = data.decode("cp1252", "replace")
    return text


def table(text: str, known_columns: Callable[[Sequence[str]], int]) -> tuple[Record, Iterator[Record]]:
    """Return the header and the records after it.

    `known_columns` counts the cells of a header that it knows: the delimiter which gives most of them is the file's.
    Guessing from the data would take the comma in "Smith, Anna" for one. Raises Unreadable.
    """
    lines = io.StringIO(text, newline="").readlines()
    skipped = 0
    named = lines[0].strip().strip('"') if lines else ""
    if named.lower().startswith("sep=") and len(named) == 5:
        skipped = 1
    best: tuple[int, Record, Iterator[Record]] | None = None
    for delimiter in DELIMITERS:
        records = _records(lines, delimiter, skipped)
        header = next((record for record in records if any(cell.strip() for cell in record.cells)), None)
        if header is None:
            raise Unreadable(_("The file has no rows."))
        count = known_columns(header.cells)
        if best is None or count > best[0]:
            best = (count, header, records)
    if best is None:
        raise Unreadable(_("The file has no rows."))
    return best[1], best[2]


class _Lines:
    """Lines with a position that can be set back, refusing to run on inside one row."""

    def __init__(self, lines: list[str], at: int) -> None:
        self.lines = lines
        self.at = self.row_began = at

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        if self.at >= len(self.lines):
            raise StopIteration
        if self.at - self.row_began >= MOST_LINES_IN_A_ROW:
            raise _RowTooLong
        self.at += 1
        return self.lines[self.at - 1]


def _records(lines: list[str], delimiter: str, skipped: int) -> Iterator[Record]:
    source = _Lines(lines, skipped)
    reader = csv.reader(source, delimiter=delimiter, strict=True)
    row = skipped
    while True:
        source.row_began = source.at
        row += 1
        try:
            yield Record(row, next(reader))
        except StopIteration:
            return
        except (csv.Error, _RowTooLong):
            broken = lines[source.row_began]
            source.at = source.row_began + 1
            reader = csv.reader(source, delimiter=delimiter, strict=True)
            # Split bluntly, only so that the row's number may still be known.
            cells = [cell.strip('"\r\n ') for cell in broken.split(delimiter)]
            yield Record(row, cells, _("a quotation mark is missing or too many, or a cell is far too long"))
