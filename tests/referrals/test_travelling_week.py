"""A week around each change of the clocks, walked in steps with the tick: whatever is due happens a moment after its
second, never in it and never before.
"""

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from core import clock, working_time
from core.clock import LONDON, Frozen
from core.reference.data import load_bank_holidays
from core.words import when
from referrals.errors import OfferGone, PlaceGone
from referrals.models import Offer, Referral, WaitingListEntry
from referrals.services.offers import offer_accept, offer_keep_place
from referrals.services.requests import request_decline, request_interest, request_offer_meeting
from referrals.tasks import tick
from tests.factories import make_therapist
from tests.referrals.given import actor_of, client_of, fresh, met, open_offer, sent, state
from tests.referrals.waiting import full, listed, place_freed, told, waits
from therapists.models import Therapist

pytestmark = pytest.mark.django_db
STEP = datetime.timedelta(hours=16, minutes=7)
SECOND = datetime.timedelta(seconds=1)
WEEKS = {"an hour less": (2027, 3, 25, 10), "an hour more": (2026, 10, 23, 10), "leap day": (2028, 2, 25, 10)}


@dataclass(frozen=True)
class Deadline:
    """What becomes due, and how to see that it was noticed."""

    due: datetime.datetime
    noticed: Callable[[], bool]


@pytest.fixture(params=WEEKS.values(), ids=list(WEEKS))
def week(request: pytest.FixtureRequest, now: Frozen, settings, monkeypatch) -> Frozen:
    monkeypatch.setattr(working_time, "_cached", {})
    settings.REFERENCE_CACHE_SECONDS = 3600
    load_bank_holidays(overwrite=False)
    now.at = datetime.datetime(*request.param, tzinfo=LONDON).astimezone(datetime.UTC)
    return now


def answer(therapist: Therapist) -> Deadline:
    referral = sent(therapist)
    return Deadline(open_offer(referral).expires_at, lambda: state(referral) != "requested")


def conflict_check(therapist: Therapist) -> Deadline:
    referral = sent(therapist)
    clock._frozen[-1].at = open_offer(referral).expires_at - SECOND
    offer = request_interest(offer=open_offer(referral), actor=actor_of(therapist))
    return Deadline(offer.expires_at, lambda: state(referral) != "requested")


def first_contact(therapist: Therapist) -> Deadline:
    referral = met(therapist).referral
    return Deadline(fresh(referral).due_at, lambda: fresh(referral).action_owner == Referral.Owner.COORDINATOR)


def choosing(therapist: Therapist) -> Deadline:
    referral = sent(therapist)
    request_decline(offer=open_offer(referral), code="full", actor=actor_of(therapist))
    return Deadline(fresh(referral).due_at, lambda: fresh(referral).action_owner == Referral.Owner.COORDINATOR)


def ask_about_list(therapist: Therapist) -> Deadline:
    waits(full(therapist))
    entry = WaitingListEntry.objects.get(therapist=therapist)
    assert entry.answer_due_at is not None
    return Deadline(entry.answer_due_at, lambda: entry_of_hers(therapist).state != "asked")


def place_offered(therapist: Therapist, **changes: Any) -> Offer:
    referral = listed(full(therapist), **changes)
    place_freed(therapist)
    return told(referral)


def clients_answer(therapist: Therapist) -> Deadline:
    offer = place_offered(therapist)
    return Deadline(offer.expires_at, lambda: Offer.objects.get(pk=offer.pk).state != "open")


def answer_through_somebody(therapist: Therapist) -> Deadline:
    offer = place_offered(therapist, access=["text-relay"])
    assert offer.expires_at.astimezone(LONDON).time() == datetime.time(17)
    return Deadline(offer.expires_at, lambda: Offer.objects.get(pk=offer.pk).state != "open")


def client_not_told(therapist: Therapist) -> Deadline:
    referral = listed(full(therapist))
    place_freed(therapist)
    tick()
    offer = open_offer(referral)
    return Deadline(offer.expires_at, lambda: Offer.objects.get(pk=offer.pk).state != "open")


