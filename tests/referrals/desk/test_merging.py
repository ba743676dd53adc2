"""Two referrals of one person become one: nothing she had is lost, and nobody is told more than that."""

import datetime

import pytest
from django.core.management import call_command
from django.urls import reverse

from accounts.actors import for_user
from clients.models import Client
from clients.selectors import shared
from core import clock
from core.choices import Role
from core.clock import Frozen
from core.models import Task
from core.worklist import task_open
from referrals import kinds
from referrals.errors import NotMergeable
from referrals.messages import topics
from referrals.models import Choice, Exclusion, Offer, Referral, SafetyAnswer, SafetyQuestion, WaitingListEntry
from referrals.selectors.safety import has_alarm
from referrals.services.calls import call_open
from referrals.services.lists import entry_prioritise
from referrals.services.merging import referrals_merge
from referrals.tasks import tick
from tests.factories import make_place, make_therapist
from tests.referrals.given import TICK, accepted, fresh, sent, state, topics_to_client
from tests.referrals.waiting import State, entry_with, full, listed, offered, place_freed, told, waits
from tests.support.invariants import broken_invariants
from tests.support.sign_in import signed_in
from therapists.models import PlaceClaim, Therapist

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_is_broken(now: Frozen):
    yield
    assert broken_invariants(clock.now()) == []


@pytest.fixture
def browser(dev):
    return signed_in(dev)


@pytest.fixture
def desk(dev):
    return for_user(dev)


def merge(keep: Referral, away: Referral, desk, **options) -> None:
    referrals_merge(keep=keep, duplicate=away, reason="Same voice, same street.", actor=desk, **options)


def present(referral: Referral) -> list[tuple[int, str]]:
    rows = Choice.objects.filter(referral=referral, round=fresh(referral).round).order_by("rank")
    return list(rows.values_list("therapist_id", "state"))


def later(now: Frozen, days: int = 3) -> None:
    now.move(datetime.timedelta(days=days))
    Therapist.objects.update(confirmed_at=clock.now())


def test_the_earliest_time_counts_and_lists_come_over_in_their_state(ben, cara, desk, now) -> None:
    first = listed(full(ben))
    since = first.queue_from
    later(now)
    second = listed(full(cara))
    merge(second, first, desk)
    assert (state(first), fresh(first).closed_code) == ("closed", "duplicate")
    kept = fresh(second)
    assert (kept.state, kept.queue_from, kept.clock_started_at) == ("waiting", since, since)
    entries = WaitingListEntry.objects.filter(referral=second).order_by("rank")
    assert [(entry.therapist_id, entry.state, entry.rank) for entry in entries] == [
        (cara.pk, State.LISTED, 1),
        (ben.pk, State.LISTED, 2),
    ]
    assert [pk for pk, _state in present(second)] == [cara.pk, ben.pk]
    ben.refresh_from_db()
    assert ben.list_entries == 1


def test_on_one_list_the_one_with_a_yes_stays_else_the_earlier(ben, cara, desk, now) -> None:
    full(cara)
    first = waits(full(ben), cara)
    later(now, 1)
    second = waits(ben, cara)
    from tests.referrals.waiting import agrees

    with_yes = agrees(second, ben)
    merge(first, second, desk)
    assert WaitingListEntry.objects.get(therapist=ben, state__in=WaitingListEntry.LIVE).pk == with_yes.pk
    assert entry_with(first, ben).state == State.LISTED
    stays = WaitingListEntry.objects.get(therapist=cara, state__in=WaitingListEntry.LIVE)
    assert stays.joined_at == first.queue_from
    for therapist in (ben, cara):
        therapist.refresh_from_db()
        assert therapist.list_entries == 1


def test_being_put_forward_is_kept_whichever_entry_stays(ben, desk) -> None:
    first, second = listed(full(ben)), listed(ben)
    entry_prioritise(entry=entry_with(second, ben), priority=True, reason="Baby.", actor=desk)
    merge(first, second, desk)
    assert WaitingListEntry.objects.get(state__in=WaitingListEntry.LIVE).priority


def test_a_held_place_goes_back_and_comes_to_her_in_turn(ben, cara, desk) -> None:
    keep, away = listed(full(cara), aims="To be calmer"), listed(full(ben))
    place_freed(ben)
    told(away)
    merge(keep, away, desk)
    assert Offer.objects.get(referral=away).state == "withdrawn"
    assert not PlaceClaim.objects.filter(kind="hold", released_at=None).exists()
    tick()
    # Another summary than Ben said yes to: he is asked again, and the place waits for his answer.
    assert (offered(keep), entry_with(keep, ben).state) == (None, State.ASKED)
    from referrals.services.asks import ask_agree
    from tests.referrals.given import actor_of

    ask_agree(entry=entry_with(keep, ben), actor=actor_of(ben))
    tick()
    assert offered(keep) is not None


