"""What people decide about registers and the registrations on them. Whoever decides gives a reason, which is recorded.

Nothing here hides or shows anybody directly: standing is judged from these rows whenever it is asked for.
"""

import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from core import audit, clock
from core.actors import Actor
from core.worklist import tasks_cancel_for
from therapists import kinds
from therapists.models import Register, Registration, RegistrationClaim, SamePersonPair, Therapist
from therapists.selectors.checks import checks_due
from therapists.services.imports.apply import BY_HAND
from therapists.services.imports.pairs import pair_tasks_open
from therapists.services.search import search_entries_refresh
from therapists.services.standing_changes import coordinator_task, status_fell

Status = Registration.Status
MOST_CHECKS = 200


class RegistrationRefused(ValueError):
    """The change cannot be made. The text is for whoever asked for it."""


@transaction.atomic
def registration_status_set(
    *,
    registration: Registration,
    status: str,
    reason: str,
    actor: Actor,
    valid_until: datetime.date | None = None,
    evidence: str = "",
    next_check: datetime.date | None = None,
) -> Registration:
    """Write down what somebody found on the register's own page or heard from it.

    A later file never lifts a status set here from anything back to active; only somebody by hand does.
    `valid_until` None leaves the end date as it is. Raises RegistrationRefused without a reason.
    """
    _require(reason)
    row = _locked(registration)
    before = row.status
    row.status = Status(status)
    row.valid_until = valid_until or row.valid_until
    if row.status == Status.SANCTION and before != Status.SANCTION:
        row.sanction_reviewed_at, row.sanction_reviewed_by = None, ""
    row.check_method, row.evidence, row.next_check = BY_HAND, evidence[:400], next_check
    row.checked_at, row.checked_by = clock.now(), actor.label[:120]
    row.save()
    _record(actor, "registration_check", row, reason, {"status": row.status, "before": before})
    if row.therapist_id and before != row.status:
        status_fell(registration_id=row.pk, before=before, after=row.status, actor=actor, now=clock.now())
    _no_longer_to_do(kinds.REGISTRATION_CHECK, row, actor)
    _no_longer_to_do(kinds.REGISTRATION_UNREADABLE, row, actor)
    return row


@transaction.atomic
def sanction_review(*, registration: Registration, reason: str, actor: Actor) -> Registration:
    """Record that a named person looked at a sanction and finds that the therapist may be listed with it."""
    _require(reason)
    row = _locked(registration)
    if row.status != Status.SANCTION:
        raise RegistrationRefused(_("There is no sanction on this registration."))
    row.sanction_reviewed_at, row.sanction_reviewed_by = clock.now(), actor.label[:120]
    row.save(update_fields=["sanction_reviewed_at", "sanction_reviewed_by"])
    _record(actor, "sanction_review", row, reason)
    return row


@transaction.atomic
def contradiction_resolve(*, registration: Registration, reason: str, actor: Actor) -> Registration:
    """Record that the register's new name is the same person after all. Otherwise: registration_unlink."""
    _require(reason)
    row = _locked(registration)
    if not row.contradiction:
        raise RegistrationRefused(_("Nothing on this registration is in question."))
    row.contradiction = ""
    row.save(update_fields=["contradiction"])
    _record(actor, "contradiction_resolve", row, reason)
    _no_longer_to_do(kinds.REGISTRATION_CONTRADICTS, row, actor)
    return row


@transaction.atomic
def registration_link(*, registration: Registration, therapist: Therapist, actor: Actor, reason: str) -> Registration:
    """Say that this registration is this therapist's. Raises RegistrationRefused when it is somebody else's."""
    _require(reason)
    row = _locked(registration)
    if row.therapist_id == therapist.pk:
        return row
    if row.therapist_id is not None:
        raise RegistrationRefused(_("This registration already belongs to another therapist."))
    row.therapist = therapist
    row.save(update_fields=["therapist"])
    search_entries_refresh(therapist_ids=[therapist.pk])
    _record(actor, "registration_link", row, reason, {"therapist": therapist.pk})
    pair_tasks_open(registration_ids=[row.pk], actor=actor)
    return row


