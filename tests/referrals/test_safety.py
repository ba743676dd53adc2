"""Safety: every question with every answer, help at once, a task only where somebody can be reached, no score."""

import datetime

import pytest

from accounts.actors import for_user
from accounts.models import DutyShift, User
from core import clock
from core.clock import LONDON, Frozen
from core.models import AccessEntry, Task
from core.worklist import task_close
from notifications.models import Message
from referrals import kinds
from referrals.models import SafetyAnswer, SafetyOption, SafetyQuestion
from referrals.reference.safety import QUESTIONS, load
from referrals.selectors.safety_case import safety_case
from referrals.selectors.summary import safety_shared
from referrals.services.duty import call_promise
from referrals.services.requests import request_decline
from referrals.services.safety import call_ask, call_declined, questions_for, safety_answer_record
from referrals.services.submission import submission_start
from referrals.services.submit import referral_submit
from referrals.services.withdrawal import call_me
from referrals.tasks import tick
from tests.referrals.given import VISITOR, accepted, actor_of, draft, open_offer, sent
from therapists.models import Therapist

pytestmark = pytest.mark.django_db

# What alarms, written out once more and apart from the data: a changed row has to be changed here too.
ALARMS = {
    ("keep-safe", "no"),
    ("keep-safe", "not-sure"),
    ("dark-thoughts", "yes"),
    ("dark-thoughts", "rather-talk"),
    ("plan", "yes"),
    ("plan", "rather-talk"),
    ("unsafe-at-home", "yes"),
    ("unsafe-at-home", "rather-talk"),
    ("others", "yes"),
    ("others", "rather-talk"),
}
EVERY = [(question.slug, option.value) for question in QUESTIONS for option in question.options]


@pytest.fixture(autouse=True)
def _questions(db: None) -> None:
    load(overwrite=False)


@pytest.fixture
def shift(sam: User) -> DutyShift:
    return DutyShift.objects.create(user=sam, starts_at=at(23, 9), ends_at=at(23, 17))


def at(day: int, hour: int, minute: int = 0) -> datetime.datetime:
    return datetime.datetime(2026, 11, day, hour, minute, tzinfo=LONDON)


def question(slug: str) -> SafetyQuestion:
    return SafetyQuestion.objects.get(slug=slug)


@pytest.mark.parametrize(("slug", "value"), EVERY)
def test_every_question_with_every_answer(ben: Therapist, shift: DutyShift, slug: str, value: str) -> None:
    submission = draft(ben)
    outcome = safety_answer_record(submission=submission, question=question(slug), value=value, actor=VISITOR)
    alarms = (slug, value) in ALARMS
    assert (outcome.show_help, outcome.alarmed, outcome.call is not None) == (alarms, alarms, alarms)
    assert Task.objects.filter(kind=kinds.SAFETY_CALL, subject_id=submission.pk).count() == int(alarms)
    assert SafetyAnswer.objects.get().value == value
    assert not Message.objects.exclude(topic="channel_code").exists()


def test_the_list_of_alarms_is_not_stale() -> None:
    assert set(EVERY) >= ALARMS
    assert SafetyQuestion.objects.filter(optional=False).get().slug == "keep-safe"


def test_the_loader_keeps_an_administrators_change() -> None:
    SafetyOption.objects.filter(question__slug="depend", value="yes").update(show_help=True)
    load(overwrite=False)
    assert SafetyOption.objects.get(question__slug="depend", value="yes").show_help


def test_the_follow_up_is_asked_after_yes_and_after_rather_talk(ben: Therapist) -> None:
    for value, asked in (("no", False), ("yes", True), ("no", False), ("rather-talk", True)):
        submission = draft(ben)
        safety_answer_record(submission=submission, question=question("dark-thoughts"), value=value, actor=VISITOR)
        assert ("plan" in [one.question.slug for one in questions_for(submission)]) == asked


def test_answers_come_back_as_answered_only(ben: Therapist) -> None:
    submission = draft(ben)
    safety_answer_record(submission=submission, question=question("others"), value="yes", actor=VISITOR)
    asked = {one.question.slug: one for one in questions_for(submission)}
    assert asked["others"].answered and not asked["keep-safe"].answered
    assert not hasattr(asked["others"], "value")
    submission.refresh_from_db()
    assert "others" not in str(submission.answers)


