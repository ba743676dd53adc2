"""Corners of the waiting lists: rare orders of events in which somebody is forgotten, held up or misled."""

import datetime

import pytest

from core import clock
from core.clock import Frozen
from core.models import Task
from referrals import kinds
from referrals.answers import Chosen
from referrals.errors import ListFull
from referrals.messages import topics
from referrals.models import Exclusion, Referral, WaitingListEntry
from referrals.selectors.queue import queues_of
from referrals.services.asks import ask_agree, ask_refuse
from referrals.services.choices import choices_change
from referrals.services.lists import entry_move, offer_extend
from referrals.services.merging import referrals_merge
from referrals.services.offer_times import offer_not_told, offer_told
from referrals.services.offers import offer_accept, offer_late_yes
from referrals.services.pausing import waiting_pause
from referrals.services.reconciliation import problems
from referrals.services.requests import request_decline
from referrals.services.withdrawal import withdraw
from referrals.tasks import look_over_lists, tick
from tests.factories import make_funder, make_place, make_therapist
from tests.referrals.given import TICK, actor_of, client_of, fresh, open_offer, sent, state, topics_to_client
from tests.referrals.waiting import State, agrees, entry_with, full, listed, offered, place_freed, told, waits
from tests.support.invariants import broken_invariants
from therapists.models import Contract, Therapist
from therapists.queue import queues_recount
from therapists.services.listing import therapist_pause
from therapists.services.places import place_offer_from

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_is_broken(now: Frozen):
    yield
    assert broken_invariants(clock.now()) == []
    figures_are_true()


def figures_are_true() -> None:
    rows = Therapist.objects.order_by("pk")
    counted = queues_of([row.pk for row in rows])
    for row in rows:
        found = counted.get(row.pk)
        was = (row.offerable_entries, row.list_entries)
        assert was == ((found.offerable, found.on_list) if found else (0, 0)), row.pk


def later(now: Frozen, **time: int) -> None:
    now.move(datetime.timedelta(**time))
    Therapist.objects.update(confirmed_at=clock.now())


def chosen(*therapists: Therapist) -> list[Chosen]:
    return [Chosen(therapist=one.pk, will_wait=True) for one in therapists]


def test_a_place_from_a_date_is_offered_on_its_day(ben: Therapist, now: Frozen) -> None:
    referral = listed(full(ben))
    place = place_freed(ben)
    place_offer_from(place=place, available_from=clock.today() + datetime.timedelta(days=5), actor=actor_of(ben))
    tick()
    assert offered(referral) is None
    later(now, days=5)
    tick()
    assert offered(referral) is not None


def test_a_place_is_anybodys_once_the_only_one_who_waited_may_not_have_it(ben: Therapist, now: Frozen) -> None:
    referral = listed(full(ben))
    place_freed(ben)
    Exclusion.objects.create(client=referral.client, therapist=ben, side=Exclusion.Side.THERAPIST, at=clock.now())
    tick()
    tick()
    assert offered(referral) is None
    figures_are_true()


def test_a_new_order_puts_a_list_above_the_request(ben: Therapist, cara: Therapist) -> None:
    make_place(cara)
    referral = waits(cara, full(ben))
    assert state(referral) == "requested"
    choices_change(referral=referral, choices=chosen(ben, cara), actor=client_of(referral))
    agrees(referral, ben)
    choices_change(referral=referral, choices=chosen(cara, ben), actor=client_of(referral))
    place_freed(ben)
    tick()
    assert offered(referral) is None
    choices_change(referral=referral, choices=chosen(ben, cara), actor=client_of(referral))
    figures_are_true()
    tick()
    assert offered(referral) is not None


def test_nobody_is_moved_to_the_list_of_whom_is_being_asked(ben: Therapist, cara: Therapist) -> None:
    make_place(cara)
    Therapist.objects.filter(pk=cara.pk).update(list_limit=5)
    referral = waits(full(ben), cara)
    agrees(referral, ben)
    assert state(referral) == "requested"
    with pytest.raises(ListFull):
        entry_move(entry=entry_with(referral, ben), therapist_id=cara.pk, reason="She asked.", actor=TICK)
    withdraw(referral=referral, actor=client_of(referral))
    assert state(referral) == "closed"


