"""A few referrals in flight, so that every desk of the demonstration has something on it."""

from dataclasses import dataclass, field
from typing import Any

from accounts.actors import for_user
from core import clock
from core.actors import Actor, for_client, system
from core.demo import Plan
from referrals.answers import Answers
from referrals.models import Offer, Referral, SafetyQuestion, Submission
from referrals.services.requests import request_interest, request_offer_meeting
from referrals.services.safety import call_ask, safety_answer_record
from referrals.services.submission import submission_save, submission_start
from referrals.services.submit import referral_submit
from referrals.services.withdrawal import call_me
from therapists.models import Therapist

ACTOR = system("demo")


@dataclass(frozen=True)
class Person:
    """Somebody who does not exist. Phones are from Ofcom's range for drama."""

    given_name: str
    family_name: str
    born: str
    phone: str
    issue: str
    aims: str
    asks: tuple[str, ...]
    more: dict[str, Any] = field(default_factory=dict)
    safety: dict[str, str] = field(default_factory=dict)


ZOFIA = Person(
    "Zofia",
    "Kaminska",
    "1988-05-14",
    "07700900101",
    "anxiety-or-worry",
    "To sleep through the night and to stop dreading Mondays",
    ("ben@example.org", "cara@example.org"),
)
TOM = Person(
    "Tom",
    "Ferris",
    "1971-11-02",
    "07700900102",
    "bereavement",
    "To talk about my brother without falling apart",
    ("ben@example.org",),
)
NOOR = Person(
    "Noor",
    "Haddad",
    "1995-02-20",
    "07700900103",
    "low-mood-or-depression",
    "To feel like myself again",
    ("cara@example.org",),
    {"discreet": True, "voicemail_ok": False},
    {"keep-safe": "not-sure"},
)


def seed(plan: Plan) -> None:
    """One request with Ben, one first meeting of his, one with Cara and a safety call, and one number left to call."""
    if Referral.objects.exists() or not _therapists(ZOFIA):
        return
    zofia = send(ZOFIA)
    call_me(referral=zofia, actor=for_client(zofia.client_id))
    meet(send(TOM))
    send(NOOR)
    call_ask(phone="07700900104", name="Lee", call_times="after 2pm", voicemail_ok=True, actor=ACTOR)


def send(person: Person) -> Referral:
    return referral_submit(submission=_draft(person), actor=ACTOR)


def _draft(person: Person) -> Submission:
    submission, _token = submission_start()
    email = f"{person.given_name.lower()}@example.org"
    answers = {
        "nation": "england",
        "adult": True,
        "paying": "self_pay",
        "issues": [person.issue],
        "main_issue": person.issue,
        "experience": 2,
        "aims": person.aims,
        "formats": ["video"],
        "formats_strength": 2,
        "choices": [{"therapist": therapist.pk} for therapist in _therapists(person)],
        "channel": "email",
        "email": email,
        "phone": person.phone,
        "voicemail_ok": True,
        "given_name": person.given_name,
        "family_name": person.family_name,
        "date_of_birth": person.born,
        "home_postcode": "LS6 2AB",
        **person.more,
    }
    submission = submission_save(submission=submission, answers=Answers.from_dict(answers))
    submission.channel, submission.channel_address = "email", email
    submission.channel_proved_at = clock.now()
    submission.save()
    for slug, value in person.safety.items():
        question = SafetyQuestion.objects.get(slug=slug)
        safety_answer_record(submission=submission, question=question, value=value, actor=ACTOR)
    return submission


def _therapists(person: Person) -> list[Therapist]:
    rows = Therapist.objects.filter(user__email__in=person.asks).select_related("user")
    found = {therapist.user.email: therapist for therapist in rows if therapist.user}
    return [found[email] for email in person.asks if email in found]


def meet(referral: Referral) -> None:
    offer = Offer.objects.select_related("therapist__user").get(referral=referral, state=Offer.State.OPEN)
    actor: Actor = for_user(offer.therapist.user) if offer.therapist.user else ACTOR
    request_interest(offer=offer, actor=actor)
    request_offer_meeting(offer=offer, actor=actor)
