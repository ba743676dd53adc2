"""One batch of a register's rows written in one transaction: only rows that changed, in one statement."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from core import clock
from core.actors import Actor
from therapists.models import ImportRun, Register, Registration
from therapists.services.imports.names import contradicts
from therapists.services.imports.rows import Problem, Row
from therapists.services.imports.sheet import hides
from therapists.services.search import search_entries_refresh, search_words_ensure
from therapists.services.standing_changes import contradiction_found, status_fell

Status = Registration.Status
BY_FILE = "register file"
BY_HAND = "by hand"
WRITTEN = [
    "name",
    "name_key",
    "email",
    "email_digest",
    "town",
    "postcode",
    "grade",
    "grade_from",
    "status",
    "valid_until",
    "sanction_reviewed_at",
    "sanction_reviewed_by",
    "contradiction",
    "checked_at",
    "checked_by",
    "check_method",
    "row_digest",
    "last_import",
]
# What is read of an existing registration; the sealed e-mail is not, opening 70,000 of them would take a minute.
KNOWN = [
    "pk",
    "number",
    "name",
    "status",
    "row_digest",
    "check_method",
    "sanction_reviewed_at",
    "sanction_reviewed_by",
    "contradiction",
    "therapist_id",
    "therapist__display_name",
]


@dataclass(frozen=True, slots=True)
class Known:
    """A registration as it stands before the file. Fields in the order of KNOWN."""

    pk: int
    number: str
    name: str
    status: str
    row_digest: str
    check_method: str
    sanction_reviewed_at: datetime | None
    sanction_reviewed_by: str
    contradiction: str
    therapist_id: int | None
    therapist_name: str | None


@dataclass(slots=True)
class Done:
    """What a batch did. `touched` are the written registrations, for the search for people on two registers."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    problems: list[Problem] = field(default_factory=list)
    touched: list[Registration] = field(default_factory=list)


class Batcher:
    """Writes batches of one run. With `dry_run` each transaction is rolled back."""

    def __init__(self, *, register: Register, run: ImportRun | None, actor: Actor) -> None:
        self.register, self.run, self.actor = register, run, actor
        self.now = clock.now()

    @property
    def dry_run(self) -> bool:
        return self.run is None

    def write(self, rows: list[Row]) -> Done:
        """Create and change registrations from good rows. One transaction."""
        done = Done()
        with transaction.atomic():
            known = self._known(row.number for row in rows)
            for row in rows:
                digest = row.digest()
                before = known.get(row.number)
                if before is not None and before.row_digest == digest:
                    done.unchanged += 1
                    continue
                done.touched.append(self._registration(row, digest, before, done.problems))
            done.created = sum(row.number not in known for row in done.touched)
            done.changed = len(done.touched) - done.created
            Registration.objects.bulk_create(
                done.touched,
                update_conflicts=True,
                unique_fields=["register", "number"],
                update_fields=WRITTEN,
            )
            self._tell([(known[row.number], row) for row in done.touched if row.number in known])
            self._let_be_found(known, done.touched)
            transaction.set_rollback(self.dry_run)
        return done

    def hide(self, rows: list[Row]) -> int:
        """Take the status, if it hides somebody, from rows that are otherwise unusable. Returns how many changed."""
        changed = 0
        with transaction.atomic():
            known = self._known(row.number for row in rows)
            for row in rows:
                before = known.get(row.number)
                if before and row.status and hides(row.status) and before.status != row.status:
                    self._set_status([before], row.status)
                    changed += 1
            transaction.set_rollback(self.dry_run)
        return changed

    def lapse(self, pks: list[int]) -> int:
        """Mark people lapsed who are absent from a full file. Returns how many."""
        with transaction.atomic():
            found = Registration.objects.filter(pk__in=pks, status__in=[Status.ACTIVE, Status.SANCTION])
            known = self._read(found)
            self._set_status(known, Status.LAPSED)
            transaction.set_rollback(self.dry_run)
        return len(known)

    def _known(self, numbers: Iterable[str]) -> dict[str, Known]:
        found = Registration.objects.filter(register=self.register, number__in=list(numbers))
        return {known.number: known for known in self._read(found)}

    def _read(self, found) -> list[Known]:  # type: ignore[no-untyped-def]
        # Locked, so that a status set by hand at this very moment is not lost under ours.
        rows = found.select_for_update(of=("self",)).order_by("pk").values_list(*KNOWN)
        return [Known(*row) for row in rows]

    def _registration(self, row: Row, digest: str, before: Known | None, problems: list[Problem]) -> Registration:
        status, method = row.status or "", BY_FILE
        if before and before.check_method == BY_HAND and hides(before.status) and not hides(status):
            # Somebody here had a reason; a file that is a week old must not show her again.
            status, method = before.status, BY_HAND
            kept = _("was set by hand; the file says active: left as it is")
            problems.append(Problem(row.row, "status", str(Status(before.status).label), kept))
        reviewed = before is not None and before.status == status == Status.SANCTION
        return Registration(
            register=self.register,
            number=row.number,
            name=row.name,
            name_key=row.name_key(),
            email=row.email,
            email_digest=row.email_digest(),
            town=row.town,
            postcode=row.postcode,
            grade=row.grade,
            grade_from=row.grade_from,
            status=status,
            valid_until=row.valid_until,
            sanction_reviewed_at=before.sanction_reviewed_at if before and reviewed else None,
            sanction_reviewed_by=before.sanction_reviewed_by if before and reviewed else "",
            contradiction=_contradiction(row, before),
            checked_at=self.now,
            checked_by=self.actor.label[:120],
            check_method=method,
            row_digest=digest,
            last_import=self.run,
        )

    def _set_status(self, known: list[Known], status: str) -> None:
        Registration.objects.filter(pk__in=[row.pk for row in known]).update(
            status=status,
            # Forgotten, so that the same row coming back counts as a change.
            row_digest="",
            checked_at=self.now,
            checked_by=self.actor.label[:120],
            check_method=BY_FILE,
            last_import=self.run,
            **({"sanction_reviewed_at": None, "sanction_reviewed_by": ""} if status == Status.SANCTION else {}),
        )
        for row in known:
            if row.therapist_id:
                status_fell(registration_id=row.pk, before=row.status, after=status, actor=self.actor, now=self.now)

    def _let_be_found(self, known: dict[str, Known], touched: list[Registration]) -> None:
        search_words_ensure(words={word for row in touched for word in row.name_key.split()})
        renamed = (before for row in touched if (before := known.get(row.number)) and before.name != row.name)
        ids = {before.therapist_id for before in renamed if before.therapist_id}
        if ids:
            search_entries_refresh(therapist_ids=ids)

    def _tell(self, pairs: list[tuple[Known, Registration]]) -> None:
        for before, after in pairs:
            if before.therapist_id is None:
                continue
            if before.status != after.status:
                status_fell(
                    registration_id=before.pk,
                    before=before.status,
                    after=after.status,
                    actor=self.actor,
                    now=self.now,
                )
            if after.contradiction and after.contradiction != before.contradiction:
                contradiction_found(registration_id=before.pk, actor=self.actor, now=self.now)


def _contradiction(row: Row, before: Known | None) -> str:
    """Return what was in question before, or that the number now belongs to a very different name."""
    if before is None:
        return ""
    if before.contradiction or not contradicts(before.name, row.name):
        return before.contradiction
    if before.therapist_name and not contradicts(before.therapist_name, row.name):
        return ""
    return (_("The register now says “%(now)s”, before “%(before)s”.") % {"now": row.name, "before": before.name})[:200]
