"""What happens when nobody does anything: the tick, at the second it falls due, once, and one bad row stops nothing."""

import datetime

import pytest

from core import clock
from core.clock import LONDON, Frozen
from core.models import Task
from notifications.models import Message
from referrals import kinds, tasks
from referrals.messages import topics
from referrals.models import CallRequest, Choice, Offer, Referral, ReferralEvent, Submission
from referrals.selectors.now import now_words
from referrals.services.placements import contact_record, go_ahead, not_this_time
from referrals.services.reconciliation import call_requests_forget, problems
from referrals.services.requests import request_decline, request_interest
from referrals.services.safety import call_ask
from referrals.tasks import reconcile, tick
from tests.factories import make_place, make_therapist
from tests.referrals.given import (
    TICK,
    VISITOR,
    accepted,
    actor_of,
    client_of,
    delivered,
    draft,
    fresh,
    met,
    open_offer,
    sent,
    state,
    topics_to_client,
)
from therapists.models import PlaceClaim, Registration, Therapist
from therapists.selectors.standing import standing

pytestmark = pytest.mark.django_db
A_MOMENT = datetime.timedelta(microseconds=1)


def day(number: int, hour: int = 10, month: int = 11) -> datetime.datetime:
    return datetime.datetime(2026, month, number, hour, tzinfo=LONDON)


def ticks(now: Frozen, at: datetime.datetime) -> None:
    now.at = at.astimezone(datetime.UTC)
    tick()


# Silence.


def test_silence_goes_on_to_the_next_and_says_so(ben: Therapist, cara: Therapist, now: Frozen) -> None:
    referral = sent(ben, cara)
    due = open_offer(referral).expires_at
    ticks(now, due)
    assert open_offer(referral).therapist == ben
    ticks(now, due + A_MOMENT)
    assert open_offer(referral).therapist == cara
    assert topics_to_client(referral) == [topics.SENT, topics.NO_ANSWER]
    assert list(Choice.objects.filter(referral=referral).values_list("state", flat=True)) == ["unanswered", "asked"]
    tick()
    assert topics_to_client(referral) == [topics.SENT, topics.NO_ANSWER]


@pytest.mark.parametrize("reached", [True, False])
def test_silence_counts_only_when_the_request_had_reached_her(ben: Therapist, now: Frozen, reached: bool) -> None:
    referral = sent(ben)
    if reached:
        delivered(topic=topics.REQUEST_NEW, subject_id=open_offer(referral).pk)
    ticks(now, open_offer(referral).expires_at + A_MOMENT)
    ben.refresh_from_db()
    assert ben.unanswered_in_a_row == int(reached)


def test_two_silences_in_a_row_unlist_her(ben: Therapist, now: Frozen) -> None:
    for number in range(2):
        referral = sent(ben)
        delivered(topic=topics.REQUEST_NEW)
        assert standing(ben.pk, as_of=clock.now()).listed, number
        ticks(now, open_offer(referral).expires_at + A_MOMENT)
    assert standing(ben.pk, as_of=clock.now()).reasons == ("unanswered",)
    assert state(sent(ben)) == "choosing"


def test_an_open_request_survives_what_her_answer_would_mend(ben: Therapist, now: Frozen) -> None:
    referral = sent(ben)
    Therapist.objects.filter(pk=ben.pk).update(unanswered_in_a_row=2, confirmed_at=None)
    ticks(now, day(23, 11))
    assert accepted(referral).therapist == ben


def test_interest_that_ends_in_silence_lapses_too(ben: Therapist, cara: Therapist, now: Frozen) -> None:
    referral = sent(ben, cara)
    offer = request_interest(offer=open_offer(referral), actor=actor_of(ben))
    ticks(now, offer.expires_at + A_MOMENT)
    assert open_offer(referral).therapist == cara