def not_before(therapist: Therapist) -> Deadline:
    """After "not this time": offered again from that moment on, so a second before is the last one that is not."""
    offer = place_offered(therapist)
    offer_keep_place(offer=offer, actor=client_of(offer.referral))
    entry = entry_of_hers(therapist)
    assert entry.no_offer_before is not None
    return Deadline(entry.no_offer_before - SECOND, lambda: offers_of(therapist) > 1)


def entry_of_hers(therapist: Therapist) -> WaitingListEntry:
    return WaitingListEntry.objects.get(therapist=therapist)


def offers_of(therapist: Therapist) -> int:
    return Offer.objects.filter(therapist=therapist, awaiting="client").count()


REQUESTS = [answer, conflict_check, first_contact, choosing]
LISTS = [ask_about_list, clients_answer, answer_through_somebody, client_not_told, not_before]


@pytest.mark.parametrize(
    ("kind", "nation"), [*((kind, "england") for kind in REQUESTS), *((kind, "scotland") for kind in REQUESTS + LISTS)]
)
def test_nothing_is_due_before_its_second_nor_in_it(
    week: Frozen, kind: Callable[[Therapist], Deadline], nation: str
) -> None:
    deadline = kind(make_therapist(nation=nation))
    while week.at + STEP < deadline.due:
        week.move(STEP)
        tick()
        assert not deadline.noticed(), f"noticed at {when(week.at)}, due {when(deadline.due)}"
    for early in (SECOND, datetime.timedelta()):
        week.at = deadline.due - early
        tick()
        assert not deadline.noticed()
    week.at = deadline.due + SECOND
    tick()
    assert deadline.noticed()


@pytest.mark.parametrize(("late", "taken"), [(datetime.timedelta(), True), (SECOND, False)])
def test_the_due_second_still_allows_a_yes(week: Frozen, late: datetime.timedelta, taken: bool) -> None:
    therapist = make_therapist()
    offer = request_interest(offer=open_offer(sent(therapist)), actor=actor_of(therapist))
    week.at = offer.expires_at + late
    if taken:
        request_offer_meeting(offer=offer, actor=actor_of(therapist))
    else:
        with pytest.raises(OfferGone):
            request_offer_meeting(offer=offer, actor=actor_of(therapist))
    assert Offer.objects.get(pk=offer.pk).state == ("accepted" if taken else "open")


@pytest.mark.parametrize(("late", "taken"), [(datetime.timedelta(), True), (SECOND, False)])
def test_the_due_second_still_allows_a_clients_yes(week: Frozen, late: datetime.timedelta, taken: bool) -> None:
    offer = place_offered(make_therapist())
    week.at = offer.expires_at + late
    if taken:
        offer_accept(offer=offer, actor=client_of(offer.referral))
    else:
        with pytest.raises(PlaceGone):
            offer_accept(offer=offer, actor=client_of(offer.referral))
    assert Offer.objects.get(pk=offer.pk).state == ("accepted" if taken else "open")


@pytest.mark.parametrize("week", [WEEKS["an hour less"]], indirect=True)
def test_the_week_of_easter_and_the_clock_change_by_nation_and_by_answering_days(week: Frozen) -> None:
    """Thursday before Easter 2027, whose Sunday is the one when the clocks go forward."""
    said = {}
    for nation, mask in [("england", 0b11111), ("wales", 0b11111), ("scotland", 0b11111), ("england", 0b1100000)]:
        therapist = make_therapist(nation=nation, answering_days=mask)
        said[nation, mask] = when(open_offer(sent(therapist)).expires_at)
    assert said == {
        ("england", 0b11111): "Tuesday 30 March, 5pm",
        ("wales", 0b11111): "Tuesday 30 March, 5pm",
        ("scotland", 0b11111): "Monday 29 March, 5pm",
        ("england", 0b1100000): "Sunday 28 March, 5pm",
    }