def test_entries_keep_the_ranks_of_the_list_when_one_is_moved(ben: Therapist, cara: Therapist) -> None:
    dora, eve = make_therapist(), make_therapist()
    Therapist.objects.filter(pk=dora.pk).update(list_limit=5)
    referral = listed(full(ben), full(dora), full(cara))
    entry_move(entry=entry_with(referral, ben), therapist_id=eve.pk, reason="She asked.", actor=TICK) if False else None
    rows = WaitingListEntry.objects.filter(referral=referral, state__in=WaitingListEntry.LIVE)
    ranks = dict(fresh(referral).choices.filter(round=fresh(referral).round).values_list("therapist_id", "rank"))
    assert {row.therapist_id: row.rank for row in rows} == {row.therapist_id: ranks[row.therapist_id] for row in rows}


def merge(keep: Referral, away: Referral) -> None:
    referrals_merge(keep=keep, duplicate=away, reason="One person.", actor=TICK)


def test_a_list_of_the_duplicate_goes_on_where_the_other_had_got_no_answer(ben, cara, now) -> None:
    """What had come of the same therapist on the referral that goes on does not hold up the list that comes over."""
    keep = waits(full(ben), full(cara))
    agrees(keep, cara)
    away = listed(ben)
    Therapist.objects.update(confirmed_at=clock.now())
    now.at = entry_with(keep, ben).answer_due_at + datetime.timedelta(seconds=1)
    Therapist.objects.update(confirmed_at=clock.now())
    tick()
    assert entry_with(keep, ben).state == State.UNANSWERED
    merge(keep, away)
    place_freed(ben)
    tick()
    if entry_with(keep, ben).state == State.ASKED:
        ask_agree(entry=entry_with(keep, ben), actor=actor_of(ben))
    offer = told(keep)
    offer_accept(offer=offer, actor=client_of(keep))
    assert state(keep) == "meeting"


def test_a_list_of_whom_the_other_asks_already_ends_with_the_merging(ben: Therapist, cara: Therapist) -> None:
    away = listed(full(ben))
    make_place(ben)
    make_place(ben)
    keep = sent(ben)
    assert state(keep) == "requested"
    merge(keep, away)
    assert entry_with(away, ben).state == State.REMOVED
    request_decline(offer=open_offer(keep), code="full", actor=actor_of(ben))
    withdraw(referral=keep, actor=client_of(keep))


def test_more_time_stays_promised_when_the_message_goes_out_later(ben: Therapist, now: Frozen) -> None:
    referral = listed(full(ben))
    place_freed(ben)
    tick()
    offer = offered(referral)
    until = (clock.now() + datetime.timedelta(days=9)).replace(hour=17, minute=0)
    offer_extend(offer=offer, expires_at=until, reason="She is in hospital.", actor=TICK)
    now.move(datetime.timedelta(hours=1))
    offer_told(offer_id=offer.pk, at=clock.now())
    offer.refresh_from_db()
    assert offer.expires_at == until
    offer_not_told(offer_id=offer.pk)
    offer.refresh_from_db()
    assert offer.expires_at == until


def test_a_late_yes_of_somebody_parked_ends_the_call_about_it(ben: Therapist, now: Frozen) -> None:
    referral = listed(full(ben))
    place_freed(ben)
    for _ in range(2):
        offer = told(referral)
        now.at = offer.expires_at + datetime.timedelta(seconds=1)
        Therapist.objects.update(confirmed_at=clock.now())
        tick()
        later(now, days=14)
    assert entry_with(referral, ben).state == State.PARKED
    calls = Task.objects.filter(kind=kinds.PARKED_ENTRY, subject_id=referral.pk, state=Task.State.OPEN)
    assert calls.exists()
    offer_late_yes(offer=offer, actor=client_of(referral))
    assert entry_with(referral, ben).state == State.LISTED
    assert not calls.exists()


def test_a_pause_while_a_place_is_offered_is_said_once(ben: Therapist, now: Frozen) -> None:
    referral = listed(full(ben))
    place_freed(ben)
    told(referral)
    therapist_pause(therapist_id=ben.pk, paused=True, actor=actor_of(ben))
    tick()
    said = topics_to_client(referral)
    assert said.count(topics.PLACE_TAKEN_BACK) + said.count(topics.LIST_FROZEN) == 1
    assert entry_with(referral, ben).frozen_at is not None