def test_a_hold_that_nobody_marked_blocks_nobody(ben: Therapist, now: Frozen) -> None:
    first = sent(ben)
    now.at = open_offer(first).expires_at + A_MOMENT
    second = sent(ben)
    assert state(second) == "requested"
    tick()
    assert state(first) == "choosing"
    assert accepted(second).therapist == ben


def test_half_her_time_over_she_is_reminded_once(ben: Therapist, now: Frozen) -> None:
    referral = sent(ben)
    offer = open_offer(referral)
    half = offer.opened_at + (offer.expires_at - offer.opened_at) / 2
    for at in (half, half + A_MOMENT, half + datetime.timedelta(hours=1)):
        ticks(now, at)
    assert Message.objects.filter(topic=topics.REQUEST_REMINDER).count() == 1


def test_who_is_checking_needs_no_reminder(ben: Therapist, now: Frozen) -> None:
    referral = sent(ben)
    request_interest(offer=open_offer(referral), actor=actor_of(ben))
    ticks(now, open_offer(referral).expires_at)
    assert not Message.objects.filter(topic=topics.REQUEST_REMINDER).exists()


# Not listed any more.


def test_a_suspension_takes_open_requests_back_at_the_next_tick(ben: Therapist, cara: Therapist, now: Frozen) -> None:
    referral = sent(ben, cara)
    delivered(topic=topics.REQUEST_NEW)
    Registration.objects.filter(therapist=ben).update(status=Registration.Status.SUSPENDED)
    ticks(now, day(23, 11))
    assert open_offer(referral).therapist == cara
    assert Choice.objects.get(therapist=ben).state == "unavailable"
    assert topics_to_client(referral) == [topics.SENT, topics.UNLISTED]
    assert Task.objects.get(kind=kinds.CALL_CLIENT).detail["why"] == "therapist_unlisted"
    ben.refresh_from_db()
    assert (ben.unanswered_in_a_row, fresh(referral).noes_in_a_row) == (0, 0)
    assert Message.objects.filter(topic=topics.REQUEST_WITHDRAWN, recipient_id=ben.pk).exists()


def test_suspension_asks_a_human_to_call_each_current_client_once(ben: Therapist, now: Frozen) -> None:
    placement = met(ben)
    Registration.objects.filter(therapist=ben).update(status=Registration.Status.REMOVED)
    for hour in (11, 12):
        ticks(now, day(23, hour))
    task = Task.objects.get(kind=kinds.THERAPIST_OF_CLIENT)
    assert (task.subject_type, task.subject_id) == ("referral", placement.referral_id)


def test_a_pause_answers_open_requests_with_an_ordinary_no(ben: Therapist, cara: Therapist, now: Frozen) -> None:
    referral = sent(ben, cara)
    delivered(topic=topics.REQUEST_NEW)
    Therapist.objects.filter(pk=ben.pk).update(paused=True)
    ticks(now, day(23, 11))
    assert open_offer(referral).therapist == cara
    assert Choice.objects.get(therapist=ben).state == "no"
    assert topics_to_client(referral) == [topics.SENT, topics.NO]
    assert not Task.objects.exists()
    assert Offer.objects.get(therapist=ben).code == "paused"
    assert Message.objects.filter(topic=topics.REQUEST_WITHDRAWN, recipient_id=ben.pk).exists()


def test_who_pauses_and_is_suspended_is_not_just_a_no(ben: Therapist, now: Frozen) -> None:
    referral = sent(ben)
    Therapist.objects.filter(pk=ben.pk).update(paused=True)
    Registration.objects.filter(therapist=ben).update(status=Registration.Status.SUSPENDED)
    ticks(now, day(23, 11))
    assert topics_to_client(referral) == [topics.SENT, topics.UNLISTED]


def test_a_limit_reached_leaves_open_requests(ben: Therapist, now: Frozen) -> None:
    referral = sent(ben)
    Therapist.objects.filter(pk=ben.pk).update(monthly_limit=0)
    ticks(now, day(23, 11))
    assert open_offer(referral).therapist == ben


