"""`import_register`: one reading of a register's file, called by the command and by a coordinator's upload page."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeVar

from django.db import connection, transaction
from django.utils.translation import gettext as _

from core import audit, clock
from core.actors import Actor
from therapists import kinds
from therapists.models import ImportProblem, ImportRun, Register, Registration
from therapists.services.imports.apply import Batcher
from therapists.services.imports.pairs import pairs_find
from therapists.services.imports.reading import Unreadable
from therapists.services.imports.rows import Problem, Row
from therapists.services.imports.sheet import Sheet, hides, read_sheet
from therapists.services.standing_changes import coordinator_task

BATCH = 2_000
# Enough to mend a file by; a file whose every row is wrong says so in its first hundred.
MOST_PROBLEMS = 5_000
MOST_TASKS = 100
MAX_LAPSED_SHARE = 0.05
# The first key of PostgreSQL's advisory locks that this import uses; the second is the register's primary key.
LOCK_CLASS = 7_301

Progress = Callable[[str, int, int], None]
Item = TypeVar("Item")


class ImportRefused(ValueError):
    """Nothing was written. The text is for whoever asked for the import."""


@dataclass(slots=True)
class Outcome:
    """What an import did, or with `dry_run` would have done. `problems` in the order of the file."""

    rows: int = 0
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    lapsed: int = 0
    refused: int = 0
    pairs: int = 0
    problems: list[Problem] = field(default_factory=list)
    run: ImportRun | None = None


def import_register(
    *,
    data: bytes,
    register: Register,
    file_name: str,
    actor: Actor,
    full: bool = False,
    force: bool = False,
    dry_run: bool = False,
    max_lapsed_share: float = MAX_LAPSED_SHARE,
    progress: Progress | None = None,
) -> Outcome:
    """Bring a register's registrations up to its file. Raises ImportRefused; what was written then is nothing.

    `full`: the file names everybody, so active people absent from it lapse, unless they are more than
    `max_lapsed_share` of the active ones (`force` overrides this). `progress(stage, done, total)` is called now and
    then; stages are "read" (total 0: not known) and "write".
    """
    with _only_import_of(register):
        try:
            sheet = read_sheet(
                data=data, register=register, progress=progress and (lambda done: progress("read", done, 0))
            )
        except Unreadable as error:
            raise ImportRefused(str(error)) from error
        digest = hashlib.sha256(data).hexdigest()
        if not force:
            _refuse_other_register(register, digest)
        absent = _absent(register, sheet, force, max_lapsed_share) if full else []
        run = None if dry_run else _begin(register, file_name, digest, full, actor)
        outcome = _write(Batcher(register=register, run=run, actor=actor), sheet, absent, progress)
        if run:
            _finish(run, outcome, actor)
    return outcome


@contextmanager
def _only_import_of(register: Register) -> Iterator[None]:
    """Hold the register's advisory lock. It belongs to the connection: a killed import leaves none behind."""
    key = [LOCK_CLASS, register.pk]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", key)
        if not cursor.fetchone()[0]:
            raise ImportRefused(
                _("Another import of %(register)s is running. Wait for it to end.") % {"register": register}
            )
    try:
        yield
    finally:
        if not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", key)


def _refuse_other_register(register: Register, digest: str) -> None:
    runs = ImportRun.objects.filter(file_sha256=digest, finished_at__isnull=False).select_related("register")
    run = runs.first()
    if run and not runs.filter(register=register).exists():
        raise ImportRefused(
            _("This very file was read for %(other)s on %(day)s. Is it the right register?")
            % {"other": run.register, "day": f"{run.started_at:%d %B %Y}"}
        )


