"""A therapist says "this registration is mine": proved by a code to the e-mail address on the register's record, or by
a coordinator who checks. Until then nothing is hers.

The address is never shown, not even in part. A number that is not on the register and one that belongs to somebody else
get the same words.
"""

from django.db import transaction
from django.utils.translation import gettext as _

from core import audit, clock, geo, throttle
from core.actors import NOBODY, Actor
from core.choices import Nation
from core.one_time_codes import TooManyCodes, code_check, code_issue
from core.worklist import tasks_cancel_for
from notifications.services import message_enqueue
from therapists import kinds, messages
from therapists.models import Register, Registration, RegistrationClaim, SamePersonPair, Therapist
from therapists.services.imports.names import contradicts
from therapists.services.joining import therapist_join
from therapists.services.listing import own_confirm
from therapists.services.registrations import registration_link
from therapists.services.standing_changes import contradiction_found, coordinator_task

State = RegistrationClaim.State
HOUR = 3_600
CLAIMS_AN_HOUR = 10
# Codes to one address, whoever asks: nobody shall be flooded by somebody who knows her number.
CODES_AN_HOUR = 5
PURPOSE = "registration_claim"


class ClaimRefused(ValueError):
    """The claim cannot go on. The text is for whoever made it."""


def claim_start(*, register: Register, number: str, actor: Actor) -> RegistrationClaim:
    """Begin to claim a registration. With an address on record a code goes there; without, a coordinator is to check.

    Asking again for one's own open claim sends another code. Raises ClaimRefused.
    """
    # Counted in a transaction of its own: a refused claim must count.
    if not throttle.allow(key=f"registration claims of {actor.id}", limit=CLAIMS_AN_HOUR, per_seconds=HOUR):
        raise ClaimRefused(_("You have tried several numbers. Try again in an hour."))
    with transaction.atomic():
        own_confirm(actor=actor)
        registration = _free_registration(register, number, actor)
        claim = _open_claim(registration, actor)
        if claim.state == State.CODE_SENT:
            _send_code(claim, registration)
    return claim


def claim_prove(*, claim: RegistrationClaim, digits: str, actor: Actor) -> bool:
    """Try the digits. True: the registration is hers, with a profile to fill in. False: wrong, old or used up.

    Where somebody else has proved the same registration meanwhile, a coordinator is to check.
    """
    if actor.user_id != claim.user_id or claim.state != State.CODE_SENT:
        return False
    # In its own transaction: a wrong attempt must count whatever happens after.
    if not code_check(purpose=PURPOSE, subject_type="registration_claim", subject_id=claim.pk, digits=digits):
        return False
    with transaction.atomic():
        own_confirm(actor=actor)
        registration, row = _locked(claim)
        if row.state != State.CODE_SENT:
            return False
        if registration.therapist_id:
            _hand_over(row, actor)
            return False
        _settle(row, State.PROVED, actor, "")
        _make_hers(row, registration, actor, _("proved by the e-mail address on record"))
    return True


@transaction.atomic
def claim_ask_check(*, claim: RegistrationClaim, statement: str, actor: Actor) -> RegistrationClaim:
    """Ask a coordinator to check, saying how she can be told to be herself. Raises ClaimRefused once it is decided."""
    own_confirm(actor=actor)
    row = RegistrationClaim.objects.select_for_update().get(pk=claim.pk)
    if row.user_id != actor.user_id or row.state not in {State.CODE_SENT, State.TO_CHECK}:
        raise ClaimRefused(_("This claim is finished."))
    row.statement = statement
    row.save(update_fields=["statement"])
    _hand_over(row, actor)
    return row


@transaction.atomic
def claim_decide(*, claim: RegistrationClaim, accept: bool, reason: str, actor: Actor) -> RegistrationClaim:
    """Say, as a coordinator, whether the registration is hers. Nobody decides about her own. Raises ClaimRefused."""
    if not reason.strip():
        raise ClaimRefused(_("Give a reason: it is kept with the record."))
    registration, row = _locked(claim)
    if row.state not in {State.CODE_SENT, State.TO_CHECK}:
        raise ClaimRefused(_("This claim is finished."))
    if row.user_id == actor.user_id:
        raise ClaimRefused(_("Somebody else has to decide about your own registration."))
    if accept and registration.therapist_id:
        raise ClaimRefused(_("This registration belongs to another therapist. Take it away from her first."))
    _settle(row, State.PROVED if accept else State.REFUSED, actor, reason)
    if accept:
        _make_hers(row, registration, actor, reason)
    message_enqueue(
        topic=messages.CLAIM_DECIDED,
        subject_type="registration_claim",
        subject_id=row.pk,
        recipient_type="user",
        recipient_id=row.user_id,
        dedupe_key=f"{messages.CLAIM_DECIDED}:{row.pk}",
        respect_quiet_hours=True,
    )
    return row


@transaction.atomic
def claim_missing_report(*, register: Register, number: str, actor: Actor) -> None:
    """Ask a coordinator to look up a number that claim_start does not find, or finds taken."""
    own_confirm(actor=actor)
    coordinator_task(
        kind=kinds.REGISTRATION_NOT_FOUND,
        subject_type="user",
        subject_id=int(actor.id),
        actor=actor,
        now=clock.now(),
        detail={"register": register.code, "number": number[:40]},
    )


