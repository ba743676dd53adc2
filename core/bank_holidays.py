"""Bank holidays from the official file of gov.uk, and the warning before those that are known come to an end.

The file is JSON: {"england-and-wales": {"division": ..., "events": [{"title", "date", ...}]}, "scotland": ...}.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core import audit, clock, worklist
from core.actors import Actor
from core.choices import Nation, Role
from core.models import BankHoliday
from core.working_calendar import WorkingCalendar

KIND = "bank_holidays_end"
DIVISIONS: dict[str, tuple[Nation, ...]] = {
    "england-and-wales": (Nation.ENGLAND, Nation.WALES),
    "scotland": (Nation.SCOTLAND,),
    "northern-ireland": (Nation.NORTHERN_IRELAND,),
}
# No nation has fewer; a year with fewer is not completely known.
A_YEARS_HOLIDAYS = 8
# Published some two years ahead: a year beyond this is a slip of the hand and would silence the warning.
FURTHEST_YEARS = 10
TASK_LASTS = timedelta(days=28)
NAME_LENGTH = 80
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class WrongFile(ValueError):
    """The file as a whole is not one of bank holidays; `str()` says why."""


class BadEvent(ValueError):
    """One event cannot be read; `str()` says why."""


@dataclass
class LoadReport:
    """What a file brought. `missing`: known here for a year of the file and absent from it."""

    events: int = 0
    added: int = 0
    kept: int = 0
    removed: int = 0
    problems: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


def register() -> None:
    """Say what the task means."""
    worklist.register_kind(
        KIND,
        _("Bank holidays come to an end"),
        _(
            "The bank holidays of the coming years are not known, so deadlines would be counted as if there were none. "
            "Ask an administrator to load the official file or to enter them."
        ),
    )


def bank_holidays_load(*, path: Path, actor: Actor, dry_run: bool = False, remove: bool = False) -> LoadReport:
    """Add a file's bank holidays; bad events are reported, the others go in; run twice, nothing changes.

    Days known here and absent from the file's years are reported, and deleted with `remove`: a holiday is sometimes
    moved. With `dry_run` nothing is written. Raises WrongFile when the file holds no division that is known.
    """
    report = LoadReport()
    found = dict(_read(path, report))
    here = {(row.nation, row.date): row for row in BankHoliday.objects.filter(nation__in={key[0] for key in found})}
    new = [BankHoliday(nation=n, date=d, name=name) for (n, d), name in found.items() if (n, d) not in here]
    years = {(nation, day.year) for nation, day in found}
    gone = [row for (n, d), row in sorted(here.items()) if (n, d) not in found and (n, d.year) in years]
    report.added, report.kept = len(new), len(found) - len(new)
    report.missing = [f"{row.nation} {row.date:%Y-%m-%d} {row.name}" for row in gone]
    report.removed = len(gone) if remove else 0
    if not dry_run:
        _write(new, gone if remove else [], path.name, actor)
    return report


def known_until(nation: str) -> date:
    """Return the last day up to which the nation's bank holidays are known: whole years, unbroken from this one.

    Before today when not even this year's are.
    """
    return _known_until(Counter(BankHoliday.objects.filter(nation=nation).values_list("date__year", flat=True)))


def nations_running_out() -> dict[str, date]:
    """Return the nations whose bank holidays end within settings.BANK_HOLIDAYS_AHEAD_DAYS, each with that day."""
    counts: dict[str, Counter[int]] = {nation.value: Counter() for nation in Nation}
    for nation, year in BankHoliday.objects.order_by().values_list("nation", "date__year"):
        counts[nation][year] += 1
    needed = clock.today() + timedelta(days=settings.BANK_HOLIDAYS_AHEAD_DAYS)
    ends = {nation: _known_until(years) for nation, years in counts.items()}
    return {nation: end for nation, end in ends.items() if end < needed}


@transaction.atomic
def bank_holidays_look(*, actor: Actor) -> dict[str, date]:
    """Put the end of the known bank holidays before the coordinators in good time, and take it back once it is mended.

    Returns what nations_running_out says.
    """
    ending = nations_running_out()
    if ending:
        worklist.task_open(
            kind=KIND,
            subject_type="reference",
            subject_id=min(ending.values()).year,
            owner_role=Role.COORDINATOR,
            due_at=_due_at(min(ending.values())),
            actor=actor,
            detail={nation: end.isoformat() for nation, end in ending.items()},
        )
    still = min(ending.values()).year if ending else None
    for task in worklist.open_of_kind(KIND):
        if task.subject_id != still:
            worklist.task_cancel(task=task, actor=actor, outcome="loaded")
    return ending


def _known_until(years: Counter[int]) -> date:
    year = clock.today().year
    while years[year] >= A_YEARS_HOLIDAYS:
        year += 1
    return date(year - 1, 12, 31)


def _due_at(end: date) -> datetime:
    """Return 5pm of a working day four weeks on; of the next one when the end is nearer than that."""
    start = clock.now()
    if end > clock.today() + 2 * TASK_LASTS:
        start += TASK_LASTS
    # Only weekends are certain here: it is the very holidays that are wanting.
    return WorkingCalendar(frozenset()).working_days_after(start, 1)


def _write(new: list[BankHoliday], gone: list[BankHoliday], name: str, actor: Actor) -> None:
    with transaction.atomic():
        BankHoliday.objects.bulk_create(new, ignore_conflicts=True)
        BankHoliday.objects.filter(pk__in=[row.pk for row in gone]).delete()
        if new or gone:
            audit.record_write(
                actor=actor,
                verb="bank_holidays_load",
                obj_type="bank_holidays",
                obj_id=name[:40],
                detail={"added": len(new), "removed": len(gone)},
            )
        bank_holidays_look(actor=actor)


def _read(path: Path, report: LoadReport) -> Iterator[tuple[tuple[str, date], str]]:
    divisions = _divisions(path)
    for name in sorted(set(DIVISIONS) | set(divisions)):
        if name not in DIVISIONS:
            report.problems.append(f"{name}: a division that is not known")
            continue
        events = divisions[name].get("events") if isinstance(divisions.get(name), dict) else None
        if not isinstance(events, list) or not events:
            report.problems.append(f"{name}: no events")
            continue
        for number, event in enumerate(events, 1):
            report.events += 1
            try:
                day, title = _event(event)
            except BadEvent as bad:
                report.problems.append(f"{name} event {number}: {bad}")
                continue
            for nation in DIVISIONS[name]:
                yield (nation.value, day), title


def _divisions(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise WrongFile(f"{path.name} is not JSON: {error}") from error
    if not isinstance(content, dict) or not set(DIVISIONS) & set(content):
        raise WrongFile(f"{path.name} holds none of the divisions {', '.join(DIVISIONS)}")
    return content


def _event(event: Any) -> tuple[date, str]:
    if not isinstance(event, dict):
        raise BadEvent("is not an object with a title and a date")
    title, written = event.get("title"), event.get("date")
    if not isinstance(title, str) or not title.strip() or len(title.strip()) > NAME_LENGTH or "\0" in title:
        raise BadEvent(f"title {str(title)[:60]!r}: a name of 1 to {NAME_LENGTH} letters is needed")
    try:
        # Python would also take weeks ("2027-W52-1") and dates without strokes for one.
        if not isinstance(written, str) or not DATE.fullmatch(written):
            raise ValueError(written)
        day = date.fromisoformat(written)
    except ValueError as error:
        raise BadEvent(f"date {str(written)[:60]!r}: not a date written as 2027-12-27") from error
    if day.year > clock.today().year + FURTHEST_YEARS:
        raise BadEvent(f"date {written!r}: more than {FURTHEST_YEARS} years ahead")
    return day, title.strip()