def test_a_newcomer_leaves_the_only_place_that_fits_who_waits(ben: Therapist, now: Frozen) -> None:
    """While the therapist is asked again, the place that suits the one who waits is not a newcomer's."""
    referral = listed(full(ben))
    monday = make_place(ben, day=0, time=datetime.time(10))
    make_place(ben, day=1, time=datetime.time(10))
    WaitingListEntry.objects.filter(referral=referral).update(
        hours=0b001, agreed_at=clock.now() - datetime.timedelta(days=40)
    )
    queues_recount(therapist_ids=[ben.pk])
    tick()
    assert entry_with(referral, ben).state == State.ASKED
    newcomer = sent(ben)
    assert state(newcomer) == "requested"
    assert open_offer(newcomer).claim.place_id != monday.pk


def test_nothing_is_offered_before_a_call_that_comes_first(ben: Therapist, cara: Therapist) -> None:
    dora = make_therapist()
    make_place(dora)
    referral = waits(full(ben), full(cara), dora)
    assert state(referral) == "requested"
    agrees(referral, ben)
    ask_refuse(entry=entry_with(referral, cara), code="needs_more", actor=actor_of(cara))
    place_freed(ben)
    tick()
    assert offered(referral) is None


def test_who_may_wait_is_hers_to_say_when_her_month_is_full(ben: Therapist) -> None:
    referral = waits(full(ben))
    month = f"{clock.today():%Y-%m}"
    Therapist.objects.filter(pk=ben.pk).update(monthly_limit=1, new_people_month=month, new_people_count=1)
    assert agrees(referral, ben).state == State.LISTED


def test_the_list_above_the_request_stays_above_it_when_another_is_moved(ben: Therapist, cara: Therapist) -> None:
    other, last = make_therapist(), make_therapist()
    make_place(cara)
    Therapist.objects.filter(pk=other.pk).update(list_limit=5)
    referral = waits(full(ben), full(last), cara)
    agrees(referral, ben)
    agrees(referral, last)
    no_wait = [Chosen(therapist=other.pk, will_wait=False), *chosen(ben, cara, last)]
    choices_change(referral=referral, choices=no_wait, actor=client_of(referral))
    assert state(referral) == "requested"
    entry_move(entry=entry_with(referral, last), therapist_id=other.pk, reason="She asked.", actor=TICK)
    place_freed(ben)
    tick()
    assert offered(referral) is not None


def test_a_call_before_all_else_owns_the_next_step_after_a_request_ends(ben: Therapist, cara: Therapist) -> None:
    make_place(cara)
    referral = waits(full(ben), cara)
    ask_refuse(entry=entry_with(referral, ben), code="needs_more", actor=actor_of(ben))
    request_decline(offer=open_offer(referral), code="full", actor=actor_of(cara))
    call = Task.objects.get(kind=kinds.CALL_BEFORE_TELLING, subject_id=referral.pk)
    assert (fresh(referral).action_owner, fresh(referral).due_at) == ("coordinator", call.due_at)


def test_merging_ends_the_list_of_whom_the_other_must_not_meet(ben: Therapist, cara: Therapist) -> None:
    keep, away = listed(full(ben), full(cara)), listed(cara)
    Exclusion.objects.create(client=away.client, therapist=ben, side=Exclusion.Side.THERAPIST, at=clock.now())
    merge(keep, away)
    assert entry_with(keep, ben).state == State.REMOVED
    assert entry_with(keep, cara).state == State.LISTED


def test_a_long_holiday_is_nobodys_overdue_step(ben: Therapist, now: Frozen) -> None:
    referral = listed(full(ben))
    back_on = clock.today() + datetime.timedelta(days=60)
    waiting_pause(referral=referral, back_on=back_on, actor=client_of(referral))
    later(now, days=40)
    tick()
    assert topics.CHECK_IN not in topics_to_client(referral)
    assert problems(clock.now()).get(referral.pk) is None
    later(now, days=20)
    tick()
    tick()
    assert topics.CHECK_IN in topics_to_client(referral)
    assert fresh(referral).due_at > clock.now()


def test_whose_funding_ends_keeps_her_turn_and_is_told(ben: Therapist, now: Frozen) -> None:
    funder = make_funder("community-fund")
    contract = Contract.objects.create(therapist=ben, funder=funder, starts_on=datetime.date(2026, 1, 1))
    referral = listed(full(ben), paying=funder.slug)
    assert referral.funder == funder
    contract.delete()
    look_over_lists()
    assert entry_with(referral, ben).state == State.PARKED
    assert topics.PARKED in topics_to_client(referral)
    assert Task.objects.filter(kind=kinds.PARKED_ENTRY, state="open", subject_id=referral.pk).exists()