def test_an_unknown_answer_is_refused(ben: Therapist) -> None:
    with pytest.raises(SafetyOption.DoesNotExist):
        safety_answer_record(submission=draft(ben), question=question("others"), value="perhaps", actor=VISITOR)


def test_nobody_can_be_reached_so_there_is_help_but_no_task() -> None:
    submission, _token = submission_start()
    outcome = safety_answer_record(submission=submission, question=question("keep-safe"), value="no", actor=VISITOR)
    assert (outcome.show_help, outcome.alarmed, outcome.call) == (True, True, None)
    assert SafetyAnswer.objects.count() == 1 and not Task.objects.exists()


def test_a_number_left_before_makes_her_reachable(shift: DutyShift) -> None:
    submission, _token = submission_start()
    call_ask(phone="07700900123", submission=submission, actor=VISITOR)
    outcome = safety_answer_record(submission=submission, question=question("keep-safe"), value="no", actor=VISITOR)
    assert outcome.call is not None and outcome.call.name == "Sam"


def test_an_abandoned_form_keeps_answer_and_task(ben: Therapist, shift: DutyShift, now: Frozen, sam: User) -> None:
    submission = draft(ben)
    safety_answer_record(submission=submission, question=question("keep-safe"), value="no", actor=VISITOR)
    now.move(datetime.timedelta(days=30))
    tick()
    task = Task.objects.get(kind=kinds.SAFETY_CALL)
    assert task.state == Task.State.OPEN
    case = safety_case(task, actor=for_user(sam))
    assert case is not None and case.answers == (("Right now, can you keep yourself safe?", "No"),)
    assert (case.email, case.called) == (submission.channel_address, "Ewa")
    task_close(task=task, actor=for_user(sam), outcome="called")
    tick()
    submission.refresh_from_db()
    assert (submission.state, submission.answers, SafetyAnswer.objects.count()) == ("expired", {}, 1)


# The rota and the printed time.


@pytest.mark.parametrize(
    ("moment", "by"),
    [
        (at(23, 8), at(23, 13)),
        (at(23, 9), at(23, 13)),
        (at(23, 10), at(23, 14)),
        (at(23, 14), at(23, 17)),
        (at(23, 16), at(23, 17)),
        (at(23, 16, 1), at(25, 13)),
        (at(23, 17), at(25, 13)),
        (at(23, 23), at(25, 13)),
        (at(25, 17), None),
        (at(18, 9), None),
    ],
)
def test_the_printed_time_comes_from_the_rota(
    shift: DutyShift, sam: User, now: Frozen, moment: datetime.datetime, by: datetime.datetime | None
) -> None:
    DutyShift.objects.create(user=sam, starts_at=at(25, 9), ends_at=at(25, 17))
    assert call_promise(moment).by == by


def test_the_task_is_due_when_it_was_printed(ben: Therapist, shift: DutyShift) -> None:
    outcome = safety_answer_record(
        submission=draft(ben), question=question("keep-safe"), value="not-sure", actor=VISITOR
    )
    task = Task.objects.get(kind=kinds.SAFETY_CALL)
    assert outcome.call is not None and outcome.call.by == task.due_at == at(23, 14)
    assert task.owner_role == "safety_clinician"


def test_a_later_alarm_is_promised_the_earlier_time(ben: Therapist, shift: DutyShift, now: Frozen) -> None:
    submission = draft(ben)
    safety_answer_record(submission=submission, question=question("keep-safe"), value="no", actor=VISITOR)
    now.move(datetime.timedelta(minutes=30))
    outcome = safety_answer_record(submission=submission, question=question("others"), value="yes", actor=VISITOR)
    assert outcome.call is not None and outcome.call.by == at(23, 14)
    assert Task.objects.filter(kind=kinds.SAFETY_CALL).count() == 1


def test_a_gap_in_the_rota_promises_nothing_and_still_opens_the_task(ben: Therapist) -> None:
    outcome = safety_answer_record(submission=draft(ben), question=question("keep-safe"), value="no", actor=VISITOR)
    task = Task.objects.get(kind=kinds.SAFETY_CALL)
    assert outcome.call is not None and outcome.call.by is None
    assert (task.detail["rota_gap"], task.due_at) == (True, at(24, 13))


