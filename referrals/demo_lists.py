"""A full therapist in the demonstration: whom she meets, who waits for her, and who asks to."""

from dataclasses import replace

from accounts.actors import for_user
from core import clock
from core.demo import Plan
from referrals.demo import Person, meet, send
from referrals.models import Referral, WaitingListEntry
from referrals.services.asks import ask_agree, ask_interest
from therapists.models import Therapist
from therapists.selectors.places import free_counts

CARA = ("cara@example.org",)
SEEN = (
    Person("Iris", "Lund", "1979-03-30", "07700900111", "sleep", "To sleep without the light on", CARA),
    Person("Owen", "Pryce", "1966-09-08", "07700900112", "stress", "To be able to stop working at six", CARA),
    Person("Kofi", "Mensah", "1990-12-12", "07700900113", "anxiety-or-worry", "To take the bus again", CARA),
)
WAITS = Person("Maya", "Rao", "1984-06-21", "07700900114", "ptsd-or-trauma", "To drive again", CARA)
ASKS = Person("Jo", "Whelan", "1999-01-17", "07700900115", "sleep", "To get through a day without coffee", CARA)


def seed(plan: Plan) -> None:
    """Fill Cara's places, put one person on her list, and let another ask her."""
    cara = Therapist.objects.filter(user__email=CARA[0]).select_related("user").first()
    if cara is None or cara.user is None or WaitingListEntry.objects.exists():
        return
    for person in SEEN:
        if free_counts([cara.pk], as_of=clock.now()):
            meet(send(person))
    waiting = {"choices": [{"therapist": cara.pk, "will_wait": True}]}
    _agree(send(replace(WAITS, more=waiting)), cara)
    send(replace(ASKS, more=waiting))


def _agree(referral: Referral, therapist: Therapist) -> None:
    entry = WaitingListEntry.objects.filter(referral=referral, therapist=therapist).first()
    if entry is None or therapist.user is None:
        return
    actor = for_user(therapist.user)
    ask_interest(entry=entry, actor=actor)
    entry.refresh_from_db()
    ask_agree(entry=entry, actor=actor)