def test_a_request_of_the_duplicate_is_taken_back_and_may_be_asked_for_the_other(ben, cara, desk) -> None:
    keep, away = listed(full(cara)), sent(ben)
    assert state(away) == "requested"
    merge(keep, away, desk)
    assert state(keep) == "requested"
    asked = Offer.objects.get(referral=keep, state="open")
    assert (asked.therapist_id, entry_with(keep, cara).state) == (ben.pk, State.LISTED)
    ben.refresh_from_db()
    assert ben.unanswered_in_a_row == 0


def test_who_meets_somebody_keeps_that_and_the_lists_wait_set_aside(ben, cara, desk) -> None:
    keep = sent(ben)
    accepted(keep)
    away = listed(full(cara))
    with pytest.raises(NotMergeable):
        merge(away, keep, desk)
    merge(keep, away, desk)
    assert (state(keep), entry_with(keep, cara).state) == ("meeting", State.KEPT)


def test_what_must_not_be_lost(ben, cara, desk) -> None:
    call_command("load_reference", only=["safety questions"], verbosity=0)
    keep, away = listed(full(ben)), listed(ben)
    Exclusion.objects.create(client=away.client, therapist=cara, side="coordinator", at=clock.now())
    question = SafetyQuestion.objects.filter(options__open_task=True).first()
    value = question.options.filter(open_task=True).first().value
    SafetyAnswer.objects.create(referral=away, question=question, value=value, at=clock.now())
    away.client.consents.create(
        item="own_words", decision="refused", route="x", recorded_by="x", wording="1", at=clock.now()
    )
    keep.client.consents.create(
        item="own_words",
        decision="given",
        route="x",
        recorded_by="x",
        wording="1",
        at=clock.now() - datetime.timedelta(days=1),
    )
    Referral.objects.filter(pk=away.pk).update(away_until=clock.today() + datetime.timedelta(days=9))
    call = call_open(referral=away, why="needs_more", actor=TICK, kind=kinds.CALL_BEFORE_TELLING)
    merge(keep, away, desk)
    assert Exclusion.objects.filter(client=keep.client, therapist=cara, side="coordinator").exists()
    assert has_alarm(fresh(keep))
    assert "own_words" not in shared(keep.client_id)
    assert fresh(keep).away_until == clock.today() + datetime.timedelta(days=9)
    open_ = Task.objects.get(kind=kinds.CALL_BEFORE_TELLING, state="open")
    assert (open_.subject_id, open_.due_at) == (keep.pk, call.due_at)


def test_whoever_said_no_to_either_is_not_asked_again(ben, cara, desk) -> None:
    from referrals.services.requests import request_decline
    from tests.referrals.given import actor_of, open_offer

    away = sent(ben, cara)
    request_decline(offer=open_offer(away), code="times", actor=actor_of(ben))
    make_place(ben)
    keep = sent(make_therapist())
    merge(keep, away, desk)
    assert Choice.objects.filter(referral=keep, therapist=ben, state="no").exists()
    assert (ben.pk, "no") in present(keep)


def test_whom_she_asks_or_sees_already_is_not_waited_for(ben, desk) -> None:
    asks, sees = sent(ben), sent(make_therapist())
    waiting = listed(full(ben))
    merge(asks, waiting, desk)
    assert (state(asks), entry_with(waiting, ben).state) == ("requested", State.REMOVED)
    assert Offer.objects.get(referral=asks).state == "open"
    placement = accepted(sees)
    Therapist.objects.filter(pk=placement.therapist_id).update(list_limit=5)
    again = listed(placement.therapist)
    merge(sees, again, desk)
    assert (state(sees), entry_with(again, placement.therapist).state) == ("meeting", State.REMOVED)


def test_whoever_said_no_to_the_one_does_not_have_her_wait_by_the_other(ben, cara, desk) -> None:
    from referrals.services.asks import ask_refuse
    from tests.referrals.given import actor_of

    keep, away = waits(full(ben), full(cara)), listed(ben)
    ask_refuse(entry=entry_with(keep, ben), code="times", actor=actor_of(ben))
    merge(keep, away, desk)
    assert entry_with(away, ben).state == State.REMOVED
    assert (ben.pk, "no") in present(keep)
    assert state(keep) == "waiting"


