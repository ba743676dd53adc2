"""Referrals for tests, made by the services that make them in life."""

import datetime
import itertools
from typing import Any

from accounts.actors import for_user
from core import clock
from core.actors import Actor, for_client, system
from core.clock import LONDON
from core.models import OneTimeCode
from core.one_time_codes import code_digits
from notifications.models import Message
from referrals.answers import Answers
from referrals.models import Offer, Placement, Referral, Submission
from referrals.services.requests import request_interest, request_offer_meeting
from referrals.services.submission import (
    submission_channel_prove,
    submission_channel_set,
    submission_save,
    submission_start,
)
from referrals.services.submit import referral_submit
from therapists.models import Therapist

MONDAY = datetime.datetime(2026, 11, 23, 10, tzinfo=LONDON)
VISITOR = Actor("visitor", "", "visitor")
TICK = system("tick")
_people = itertools.count(1)


def answers(*therapists: Therapist, **changes: Any) -> dict[str, Any]:
    """What Ewa typed, ready to send; each call is another person unless told otherwise."""
    number = next(_people)
    return {
        "nation": "england",
        "adult": True,
        "paying": "self_pay",
        "issues": ["anxiety-or-worry"],
        "main_issue": "anxiety-or-worry",
        "formats": ["video"],
        "own_words": "My very own words",
        "aims": "To sleep again",
        "channel": "email",
        "email": f"ewa{number}@example.org",
        "phone": f"0770090{number:04d}"[:11],
        "given_name": "Ewa",
        "family_name": "Nowak" + chr(97 + number % 26) + chr(97 + number // 26 % 26) + chr(97 + number // 676 % 26),
        "date_of_birth": str(datetime.date(1970, 1, 1) + datetime.timedelta(days=number)),
        "home_postcode": "LS6 2AB",
        "choices": [{"therapist": therapist.pk} for therapist in therapists],
        **changes,
    }


def draft(*therapists: Therapist, prove: bool = True, **changes: Any) -> Submission:
    """A draft, its channel proved by the code that was sent."""
    submission, _token = submission_start()
    typed = Answers.from_dict(answers(*therapists, **changes))
    submission_save(submission=submission, answers=typed)
    if prove and typed.channel in ("email", "sms"):
        code_id = submission_channel_set(submission=submission, channel=typed.channel, address=typed.channel_address)
        digits = code_digits(OneTimeCode.objects.get(pk=code_id))
        assert submission_channel_prove(submission=submission, digits=digits, code_id=code_id)
    submission.refresh_from_db()
    return submission


def sent(*therapists: Therapist, **changes: Any) -> Referral:
    """A referral just sent to these therapists, in this order."""
    return referral_submit(submission=draft(*therapists, **changes), actor=VISITOR)


def actor_of(therapist: Therapist) -> Actor:
    return for_user(therapist.user) if therapist.user else system(f"therapist {therapist.pk}")


def client_of(referral: Referral) -> Actor:
    return for_client(referral.client_id)


def open_offer(referral: Referral) -> Offer:
    return Offer.objects.get(referral=referral, state=Offer.State.OPEN)


def met(*therapists: Therapist, **changes: Any) -> Placement:
    """A first meeting agreed with the first of these."""
    return accepted(sent(*therapists, **changes))


def accepted(referral: Referral) -> Placement:
    """Whoever is asked says yes."""
    offer = open_offer(referral)
    actor = actor_of(offer.therapist)
    request_interest(offer=offer, actor=actor)
    return request_offer_meeting(offer=offer, actor=actor)


def delivered(**about: Any) -> None:
    """The messages with these fields were handed over."""
    Message.objects.filter(**about).update(state=Message.State.SENT, sent_at=clock.now())


def state(referral: Referral) -> str:
    return Referral.objects.values_list("state", flat=True).get(pk=referral.pk)


def fresh(referral: Referral) -> Referral:
    return Referral.objects.select_related("client").get(pk=referral.pk)


def topics_to_client(referral: Referral) -> list[str]:
    rows = Message.objects.filter(recipient_type="client", subject_type="referral", subject_id=referral.pk)
    return list(rows.order_by("pk").values_list("topic", flat=True))