def test_a_second_person_at_half_time_and_the_administrator_when_overdue(
    ben: Therapist, shift: DutyShift, now: Frozen, sam: User
) -> None:
    safety_answer_record(submission=draft(ben), question=question("keep-safe"), value="no", actor=VISITOR)
    Task.objects.update(owner_id=sam.pk, owner_label="Sam Fraser")
    now.at = at(23, 12, 1)
    tick()
    task = Task.objects.get(kind=kinds.SAFETY_CALL)
    assert (task.owner_id, "second_person_at" in task.detail) == (None, True)
    now.at = at(23, 14, 1)
    tick()
    task.refresh_from_db()
    assert task.escalated_at == clock.now()


def test_carrying_on_without_a_call_keeps_the_task_and_tells_the_clinician(
    ben: Therapist, shift: DutyShift, sam: User
) -> None:
    submission = draft(ben)
    safety_answer_record(submission=submission, question=question("keep-safe"), value="no", actor=VISITOR)
    call_declined(submission=submission, actor=VISITOR)
    case = safety_case(Task.objects.get(kind=kinds.SAFETY_CALL), actor=for_user(sam))
    assert case is not None and case.no_call_wanted


# What follows for the referral.


def alarmed(*therapists: Therapist, **changes: object):
    submission = draft(*therapists, **changes)
    safety_answer_record(submission=submission, question=question("keep-safe"), value="no", actor=VISITOR)
    return referral_submit(submission=submission, actor=VISITOR)


def test_an_alarming_answer_refuses_nobody(ben: Therapist) -> None:
    assert alarmed(ben).state == "requested"
    assert sent(ben).state == "choosing"


def test_the_first_no_already_calls_when_an_answer_alarmed(ben: Therapist, cara: Therapist) -> None:
    referral = alarmed(ben, cara)
    request_decline(offer=open_offer(referral), code="full", actor=actor_of(ben))
    task = Task.objects.get(kind=kinds.CALL_CLIENT)
    assert (task.owner_role, task.subject_id) == ("safety_clinician", referral.pk)


def test_the_call_after_an_alarm_goes_to_the_clinician_even_if_one_was_open_before(
    ben: Therapist, cara: Therapist, now: Frozen
) -> None:
    referral = alarmed(ben, cara)
    asked = call_me(referral=referral, actor=VISITOR)
    Task.objects.filter(pk=asked.pk).update(due_at=clock.now() + datetime.timedelta(days=9))
    request_decline(offer=open_offer(referral), code="full", actor=actor_of(ben))
    task = Task.objects.get(kind=kinds.CALL_CLIENT)
    assert (task.pk, task.owner_role, task.due_at) == (asked.pk, "safety_clinician", asked.due_at)


@pytest.mark.parametrize("shared", [True, False])
def test_the_therapist_reads_answers_only_with_permission_and_while_it_lasts(ben: Therapist, shared: bool) -> None:
    referral = alarmed(ben, shares={"safety_to_therapist": shared})
    placement = accepted(referral)
    found = safety_shared(placement, actor=actor_of(ben))
    assert found == ([("Right now, can you keep yourself safe?", "No")] if shared else [])
    assert AccessEntry.objects.filter(purpose="safety_answers").count() == int(shared)


def test_every_look_at_a_case_is_recorded(ben: Therapist, sam: User) -> None:
    referral = alarmed(ben, phone="07700900111")
    case = safety_case(Task.objects.get(kind=kinds.SAFETY_CALL), actor=for_user(sam))
    assert case is not None
    assert (case.phone, case.called, case.referral) == ("07700900111", "Ewa", referral)
    entries = AccessEntry.objects.filter(actor_id=str(sam.pk), purpose="safety_call")
    assert {entry.object_type for entry in entries} == {"submission", "client"}


def test_a_number_left_is_a_case_too(shift: DutyShift, sam: User) -> None:
    promise = call_ask(phone="07700900123", name="E", call_times="mornings", actor=VISITOR)
    task = Task.objects.get(kind=kinds.CALL_REQUEST)
    assert promise.by == task.due_at == at(23, 14)
    case = safety_case(task, actor=for_user(sam))
    assert case is not None and (case.phone, case.called, case.discreet) == ("07700900123", "E", True)
