"""A therapist who falls silent: her list stands still, nobody new is shown her, and one tap of hers mends both."""

import datetime

import pytest
from django.test import Client as Browser
from django.urls import reverse

from clients.preferences import Stated
from core import clock
from core.clock import Frozen
from matching.engine.rank import rank
from matching.store import Store
from matching.weights import EVIDENCE
from notifications.models import Message
from referrals.locks import referral_locked
from referrals.messages import topics
from referrals.models import Placement, Referral, WaitingListEntry
from referrals.services.asking import entry_ask_again
from referrals.services.placements import not_this_time
from referrals.tasks import tick
from tests.referrals.given import TICK, client_of, delivered, state, topics_to_client
from tests.referrals.waiting import entry_with, full, listed, offered, place_freed, waits
from tests.support.invariants import broken_invariants
from tests.support.sign_in import signed_in
from therapists.models import Therapist
from therapists.selectors.confirmations import link_token
from therapists.selectors.standing import standing

DAY = datetime.timedelta(days=1)


def reasons(therapist: Therapist) -> tuple[str, ...]:
    return standing(therapist.pk, as_of=clock.now()).reasons


def silent(therapist: Therapist) -> None:
    Therapist.objects.filter(pk=therapist.pk).update(confirmed_at=clock.now() - 15 * DAY)


def goes_quiet(ben: Therapist) -> Referral:
    """Somebody is on Ben's list, he is not heard of for two weeks, and a place of his becomes free."""
    referral = listed(full(ben))
    place_freed(ben)
    silent(ben)
    tick()
    assert reasons(ben) == ("not_confirmed",)
    assert offered(referral) is None
    assert topics.LIST_FROZEN in topics_to_client(referral)
    return referral


@pytest.mark.django_db
def test_a_frozen_list_goes_on_at_the_tick_after_the_link_was_pressed(ben: Therapist) -> None:
    referral = goes_quiet(ben)
    ben.refresh_from_db()
    Browser().post(reverse("therapists:still_taking", args=[link_token(ben)]))
    tick()
    offer = offered(referral)
    assert offer is not None
    assert offer.therapist == ben
    assert broken_invariants(clock.now()) == []


@pytest.mark.django_db
def test_and_so_it_does_after_any_act_of_hers(ben: Therapist) -> None:
    referral = goes_quiet(ben)
    signed_in(ben.user).post(reverse("therapists:limit"), {"monthly_limit": "9"})
    tick()
    assert offered(referral) is not None


@pytest.mark.django_db
def test_without_an_act_it_stands_still_and_she_keeps_her_turn(ben: Therapist, now: Frozen) -> None:
    """Control: a day passes, and nothing else happens."""
    referral = goes_quiet(ben)
    now.move(DAY)
    tick()
    assert offered(referral) is None
    assert state(referral) == "waiting"


@pytest.mark.django_db
def test_silence_about_two_requests_hides_her_and_freezes_her_list_until_she_says_that_she_is_there(
    ben: Therapist, now: Frozen
) -> None:
    waiting, meeting = listed(full(ben)), Placement.objects.get()
    asked = [waits(ben), waits(ben)]
    delivered(topic=topics.LIST_ASK)
    now.at = entry_with(asked[1], ben).answer_due_at + datetime.timedelta(minutes=1)
    tick()
    # A place becomes free by the client's word, not by hers.
    not_this_time(placement=meeting, side="client", actor=client_of(meeting.referral))
    assert reasons(ben) == ("unanswered",)
    tick()
    assert offered(waiting) is None
    signed_in(ben.user).post(reverse("therapists:confirm"))
    assert reasons(ben) == ()
    tick()
    assert offered(waiting) is not None


def asked_again(ben: Therapist, *referrals: Referral) -> list[WaitingListEntry]:
    """Two yeses of his are old, and one message asks about both."""
    for referral in referrals:
        with referral_locked(referral.pk) as locked:
            entry_ask_again(locked=locked, entry=entry_with(referral, ben), actor=TICK)
    assert Message.objects.filter(topic=topics.LIST_ASK_AGAIN).count() == 1
    return [entry_with(referral, ben) for referral in referrals]


@pytest.mark.django_db
@pytest.mark.parametrize(("reached", "counted"), [(True, 1), (False, 0)])
def test_one_message_about_two_people_is_one_silence(ben: Therapist, now: Frozen, reached: bool, counted: int) -> None:
    full(ben)
    rows = asked_again(ben, listed(ben), listed(ben))
    if reached:
        delivered(topic=topics.LIST_ASK_AGAIN)
    now.at = rows[1].answer_due_at + datetime.timedelta(minutes=1)
    tick()
    assert Therapist.objects.get(pk=ben.pk).unanswered_in_a_row == counted
    assert {entry_with(row.referral, ben).state for row in rows} == {"parked"}


def findable(store: Store) -> set[int]:
    return set(rank(Stated(), store.current().lens, EVIDENCE, 1, clock.now(), limit=999).ids.tolist())


@pytest.mark.django_db(transaction=True)
def test_every_list_of_every_process_follows_at_once(ben: Therapist, cara: Therapist) -> None:
    """A warm register sees each change of what keeps her from being listed at its next question, both ways."""
    store, browser = Store(), signed_in(ben.user)
    both, hers_alone = {ben.pk, cara.pk}, {cara.pk}
    assert findable(store) == both
    for hidden in ({"confirmed_at": clock.now() - 15 * DAY}, {"unanswered_in_a_row": 2}):
        Therapist.objects.filter(pk=ben.pk).update(**hidden)
        assert findable(store) == hers_alone, hidden
        browser.post(reverse("therapists:confirm"))
        assert findable(store) == both, hidden
    browser.post(reverse("therapists:pause"), {"paused": "1"})
    assert findable(store) == hers_alone
    browser.post(reverse("therapists:pause"), {"paused": "0"})
    assert findable(store) == both
    browser.post(reverse("therapists:limit"), {"monthly_limit": "0"})
    assert findable(store) == hers_alone
    browser.post(reverse("therapists:limit"), {"monthly_limit": ""})
    assert findable(store) == both
