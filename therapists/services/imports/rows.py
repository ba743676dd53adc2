"""One record of a register's file, cell by cell: what can be used, and what is wrong with the rest.

Without number, name, status and a readable end date a row is refused; any other cell that cannot be used is left empty
and reported. A status that hides somebody is read from a refused row too.
"""

import datetime
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from core.crypto import keyed_digest
from core.geo import postcode_clean
from therapists.services.imports.columns import plain, status_of
from therapists.services.imports.names import name_key
from therapists.services.imports.reading import Record

LIMITS = {"number": 40, "name": 160, "email": 254, "town": 80, "postcode": 12, "grade": 80, "status": 60}
EARLIEST, LATEST = datetime.date(1920, 1, 1), datetime.date(2100, 1, 1)
DATE = re.compile(r"(?:(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})|(?P<d2>\d{1,2})/(?P<m2>\d{1,2})/(?P<y2>\d{4}))")
ROUNDED = re.compile(r"\d(?:\.\d+)?E\+\d+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Problem:
    """`value` is what stood in the cell; of an e-mail address only the part after the @ is kept."""

    row: int
    column: str
    value: str
    problem: str


@dataclass(slots=True)
class Row:
    """`number` is known wherever it could be read. `good`: the row goes in. `status` may be known of a bad row too."""

    row: int
    number: str = ""
    name: str = ""
    email: str = ""
    town: str = ""
    postcode: str = ""
    grade: str = ""
    grade_from: datetime.date | None = None
    status: str | None = None
    valid_until: datetime.date | None = None
    good: bool = True
    problems: list[Problem] = field(default_factory=list)

    def digest(self) -> str:
        """Return what tells this row from a changed one. Keyed, because it covers the e-mail address."""
        values = (self.number, self.name, self.email, self.town, self.postcode, self.grade,
                  self.grade_from, self.status, self.valid_until)  # fmt: skip
        return keyed_digest("\x1f".join(str(value) for value in values), purpose="register_row")

    def name_key(self) -> str:
        return name_key(self.name)

    def email_digest(self) -> str:
        return keyed_digest(self.email, purpose="registration_email") if self.email else ""


class RowReader:
    """Reads the rows of one register's file."""

    def __init__(self, *, code: str, at: Mapping[str, int], grades: Sequence[str], number_pattern: str) -> None:
        self.code = code
        self.at = at
        self.width = max(at.values()) + 1
        self.grades = {plain(grade) for grade in grades}
        self.pattern = _pattern(number_pattern)

    def read(self, record: Record) -> Row:
        """Return the record as a Row. Never raises, whatever the cells hold."""
        row = Row(record.row)
        if record.broken:
            row.good = False
            row.problems.append(Problem(record.row, "", "", record.broken))
            row.number = self._number(row, record.cells)
            row.problems = row.problems[:1]
            return row
        if len(record.cells) < self.width:
            missing = _("the row has %(here)d cells, the header asks for %(asked)d")
            self._wrong(row, "", "", missing % {"here": len(record.cells), "asked": self.width})
        row.number = self._number(row, record.cells)
        row.status = self._status(row, record.cells)
        row.name = self._needed(row, "name", record.cells)
        row.valid_until = self._valid_until(row, record.cells)
        self._register(row, record.cells)
        row.town = self._text(row, "town", record.cells)
        row.email = self._email(row, record.cells)
        row.postcode = self._postcode(row, record.cells)
        row.grade = self._grade(row, record.cells)
        row.grade_from = self._date(row, "grade_from", record.cells)
        return row

    def _raw(self, column: str, cells: Sequence[str]) -> str:
        at = self.at.get(column)
        return cells[at] if at is not None and at < len(cells) else ""

    def _wrong(self, row: Row, column: str, value: str, problem: str) -> None:
        shown = f"…@{value.rpartition('@')[2]}" if column == "email" and "@" in value else value
        shown = "".join(letter if letter.isprintable() else "�" for letter in shown[:120])
        row.problems.append(Problem(row.row, column, shown, problem))

    def _text(self, row: Row, column: str, cells: Sequence[str]) -> str:
        """Return the cell's text, or "" with a problem noted."""
        raw = self._raw(column, cells)
        text = " ".join(raw.split())
        if not text:
            return ""
        problem = ""
        if raw[0] in "=+-@\t\r" or text[0] in "=+-@":
            problem = _("begins like a formula, which a spreadsheet would run")
        elif len(text) > LIMITS[column]:
            problem = _("is longer than %(most)d letters") % {"most": LIMITS[column]}
        elif not text.isprintable() or "\ufffd" in text:
            problem = _("holds a character that cannot be read")
        if problem:
            self._wrong(row, column, raw, problem)
            return ""
        return unicodedata.normalize("NFC", text)

    def _needed(self, row: Row, column: str, cells: Sequence[str]) -> str:
        before = len(row.problems)
        text = self._text(row, column, cells)
        if not text:
            row.good = False
            if len(row.problems) == before:
                self._wrong(row, column, "", _("is empty"))
        return text

    def _number(self, row: Row, cells: Sequence[str]) -> str:
        number = self._needed(row, "number", cells).upper()
        if ROUNDED.fullmatch(number):
            self._wrong(row, "number", number, _("was rounded by a spreadsheet: format the column as text"))
            row.good = False
            return ""
        if number and self.pattern and not self.pattern.match(number):
            self._wrong(row, "number", number, _("does not look like this register's numbers; taken as it stands"))
        return number

    def _status(self, row: Row, cells: Sequence[str]) -> str | None:
        text = self._needed(row, "status", cells)
        status = status_of(text) if text else None
        if text and status is None:
            self._wrong(row, "status", text, _("is not a status we know"))
            row.good = False
        return status

    def _valid_until(self, row: Row, cells: Sequence[str]) -> datetime.date | None:
        before = len(row.problems)
        day = self._date(row, "valid_until", cells)
        if len(row.problems) > before:
            row.good = False
        elif day is None and "valid_until" in self.at and row.status in {"active", "active_with_sanction"}:
            self._wrong(row, "valid_until", "", _("is empty: the person cannot be shown until an end date is known"))
        return day

    def _date(self, row: Row, column: str, cells: Sequence[str]) -> datetime.date | None:
        text = self._raw(column, cells).strip()
        if not text:
            return None
        try:
            parts = DATE.fullmatch(text)
            if parts is None:
                raise ValueError
            year, month, day = parts["y"] or parts["y2"], parts["m"] or parts["m2"], parts["d"] or parts["d2"]
            found = datetime.date(int(year), int(month), int(day))
        except ValueError:
            self._wrong(row, column, text, _("is not a date: write 2027-03-31 or 31/03/2027"))
            return None
        if not EARLIEST <= found < LATEST:
            self._wrong(row, column, text, _("is a date that cannot be right"))
            return None
        return found

    def _register(self, row: Row, cells: Sequence[str]) -> None:
        text = self._raw("register", cells).strip()
        if text and text.casefold() != self.code.casefold():
            self._wrong(row, "register", text, _("is another register: this file is read for %s") % self.code)
            row.good = False
            # What another register says about this number is about somebody else.
            row.number, row.status = "", None

    def _email(self, row: Row, cells: Sequence[str]) -> str:
        text = self._text(row, "email", cells).lower()
        if not text:
            return ""
        try:
            validate_email(text)
        except ValidationError:
            self._wrong(row, "email", text, _("is not an e-mail address; left empty"))
            return ""
        return text

    def _postcode(self, row: Row, cells: Sequence[str]) -> str:
        text = self._text(row, "postcode", cells)
        if not text:
            return ""
        try:
            return postcode_clean(text)
        except ValueError:
            self._wrong(row, "postcode", text, _("is not a postcode; left empty"))
            return ""

    def _grade(self, row: Row, cells: Sequence[str]) -> str:
        text = self._text(row, "grade", cells)
        if text and self.grades and plain(text) not in self.grades:
            self._wrong(row, "grade", text, _("is not a grade we know of this register; taken as it stands"))
        return text


def _pattern(text: str) -> re.Pattern[str] | None:
    # Administrators type these: one that is no pattern must not stop a register from being read.
    try:
        return re.compile(text) if text else None
    except re.error:
        return None