def test_two_long_lists_become_one_of_five(desk) -> None:
    people = [full(make_therapist()) for _ in range(8)]
    keep, away = listed(*people[:4]), listed(*people[4:])
    merge(keep, away, desk)
    assert [pk for pk, _state in present(keep)] == [one.pk for one in people[:5]]
    live = WaitingListEntry.objects.filter(state__in=WaitingListEntry.LIVE)
    assert set(live.values_list("therapist_id", flat=True)) == {one.pk for one in people[:5]}
    assert set(live.values_list("referral_id", flat=True)) == {keep.pk}


def test_both_contacts_hear_that_one_goes_on_and_no_more(ben, desk) -> None:
    keep, away = listed(full(ben)), listed(ben)
    address = Client.objects.get(pk=away.client_id).email
    merge(keep, away, desk, contact_of_duplicate=True)
    assert topics_to_client(keep)[-1] == topics.MERGED
    assert topics_to_client(away)[-1] == topics.CLOSED
    assert Client.objects.get(pk=keep.client_id).email == address


def identity_task(new: Referral, other: Referral) -> Task:
    return task_open(
        kind=kinds.IDENTITY_CHECK,
        subject_type="client",
        subject_id=new.client_id,
        owner_role=Role.COORDINATOR,
        due_at=clock.now(),
        actor=TICK,
        detail={"perhaps": [other.client_id]},
    )


def test_the_identity_task_leads_to_both_side_by_side(browser, ben, cara) -> None:
    first, second = listed(full(ben)), listed(full(cara))
    task = identity_task(second, first)
    merging = reverse("referrals:desk_merge", args=[second.pk, first.pk])
    assert merging in browser.get(reverse("referrals:desk_task", args=[task.pk])).content.decode()
    assert browser.get(reverse("referrals:desk_task_merge", args=[task.pk]))["Location"] == merging
    page = browser.get(merging).content.decode()
    for words in (first.reference, second.reference, "Ben Okafor", "Cara Hughes", first.client.email):
        assert words in page
    data = {"keep": first.pk, "contact": second.client_id, "reason": "I rang both numbers."}
    unsure = browser.post(merging, data).content.decode()
    assert "Make sure first" in unsure and "I rang both numbers." in unsure
    assert state(second) == "waiting"
    answer = browser.post(merging, data | {"sure": "on"})
    assert answer["Location"] == reverse("referrals:desk_referral", args=[first.pk])
    assert (state(first), state(second)) == ("waiting", "closed")
    task.refresh_from_db()
    assert task.state == "done"
    history = browser.get(reverse("referrals:desk_referral", args=[first.pk])).content.decode()
    assert "I rang both numbers." in history
    assert "cannot be made one" in browser.get(merging).content.decode()
    assert "cannot be made one" in browser.post(merging, data | {"sure": "on"}).content.decode()


def test_the_other_request_is_named_by_its_reference(browser, ben) -> None:
    first, second = listed(full(ben)), listed(ben)
    address = reverse("referrals:desk_merge_with", args=[first.pk])
    assert "Enter a reference" in browser.post(address, {}).content.decode()
    assert "There is a problem" in browser.post(address, {"reference": "RP-1"}).content.decode()
    assert "no other request" in browser.post(address, {"reference": first.reference}).content.decode()
    found = browser.post(address, {"reference": second.reference.lower()})
    assert found["Location"] == reverse("referrals:desk_merge", args=[first.pk, second.pk])
    assert browser.get(reverse("referrals:desk_merge", args=[first.pk, 2**40])).status_code == 404
    assert browser.get(f"/desk/merge/{first.pk}/{10**40}/").status_code == 404


def test_one_record_is_not_merged_with_itself(ben, desk) -> None:
    referral = listed(full(ben))
    with pytest.raises(NotMergeable):
        merge(referral, referral, desk)
    with pytest.raises(ValueError, match="reason"):
        referrals_merge(keep=referral, duplicate=referral, reason=" ", actor=desk)


def test_only_coordinators_merge(ben, amina, sam, ada) -> None:
    first, second = listed(full(ben)), listed(ben)
    address = reverse("referrals:desk_merge", args=[first.pk, second.pk])
    data = {"keep": first.pk, "contact": first.client_id, "sure": "on", "reason": "x"}
    for user in (ben.user, amina, sam, ada):
        assert signed_in(user).post(address, data).status_code == 404
    assert (state(first), state(second)) == ("waiting", "waiting")