def test_nobody_is_asked_for_more_than_her_limit_and_each_yes_stands(ben: Therapist, now: Frozen) -> None:
    Therapist.objects.filter(pk=ben.pk).update(monthly_limit=2)
    for _ in range(3):
        make_place(ben)
    first, second, third = sent(ben), sent(ben), sent(ben)
    assert [state(one) for one in (first, second, third)] == ["requested", "requested", "choosing"]
    assert accepted(first).therapist == ben
    ticks(now, day(23, 11))
    assert accepted(second).therapist == ben
    assert state(sent(ben)) == "choosing"


def test_a_late_renewal_stops_new_requests_only_for_fourteen_days(ben: Therapist, now: Frozen) -> None:
    make_place(ben)
    referral = sent(ben)
    late = day(20, month=12)
    Offer.objects.update(expires_at=late)
    PlaceClaim.objects.update(expires_at=late)
    Registration.objects.filter(therapist=ben).update(valid_until=datetime.date(2026, 11, 22))
    ticks(now, day(6, 23, month=12))
    assert open_offer(referral).therapist == ben
    assert state(sent(ben)) == "choosing"
    ticks(now, day(7, 0, month=12))
    assert topics_to_client(referral) == [topics.SENT, topics.UNLISTED]


@pytest.mark.parametrize("fields", [{"status": "lapsed"}, {"valid_until": None}])
def test_what_is_no_late_renewal_takes_requests_back(ben: Therapist, now: Frozen, fields: dict) -> None:
    referral = sent(ben)
    Registration.objects.filter(therapist=ben).update(**fields)
    ticks(now, day(23, 11))
    assert topics_to_client(referral) == [topics.SENT, topics.UNLISTED]


def test_a_pause_leaves_current_clients_alone(ben: Therapist, now: Frozen) -> None:
    met(ben)
    Therapist.objects.filter(pk=ben.pk).update(paused=True)
    ticks(now, day(23, 11))
    assert not Task.objects.filter(kind=kinds.THERAPIST_OF_CLIENT).exists()


# Choosing.


@pytest.fixture
def choosing(ben: Therapist) -> Referral:
    ben.places.all().delete()
    return sent(ben)


def test_reminders_after_two_and_five_days(choosing: Referral, now: Frozen) -> None:
    began = choosing.choosing_since
    for days, moment, reminders in [(2, 0, 0), (2, 1, 1), (4, 0, 1), (5, 0, 1), (5, 1, 2), (9, 0, 2)]:
        ticks(now, began + datetime.timedelta(days=days) + moment * A_MOMENT)
        assert topics_to_client(choosing).count(topics.REMINDER) == reminders, (days, moment)


def test_after_an_outage_one_reminder_stands_for_both(choosing: Referral, now: Frozen) -> None:
    ticks(now, choosing.choosing_since + datetime.timedelta(days=6))
    assert topics_to_client(choosing).count(topics.REMINDER) == 1


def test_whoever_still_chooses_is_called_by_the_fifth_working_day(choosing: Referral, now: Frozen) -> None:
    ticks(now, day(26, 16))
    assert not Task.objects.exists()
    ticks(now, day(26, 17) + A_MOMENT)
    task = Task.objects.get()
    assert (task.kind, task.due_at) == (kinds.CALL_CLIENT, day(30, 17))
    task.state = Task.State.DONE
    task.save()
    ticks(now, day(27))
    assert Task.objects.count() == 1


def test_whoever_is_still_being_asked_is_called_by_then_too(ben: Therapist, cara: Therapist, now: Frozen) -> None:
    referral = sent(ben, cara)
    ticks(now, day(24, 12))
    request_decline(offer=open_offer(referral), code="full", actor=actor_of(ben))
    Offer.objects.filter(referral=referral, state="open").update(expires_at=day(3, month=12))
    ticks(now, day(26, 16))
    assert not Task.objects.exists()
    for hour in (18, 19):
        ticks(now, day(26, hour))
    task = Task.objects.get()
    assert (task.kind, task.due_at, state(referral)) == (kinds.CALL_CLIENT, day(30, 17), "requested")
    Task.objects.update(state=Task.State.DONE)
    ticks(now, day(1, month=12))
    assert Task.objects.count() == 1