@transaction.atomic
def registration_unlink(*, registration: Registration, actor: Actor, reason: str) -> Registration:
    """Take a registration away from a therapist whose it is not. She is judged by what is left from then on."""
    _require(reason)
    row = _locked(registration)
    if row.therapist_id is None:
        raise RegistrationRefused(_("This registration belongs to nobody here."))
    therapist_id, row.therapist = row.therapist_id, None
    row.save(update_fields=["therapist"])
    search_entries_refresh(therapist_ids=[therapist_id])
    # The proof turned out wrong: the rightful person must be able to prove hers.
    RegistrationClaim.objects.filter(registration=row, state=RegistrationClaim.State.PROVED).update(
        state=RegistrationClaim.State.REFUSED,
        decided_at=clock.now(),
        decided_by=actor.label[:120],
        reason=reason[:400],
    )
    _record(actor, "registration_unlink", row, reason, {"therapist": therapist_id})
    return row


@transaction.atomic
def same_person_decide(*, pair: SamePersonPair, same: bool, reason: str, actor: Actor) -> SamePersonPair:
    """Say whether two registrations are one person. Yes links the one that has no therapist to the other's.

    Where neither has one yet, the claim of either brings both. Raises RegistrationRefused where both have one: two
    profiles are never merged by a word.
    """
    _require(reason)
    row = SamePersonPair.objects.select_for_update().get(pk=pair.pk)
    row.state = SamePersonPair.State.SAME if same else SamePersonPair.State.DIFFERENT
    row.decided_at, row.decided_by, row.reason = clock.now(), actor.label[:120], reason[:400]
    row.save()
    audit.record_write(
        actor=actor,
        verb="same_person_decide",
        obj_type="same_person_pair",
        obj_id=row.pk,
        reason=reason,
        detail={"state": row.state},
    )
    if same:
        _join(row, reason, actor)
    tasks_cancel_for(kind=kinds.SAME_PERSON, subject_type="same_person_pair", subject_id=row.pk, actor=actor)
    return row


@transaction.atomic
def register_accreditation_set(
    *,
    register: Register,
    accreditation: str,
    accredited_from: datetime.date | None,
    accredited_until: datetime.date | None,
    reason: str,
    actor: Actor,
) -> Register:
    """Write down the register's own accreditation, both dates included. Everybody on it is judged by it at once."""
    _require(reason)
    row = Register.objects.select_for_update().get(pk=register.pk)
    if accredited_from and accredited_until and accredited_until < accredited_from:
        raise RegistrationRefused(_("The accreditation cannot end before it begins."))
    before = row.accreditation
    row.accreditation = Register.Accreditation(accreditation)
    row.accredited_from, row.accredited_until, row.checked_on = accredited_from, accredited_until, clock.today()
    row.save(update_fields=["accreditation", "accredited_from", "accredited_until", "checked_on"])
    audit.record_write(
        actor=actor,
        verb="register_accreditation_set",
        obj_type="register",
        obj_id=row.pk,
        obj_label=row.code,
        reason=reason,
        detail={
            "before": before,
            "accreditation": row.accreditation,
            "from": str(accredited_from or ""),
            "until": str(accredited_until or ""),
        },
    )
    return row


def registration_checks_open(*, actor: Actor) -> int:
    """Open tasks for the registrations of therapists whose next check has been due longest. Returns how many.

    At most MOST_CHECKS stand open: a whole register falling due at once must not bury the rest of the worklist.
    """
    due = list(checks_due(on=clock.today()).values_list("pk", flat=True)[:MOST_CHECKS])
    for pk in due:
        coordinator_task(kind=kinds.REGISTRATION_CHECK, subject_id=pk, actor=actor, now=clock.now())
    return len(due)


def _join(pair: SamePersonPair, reason: str, actor: Actor) -> None:
    rows = list(Registration.objects.filter(pk__in=[pair.first_id, pair.second_id]).select_related("therapist"))
    therapists = {row.therapist for row in rows if row.therapist}
    if len(therapists) > 1:
        raise RegistrationRefused(_("Both registrations already belong to a therapist. Unlink one of them first."))
    for row in rows:
        if therapists and row.therapist is None:
            registration_link(registration=row, therapist=next(iter(therapists)), actor=actor, reason=reason)


def _locked(registration: Registration) -> Registration:
    return Registration.objects.select_for_update().get(pk=registration.pk)


def _require(reason: str) -> None:
    if not reason.strip():
        raise RegistrationRefused(_("Give a reason: it is kept with the record."))


def _record(actor: Actor, verb: str, row: Registration, reason: str, detail: dict[str, object] | None = None) -> None:
    audit.record_write(
        actor=actor,
        verb=verb,
        obj_type="registration",
        obj_id=row.pk,
        obj_label=row.number,
        reason=reason,
        detail=detail,
    )


def _no_longer_to_do(kind: str, row: Registration, actor: Actor) -> None:
    tasks_cancel_for(kind=kind, subject_type="registration", subject_id=row.pk, actor=actor)