def _locked(claim: RegistrationClaim) -> tuple[Registration, RegistrationClaim]:
    """Return registration and claim fresh. Registration first: of two who prove it at once the second waits here."""
    registration = Registration.objects.select_for_update().get(pk=claim.registration_id)
    return registration, RegistrationClaim.objects.select_for_update().get(pk=claim.pk)


def _free_registration(register: Register, number: str, actor: Actor) -> Registration:
    rows = Registration.objects.select_for_update(of=("self",)).select_related("therapist")
    found = rows.filter(register=register, number=" ".join(number.split()).upper()).first()
    if found and found.therapist and found.therapist.user_id == actor.user_id:
        raise ClaimRefused(_("This registration is yours already."))
    if found is None or found.therapist:
        raise ClaimRefused(
            _("We cannot find a registration with this number that is free to claim. Check the number, or ask us.")
        )
    return found


def _open_claim(registration: Registration, actor: Actor) -> RegistrationClaim:
    state = State.CODE_SENT if registration.email else State.TO_CHECK
    claim, created = RegistrationClaim.objects.get_or_create(
        user_id=actor.user_id or NOBODY,
        registration=registration,
        state__in=[State.CODE_SENT, State.TO_CHECK],
        defaults={"state": state, "made_at": clock.now()},
    )
    if created:
        _record(claim, actor, "claim_start")
    return claim


def _send_code(claim: RegistrationClaim, registration: Registration) -> None:
    key = f"registration claim codes for {registration.pk}"
    if not throttle.allow(key=key, limit=CODES_AN_HOUR, per_seconds=HOUR):
        raise ClaimRefused(_("We have sent several codes already. Use the newest one, or try again in an hour."))
    try:
        code = code_issue(purpose=PURPOSE, subject_type="registration_claim", subject_id=claim.pk)
    except TooManyCodes as refused:
        raise ClaimRefused(str(refused)) from refused
    message_enqueue(
        topic=messages.CLAIM_CODE,
        subject_type="registration_claim",
        subject_id=claim.pk,
        recipient_type="registration",
        recipient_id=registration.pk,
        dedupe_key=f"{messages.CLAIM_CODE}:{code.pk}",
        detail={"code": code.pk},
    )


def _hand_over(claim: RegistrationClaim, actor: Actor) -> None:
    claim.state = State.TO_CHECK
    claim.save(update_fields=["state"])
    _record(claim, actor, "claim_ask_check")
    coordinator_task(
        kind=kinds.REGISTRATION_CLAIM,
        subject_type="registration_claim",
        subject_id=claim.pk,
        actor=actor,
        now=clock.now(),
    )


def _settle(claim: RegistrationClaim, state: str, actor: Actor, reason: str) -> None:
    claim.state, claim.reason = state, reason[:400]
    claim.decided_at, claim.decided_by = clock.now(), actor.label[:120]
    claim.save()
    _record(claim, actor, f"claim_{state}", reason)
    tasks_cancel_for(kind=kinds.REGISTRATION_CLAIM, subject_type="registration_claim", subject_id=claim.pk, actor=actor)


def _make_hers(claim: RegistrationClaim, registration: Registration, actor: Actor, reason: str) -> None:
    therapist, is_new = _therapist_of(claim, registration)
    if is_new:
        audit.record_write(actor=actor, verb="therapist_create", obj_type="therapist", obj_id=therapist.pk)
        therapist_join(user_id=claim.user_id, actor=actor)
    elif contradicts(therapist.display_name, registration.name):
        # A second registration under quite another name: she may use two, or it is not hers.
        registration.contradiction = _("Claimed by a therapist of another name.")
        registration.save(update_fields=["contradiction"])
        contradiction_found(registration_id=registration.pk, actor=actor, now=clock.now())
    registration_link(registration=registration, therapist=therapist, actor=actor, reason=reason)
    for other in _decided_to_be_hers(registration):
        registration_link(registration=other, therapist=therapist, actor=actor, reason=reason)


def _therapist_of(claim: RegistrationClaim, registration: Registration) -> tuple[Therapist, bool]:
    nation = geo.nation_for(registration.postcode) if registration.postcode else None
    defaults = {
        "display_name": registration.name[:120],
        "nation": nation or Nation.ENGLAND,
        "created_at": clock.now(),
    }
    return Therapist.objects.get_or_create(user_id=claim.user_id, defaults=defaults)


def _decided_to_be_hers(registration: Registration) -> list[Registration]:
    """Return free registrations of which a coordinator has said already that they are the same person's."""
    same = SamePersonPair.objects.filter(state=SamePersonPair.State.SAME)
    ids = set(same.filter(first=registration).values_list("second_id", flat=True))
    ids |= set(same.filter(second=registration).values_list("first_id", flat=True))
    return list(Registration.objects.filter(pk__in=ids, therapist__isnull=True).order_by("pk"))


def _record(claim: RegistrationClaim, actor: Actor, verb: str, reason: str = "") -> None:
    audit.record_write(
        actor=actor,
        verb=verb,
        obj_type="registration_claim",
        obj_id=claim.pk,
        reason=reason,
        detail={"registration": claim.registration_id},
    )