def test_after_a_first_meeting_the_five_days_begin_anew(ben: Therapist, cara: Therapist, now: Frozen) -> None:
    placement = met(ben, cara)
    now.at = day(30, 12)
    contact_record(placement=placement, actor=actor_of(ben))
    not_this_time(placement=placement, side="client", actor=client_of(placement.referral))
    Offer.objects.filter(state="open").update(expires_at=day(10, month=12))
    ticks(now, day(3, 16, month=12))
    assert not Task.objects.filter(kind=kinds.CALL_CLIENT).exists()
    ticks(now, day(3, 18, month=12))
    assert Task.objects.get(kind=kinds.CALL_CLIENT).due_at == day(7, 17, month=12)


def test_after_ten_days_the_coordinator_has_it(choosing: Referral, now: Frozen) -> None:
    due = choosing.due_at
    ticks(now, due)
    assert fresh(choosing).action_owner == "client"
    ticks(now, due + A_MOMENT)
    referral = fresh(choosing)
    assert (referral.state, referral.action_owner) == ("choosing", "coordinator")
    assert topics_to_client(referral)[-1] == topics.CALL_COMING
    assert not problems(clock.now())
    events = ReferralEvent.objects.count()
    tick()
    assert ReferralEvent.objects.count() == events


# Meeting and after.


def test_no_first_contact_goes_to_the_coordinator_and_is_said(ben: Therapist, now: Frozen) -> None:
    placement = met(ben)
    ticks(now, placement.contact_due_at)
    assert not Task.objects.exists()
    ticks(now, placement.contact_due_at + A_MOMENT)
    referral = fresh(placement.referral)
    assert (Task.objects.get().kind, referral.action_owner) == (kinds.FIRST_CONTACT, "coordinator")
    assert topics_to_client(referral)[-1] == topics.CALL_COMING
    assert now_words(referral).lines[0].startswith("Ben has not told us yet")
    contact_record(placement=placement, actor=actor_of(ben))
    assert (Task.objects.get().state, fresh(referral).action_owner) == ("cancelled", "therapist")


def test_four_weeks_without_a_decision_go_to_the_coordinator(ben: Therapist, now: Frozen) -> None:
    placement = met(ben)
    contact_record(placement=placement, actor=actor_of(ben))
    ticks(now, placement.created_at + datetime.timedelta(days=28))
    assert not Task.objects.exists()
    ticks(now, placement.created_at + datetime.timedelta(days=28) + A_MOMENT)
    assert Task.objects.get().kind == kinds.NO_DECISION


def test_a_review_every_twelve_weeks(ben: Therapist, now: Frozen) -> None:
    placement = met(ben)
    go_ahead(placement=placement, side="therapist", actor=actor_of(ben))
    go_ahead(placement=placement, side="client", actor=client_of(placement.referral))
    due = fresh(placement.referral).due_at
    ticks(now, due + A_MOMENT)
    task = Task.objects.get(kind=kinds.REVIEW)
    assert (task.owner_id, task.subject_id) == (ben.user_id, placement.pk)
    referral = fresh(placement.referral)
    assert (referral.state, referral.due_at) == ("in_therapy", due + A_MOMENT + datetime.timedelta(weeks=12))


# Drafts, numbers left, escalation.


def test_a_draft_is_emptied_after_four_weeks(ben: Therapist, now: Frozen) -> None:
    submission = draft(ben)
    ticks(now, submission.expires_at)
    assert Submission.objects.get().answers
    ticks(now, submission.expires_at + A_MOMENT)
    emptied = Submission.objects.get()
    assert (emptied.state, emptied.answers, emptied.channel_address) == ("expired", {}, "")


