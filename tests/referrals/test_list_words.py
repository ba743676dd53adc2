"""The same things said everywhere: in the timeline for each viewer, and the time to answer as it is printed."""

import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clients.models import Client
from core import clock
from core.clock import Frozen
from referrals import clocks, list_words
from referrals.models import Offer, Referral
from referrals.selectors.offered import answer_by
from referrals.selectors.timeline import STAFF, WORDS, WORDS_OF_A_PLACE, timeline
from referrals.services.asks import ask_agree
from referrals.services.offers import offer_accept
from referrals.tasks import tick
from referrals.transitions import REFERRAL
from tests.referrals.given import actor_of, client_of, sent, state
from tests.referrals.test_messages import NEVER
from tests.referrals.waiting import agrees, entry_with, full, listed, place_freed, told
from therapists.models import Therapist

SAID_BY_SIDE = "say_go_ahead"


def words_of(referral: Referral, viewer: str = "client") -> list[str]:
    return [item.words for item in timeline(referral, viewer=viewer)]


def test_everything_that_can_happen_has_words() -> None:
    assert set(REFERRAL.actions) - {SAID_BY_SIDE} == set(WORDS)


@pytest.mark.parametrize("action", sorted({*WORDS, *WORDS_OF_A_PLACE}))
def test_no_event_is_told_in_words_that_hurt(action: str) -> None:
    for said in filter(None, (WORDS.get(action), WORDS_OF_A_PLACE.get(action))):
        words = said("Ben").lower().replace(".", " ").split()
        assert not set(words) & set(NEVER)


@pytest.mark.django_db
def test_her_yes_to_a_place_is_hers_and_the_therapists_yes_again_is_no_news(ben: Therapist, now: Frozen) -> None:
    referral = listed(full(ben))
    now.move(datetime.timedelta(days=28, seconds=1))
    Therapist.objects.update(confirmed_at=clock.now())
    place_freed(ben)
    tick()
    ask_agree(entry=entry_with(referral, ben), actor=actor_of(ben))
    offer_accept(offer=told(referral), actor=client_of(referral))
    hers, staff = words_of(referral), words_of(referral, STAFF)
    assert hers.count("You are on Ben’s waiting list.") == 1
    assert staff.count("You are on Ben’s waiting list.") == 2
    assert hers[-2:] == ["A place with Ben was offered to you.", "You said yes to a first meeting with Ben."]
    assert "We asked Ben again if this still fits." in staff
    assert not any("again" in words for words in hers)


@pytest.mark.django_db
def test_a_place_that_nobody_answered_about_is_told_kindly(ben: Therapist, now: Frozen) -> None:
    referral = listed(full(ben))
    place_freed(ben)
    now.at = told(referral).expires_at + datetime.timedelta(seconds=1)
    tick()
    assert words_of(referral)[-1] == list_words.time_over("Ben")


@pytest.mark.django_db
def test_a_request_taken_back_for_somebody_she_likes_better_is_not_said_to_be_hers(
    ben: Therapist, cara: Therapist
) -> None:
    referral = sent(full(ben), cara, choices=[{"therapist": ben.pk, "will_wait": True}, {"therapist": cara.pk}])
    agrees(referral, ben)
    place_freed(ben)
    tick()
    assert state(referral) == "offered"
    said = words_of(referral)
    assert "We told Cara that you need no answer: somebody you put higher has a place." in said
    assert not any("You took" in words for words in said)


SPRING = datetime.datetime(2026, 3, 20, tzinfo=datetime.UTC)
SECONDS = st.integers(0, 720 * 86_400)


@settings(max_examples=300, deadline=None)
@given(seconds=SECONDS, later=st.integers(0, 3 * 86_400))
def test_what_is_printed_is_never_later_than_what_counts(seconds: int, later: int) -> None:
    """Rendered at any second, handed over at any later one, over the changes of the clocks and a leap day."""
    at = SPRING + datetime.timedelta(seconds=seconds)
    client = Client(contact_channel="email", nation="england", access_needs={})
    with clock.frozen(at):
        offer = Offer(expires_at=at + datetime.timedelta(days=30))
        printed = answer_by(offer, Referral(client=client))
        assert printed > clock.now()
    assert printed <= clocks.client_answer_due(client, at + datetime.timedelta(seconds=later))
    assert printed.second == printed.microsecond == 0


def test_numbers_and_names_in_words() -> None:
    assert list_words.position(0) == "You are next on this list. This can go up as well as down."
    assert list_words.position(1).startswith("1 person is ahead of you.")
    assert list_words.position(3).startswith("3 people are ahead of you.")
    assert list_words.names_in_words([]) == ""
    assert list_words.names_in_words(["Ben"]) == "Ben"
    assert list_words.names_in_words(["Ben", "Cara", "Dev"]) == "Ben, Cara and Dev"
    assert list_words.others_now(0) == ""
