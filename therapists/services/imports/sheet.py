"""A whole file read and made consistent, before anything is written."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from django.utils.translation import gettext as _

from therapists.models import Register, Registration
from therapists.services.imports.columns import known_columns, positions, worst
from therapists.services.imports.reading import decode, table
from therapists.services.imports.rows import Problem, Row, RowReader

# Every so many rows the progress is told.
STEP = 1_000


@dataclass(slots=True)
class Sheet:
    """`good` rows have different numbers. `bad` are refused rows whose number could be read, by number: no good row
    speaks for them, so of these only a status that hides somebody is taken. `numbers` is everybody the file names.
    """

    good: dict[str, Row] = field(default_factory=dict)
    bad: dict[str, Row] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    rows: int = 0
    refused: int = 0

    @property
    def numbers(self) -> set[str]:
        return self.good.keys() | self.bad.keys()


def read_sheet(*, data: bytes, register: Register, progress: Callable[[int], None] | None = None) -> Sheet:
    """Read a register's file. Raises Unreadable when it is no table with the columns we need; never anything else."""
    header, records = table(decode(data), known_columns)
    at = positions(header.cells)
    reader = RowReader(code=register.code, at=at, grades=register.grades, number_pattern=register.number_pattern)
    sheet = Sheet()
    if "valid_until" not in at:
        missing = _("the column is missing: nobody from this file can be shown until an end date is known")
        sheet.problems.append(Problem(header.row, "valid_until", "", missing))
    for record in records:
        if not record.broken and not any(cell.strip() for cell in record.cells):
            continue
        sheet.rows += 1
        _add(sheet, reader.read(record))
        if progress and sheet.rows % STEP == 0:
            progress(sheet.rows)
    return sheet


def _add(sheet: Sheet, row: Row) -> None:
    earlier = sheet.good.get(row.number) if row.number else None
    if row.good and earlier is not None:
        twice = _("stands in row %d already; the earlier row counts, with the worse of the two statuses")
        row.problems.append(Problem(row.row, "number", row.number, twice % earlier.row))
        row.good = False
    sheet.problems.extend(row.problems)
    if not row.good:
        sheet.refused += 1
        _keep_bad(sheet, row, earlier)
        return
    worse = sheet.bad.pop(row.number, None)
    sheet.good[row.number] = row if worse is None else _with_worse(row, worse)


def _keep_bad(sheet: Sheet, row: Row, earlier: Row | None) -> None:
    if not row.number:
        return
    if earlier is not None:
        sheet.good[row.number] = _with_worse(earlier, row)
    else:
        known = sheet.bad.get(row.number)
        sheet.bad[row.number] = row if known is None else _with_worse(known, row)


def _with_worse(row: Row, other: Row) -> Row:
    known = [status for status in (row.status, other.status) if status]
    return replace(row, status=worst(known)) if known else row


def hides(status: str | None) -> bool:
    """Return whether a status alone keeps somebody from being shown (a sanction does until it is reviewed)."""
    return status is not None and status != Registration.Status.ACTIVE
