"""The columns of a register's file and the words in them. docs/import-register.md says the same to people."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from therapists.models import Registration
from therapists.services.imports.reading import Unreadable

Status = Registration.Status

_NUMBERS = {
    f"{whose} {what}"
    for whose in ("registration", "registrant", "reg", "membership", "member")
    for what in ("number", "no", "id")
}
REQUIRED = ("number", "name", "status")
SYNONYMS: dict[str, frozenset[str]] = {
    "number": frozenset({"number", *_NUMBERS}),
    "name": frozenset({"name", "full name", "registrant", "registrant name"}),
    "email": frozenset({"email", "e mail", "email address", "e mail address"}),
    "town": frozenset({"town", "city", "town or city"}),
    "postcode": frozenset({"postcode", "post code", "postal code"}),
    "grade": frozenset({"grade", "category", "membership grade", "level"}),
    "grade_from": frozenset({"grade from", "grade since", "grade date"}),
    "status": frozenset({"status", "registration status"}),
    "valid_until": frozenset({"valid until", "valid to", "expires", "expiry", "expiry date", "renewal date"}),
    "register": frozenset({"register", "register code"}),
}
COLUMNS = {word: column for column, words in SYNONYMS.items() for word in words}

STATUS_WORDS = {
    Status.ACTIVE: {"active", "current", "live", "registered", "on register", "on the register"},
    Status.SANCTION: {"active with sanction", "active with a sanction", "sanction", "conditions", "undertakings",
                      "active with conditions", "warning"},
    Status.SUSPENDED: {"suspended", "interim suspension", "suspension"},
    Status.REMOVED: {"removed", "struck off", "expelled", "erased", "membership withdrawn", "withdrawn"},
    Status.LAPSED: {"lapsed", "expired", "not renewed"},
    Status.RESIGNED: {"resigned", "retired", "resigned or retired"},
    Status.NOT_FOUND: {"not found"},
    Status.UNVERIFIED: {"unverified", "not checked yet"},
}  # fmt: skip
STATUSES = {word: status for status, words in STATUS_WORDS.items() for word in words}
# A word we do not know that begins like one of these is bad news: it must not wait for somebody to read the report.
STATUS_BEGINNINGS = (
    ("suspen", Status.SUSPENDED),
    ("interim suspen", Status.SUSPENDED),
    ("remov", Status.REMOVED),
    ("struck", Status.REMOVED),
    ("expel", Status.REMOVED),
)
# Worst first: of two rows for one number the worse one counts.
SEVERITY = (
    Status.REMOVED,
    Status.SUSPENDED,
    Status.SANCTION,
    Status.NOT_FOUND,
    Status.RESIGNED,
    Status.LAPSED,
    Status.UNVERIFIED,
    Status.ACTIVE,
)


def plain(text: str) -> str:
    """Return a heading or a status word without case, dashes, underscores and doubled spaces."""
    for mark in "_-.*:":
        text = text.replace(mark, " ")
    return " ".join(text.casefold().split())


def known_columns(cells: Sequence[str]) -> int:
    return sum(plain(cell) in COLUMNS for cell in cells)


def positions(header: Sequence[str]) -> dict[str, int]:
    """Return where each column stands. Columns we do not know are left alone. Raises Unreadable."""
    found: dict[str, int] = {}
    for at, cell in enumerate(header):
        column = COLUMNS.get(plain(cell))
        if column in found:
            raise Unreadable(_("The column “%(column)s” stands in the file twice.") % {"column": column})
        if column:
            found[column] = at
    missing = [column for column in REQUIRED if column not in found]
    if missing:
        there = ", ".join(cell.strip()[:30] for cell in header[:12])
        raise Unreadable(
            _("The first row must name the columns. Missing: %(missing)s. It says: %(there)s")
            % {"missing": ", ".join(missing), "there": there}
        )
    return found


def status_of(text: str) -> str | None:
    """Return the status a word stands for; None when we do not know it."""
    word = plain(text)
    if word in STATUSES:
        return STATUSES[word]
    return next((status for beginning, status in STATUS_BEGINNINGS if word.startswith(beginning)), None)


def worst(statuses: Sequence[str]) -> str:
    return min(statuses, key=[str(status) for status in SEVERITY].index)