def test_a_number_is_forgotten_once_it_has_been_called(now: Frozen, db: None) -> None:
    call_ask(phone="07700900123", actor=VISITOR)
    now.move(datetime.timedelta(days=29))
    assert call_requests_forget() == 0
    Task.objects.update(state=Task.State.DONE)
    assert call_requests_forget() == 1
    assert not CallRequest.objects.exists()


def test_an_overdue_task_reaches_the_administrator(choosing: Referral, now: Frozen) -> None:
    ticks(now, day(26, 18))
    ticks(now, day(30, 17) + A_MOMENT)
    assert Task.objects.get(kind=kinds.CALL_CLIENT).escalated_at is not None


# One bad row, and the nightly check.


def test_one_bad_row_never_stops_the_others(ben: Therapist, cara: Therapist, now: Frozen, caplog) -> None:
    bad, good = sent(ben), sent(cara)
    # The table of what may happen is broken for this one only: its choice cannot take the step.
    Choice.objects.filter(referral=bad).update(state="ended")
    ticks(now, open_offer(good).expires_at + A_MOMENT)
    assert (state(bad), state(good)) == ("requested", "choosing")
    assert f"lapse failed for {open_offer(bad).pk}" in caplog.text


def test_a_step_that_cannot_even_look_stops_nothing_else(ben: Therapist, now: Frozen, monkeypatch, caplog) -> None:
    referral = sent(ben)

    def broken(_now: datetime.datetime) -> list[int]:
        raise RuntimeError("no list")

    monkeypatch.setattr(tasks, "STEPS", (("broken", broken, print), *tasks.STEPS))
    ticks(now, open_offer(referral).expires_at + A_MOMENT)
    assert state(referral) == "choosing"
    assert "broken could not be looked for" in caplog.text


def test_reconciliation_finds_nothing_in_a_healthy_service(ben: Therapist, cara: Therapist, now: Frozen) -> None:
    met(ben)
    referral = sent(cara)
    request_decline(offer=open_offer(referral), code="full", actor=actor_of(cara))
    sent(help_choosing=True)
    reconcile()
    assert not Task.objects.filter(kind=kinds.INCONSISTENT).exists()


@pytest.mark.parametrize(
    ("damage", "what"),
    [
        (lambda r: Offer.objects.filter(referral=r).update(state="lapsed"), "asked_without_a_request"),
        (lambda r: Referral.objects.filter(pk=r.pk).update(state="choosing"), "request_left_open"),
        (lambda r: Referral.objects.filter(pk=r.pk).update(action_owner="coordinator"), "coordinator_without_a_task"),
        (
            lambda r: Referral.objects.filter(pk=r.pk).update(due_at=clock.now() - datetime.timedelta(hours=2)),
            "overdue_and_nobody_moved",
        ),
        (lambda r: r.events.create(at=clock.now(), action="go_ahead", to_state="requested"), "history_differs"),
    ],
)
def test_reconciliation_asks_a_human_about_what_stands_still(ben: Therapist, damage, what: str) -> None:
    referral = sent(ben)
    damage(referral)
    reconcile()
    reconcile()
    task = Task.objects.get(kind=kinds.INCONSISTENT)
    assert (task.subject_id, task.detail["what"], task.owner_role) == (referral.pk, what, "coordinator")


def test_an_idle_tick_asks_little(ben: Therapist, django_assert_max_num_queries) -> None:
    sent(ben)
    for _ in range(5):
        sent(make_therapist())
    with django_assert_max_num_queries(32):
        tick()


def test_the_actor_is_the_tick(ben: Therapist, now: Frozen) -> None:
    referral = sent(ben)
    ticks(now, open_offer(referral).expires_at + A_MOMENT)
    event = ReferralEvent.objects.get(action="lapse")
    assert (event.actor_type, event.actor_id) == (TICK.type, TICK.id)