def _absent(register: Register, sheet: Sheet, force: bool, share: float) -> list[int]:
    """Return the active registrations a full file does not name. Raises ImportRefused when they are too many."""
    active = Registration.objects.filter(
        register=register, status__in=[Registration.Status.ACTIVE, Registration.Status.SANCTION]
    )
    known = list(active.order_by("pk").values_list("pk", "number"))
    named = sheet.numbers
    absent = [pk for pk, number in known if number not in named]
    if absent and not force and len(absent) > share * len(known):
        raise ImportRefused(
            _(
                "%(absent)d of %(known)d active people are missing from this file, more than %(share)s%%. "
                "Nothing was changed. Is the file whole, and of this register? If it is, use force."
            )
            % {"absent": len(absent), "known": len(known), "share": f"{share * 100:g}"}
        )
    return absent


def _begin(register: Register, file_name: str, digest: str, full: bool, actor: Actor) -> ImportRun:
    now = clock.now()
    # We hold the lock, so whatever has no end was killed.
    dead = ImportRun.objects.filter(register=register, finished_at__isnull=True)
    dead.update(finished_at=now, outcome=_("Stopped before the end. What it had written stays."))
    return ImportRun.objects.create(
        register=register,
        file_name=file_name[-200:],
        file_sha256=digest,
        full=full,
        started_at=now,
        actor_label=actor.label[:120],
    )


def _write(batcher: Batcher, sheet: Sheet, absent: list[int], progress: Progress | None) -> Outcome:
    outcome = Outcome(rows=sheet.rows, refused=sheet.refused)
    outcome.problems = list(sheet.problems)
    total = len(sheet.good) + len(sheet.bad) + len(absent)
    written = 0
    touched: list[int] = []
    for rows in _batches(list(sheet.good.values())):
        done = batcher.write(rows)
        outcome.created += done.created
        outcome.changed += done.changed
        outcome.unchanged += done.unchanged
        outcome.problems += done.problems
        touched += [row.pk for row in done.touched]
        written += len(rows)
        if progress:
            progress("write", written, total)
    for rows in _batches(list(sheet.bad.values())):
        outcome.changed += batcher.hide(rows)
    for pks in _batches(absent):
        outcome.lapsed += batcher.lapse(pks)
    if progress:
        progress("write", total, total)
    if not batcher.dry_run:
        outcome.pairs = pairs_find(register=batcher.register, registration_ids=touched, actor=batcher.actor)
        _ask_about_unreadable(list(sheet.bad.values()), batcher)
    outcome.problems.sort(key=lambda problem: problem.row)
    return outcome


def _ask_about_unreadable(rows: list[Row], batcher: Batcher) -> None:
    """A row of somebody shown here could not be read, and does not hide her: a person must look her up."""
    numbers = [row.number for row in rows if not hides(row.status)]
    shown = Registration.objects.filter(
        register=batcher.register, number__in=numbers, therapist__isnull=False, status=Registration.Status.ACTIVE
    )
    for pk in shown.order_by("pk").values_list("pk", flat=True)[:MOST_TASKS]:
        coordinator_task(kind=kinds.REGISTRATION_UNREADABLE, subject_id=pk, actor=batcher.actor, now=batcher.now)


@transaction.atomic
def _finish(run: ImportRun, outcome: Outcome, actor: Actor) -> None:
    kept = outcome.problems[:MOST_PROBLEMS]
    rows = [ImportProblem(run=run, row=p.row, column=p.column, value=p.value, problem=p.problem[:200]) for p in kept]
    ImportProblem.objects.bulk_create(rows, batch_size=BATCH)
    for name in ("rows", "created", "changed", "unchanged", "lapsed", "refused"):
        setattr(run, name, getattr(outcome, name))
    run.finished_at = clock.now()
    more = len(outcome.problems) - len(kept)
    run.outcome = _("Finished.") if not more else _("Finished. %d further problems are not listed.") % more
    run.save()
    audit.record_write(
        actor=actor,
        verb="import_register",
        obj_type="import_run",
        obj_id=run.pk,
        obj_label=run.register.code,
        detail={"created": run.created, "changed": run.changed, "lapsed": run.lapsed, "full": run.full},
    )
    outcome.run = run


def _batches(items: list[Item]) -> Iterator[list[Item]]:
    for start in range(0, len(items), BATCH):
        yield items[start : start + BATCH]
