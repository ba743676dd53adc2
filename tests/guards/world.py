"""A small world in which every route has something to show, and the people who knock at it."""

import datetime
from typing import Any

from django.test import Client as Browser

from accounts.models import DutyShift, User
from core import clock
from core.models import Task
from core.policy import CLIENT_SESSION_KEY
from notifications.models import Message
from referrals.models import Offer, Referral
from referrals.services.allotting import places_allot
from tests.factories import make_location, make_place, make_registration, make_therapist, make_user
from tests.referrals.given import TICK, met, open_offer, sent
from tests.referrals.waiting import agrees, entry_with, full, place_freed, waits
from tests.referrals.waiting import listed as on_lists
from tests.support.sign_in import signed_in
from therapists.models import ImportRun, Register, RegistrationClaim, SamePersonPair, Therapist
from therapists.selectors.confirmations import link_token

VISITORS = ("visitor", "ewa", "amina", "ben", "cara", "dev", "sam", "ada")


def build(ben: Therapist) -> dict[str, dict[str, Any]]:
    """Return the URL arguments by route name. Everything belongs to Ben or to the desk; nothing is Cara's."""
    make_place(ben)
    asked, seen = sent(ben), met(ben)
    offer, placement = open_offer(asked), seen.pk
    room, place = make_location(ben), ben.places.first()
    claim, pair = _claim(ben), _pair()
    task = Task.objects.create(
        kind="call_client", subject_type="referral", subject_id=asked.pk, owner_role="coordinator",
        due_at=clock.now(), created_at=clock.now(),
    )  # fmt: skip
    safety = Task.objects.create(
        kind="safety_call", subject_type="referral", subject_id=asked.pk, owner_role="safety_clinician",
        due_at=clock.now(), created_at=clock.now(),
    )  # fmt: skip
    shift = DutyShift.objects.create(
        user=make_user("safety_clinician"), starts_at=clock.now(), ends_at=clock.now() + datetime.timedelta(hours=8)
    )
    run = ImportRun.objects.create(
        register=Register.objects.first(), file_name="a.csv", file_sha256="0" * 64, started_at=clock.now(),
        actor_label="Dev",
    )  # fmt: skip
    full(ben)
    ask, listed = entry_with(waits(ben), ben), agrees(waits(ben), ben)
    held, identity = _held(), _identity(asked, seen.referral)
    failed = Message.objects.earliest("pk")
    failed.state = Message.State.FAILED
    failed.save()
    return {
        "asked": {"pk": asked.pk}, "offer": {"pk": offer.pk}, "placement": {"pk": placement}, "room": {"pk": room.pk},
        "place": {"pk": place.pk}, "claim": {"pk": claim.pk}, "registration": {"pk": claim.registration_id},
        "pair": {"pk": pair.pk}, "task": {"pk": task.pk}, "safety": {"pk": safety.pk}, "shift": {"pk": shift.pk},
        "bens_registration": {"pk": ben.registrations.get().pk},
        "import": {"pk": run.pk}, "message": {"pk": failed.pk}, "therapist": {"pk": ben.pk},
        "ask": {"pk": ask.pk}, "listed": {"pk": listed.pk},
        "entry": {"pk": listed.pk}, "held": {"pk": held.pk}, "identity": {"pk": identity.pk},
        "two": {"pk": asked.pk, "other": seen.referral_id},
        "list": {"pk": asked.pk, "run": asked.match_run_id},
        "link": {"token": link_token(ben)},
        "kind": {"pk": ben.modality_links.first().modality_id},
    }  # fmt: skip


def browsers(people: dict[str, User], referral_pk: int) -> dict[str, Browser]:
    """Return a browser per visitor: signed in with a second factor, or as the client of the referral, or nobody."""
    found = {name: signed_in(user) for name, user in people.items()}
    found["visitor"] = Browser()
    ewa = found["ewa"] = Browser()
    session = ewa.session
    session[CLIENT_SESSION_KEY] = Referral.objects.get(pk=referral_pk).pk
    session.save()
    return found


def _held() -> Offer:
    """A place that is offered to somebody by somebody who is none of the visitors."""
    other = full(make_therapist())
    referral = on_lists(other)
    place_freed(other)
    places_allot(actor=TICK)
    return Offer.objects.get(referral=referral)


def _identity(new: Referral, other: Referral) -> Task:
    return Task.objects.create(
        kind="identity_check", subject_type="client", subject_id=new.client_id, owner_role="coordinator",
        due_at=clock.now(), created_at=clock.now(), detail={"perhaps": [other.client_id]},
    )  # fmt: skip


def _claim(ben: Therapist) -> RegistrationClaim:
    registration = make_registration(None, register="UKCP")
    return RegistrationClaim.objects.create(
        user=ben.user, registration=registration, state=RegistrationClaim.State.TO_CHECK, made_at=clock.now()
    )


def _pair() -> SamePersonPair:
    first, second = make_registration(None, register="BACP"), make_registration(None, register="UKCP")
    return SamePersonPair.objects.create(first=first, second=second, agrees_on="email", found_at=clock.now())
