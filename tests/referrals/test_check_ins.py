"""Somebody who waits is asked every four weeks. Silence ends nothing; it asks a human to call."""

import datetime

import pytest
from django.core.management import call_command

from core import clock
from core.clock import Frozen
from core.models import Task
from referrals import clocks, kinds
from referrals.errors import NotAllowed
from referrals.messages import topics
from referrals.models import CheckIn, Referral, SafetyAnswer, SafetyQuestion
from referrals.services.check_ins import check_in_answer, check_in_ask, check_in_unanswered
from referrals.services.joining import list_leave
from referrals.services.withdrawal import withdraw
from referrals.tasks import tick
from tests.referrals.given import client_of, fresh, state, topics_to_client
from tests.referrals.waiting import State, entry_with, full, listed
from therapists.models import Therapist

pytestmark = pytest.mark.django_db
ONE_SECOND = datetime.timedelta(seconds=1)


def passes(now: Frozen, time: datetime.timedelta) -> None:
    """Time passes; the therapists go on saying that they take people."""
    now.move(time)
    Therapist.objects.update(confirmed_at=clock.now())


def asked(referral: Referral, now: Frozen) -> CheckIn:
    now.at = fresh(referral).check_in_at
    Therapist.objects.update(confirmed_at=clock.now())
    tick()
    return CheckIn.objects.filter(referral=referral).latest("pk")


def answer(check_in: CheckIn, **said: bool) -> CheckIn:
    given = {"still_wants": True, "changed": False, "wants_call": False, **said}
    return check_in_answer(check_in=check_in, actor=client_of(check_in.referral), **given)


def calls(referral: Referral) -> list[tuple[str, str]]:
    open_ = Task.objects.filter(kind=kinds.CALL_CLIENT, subject_id=referral.pk, state="open")
    return list(open_.values_list("detail__why", "owner_role"))


def test_the_tick_asks_after_four_weeks_and_not_before(ben: Therapist, now: Frozen) -> None:
    referral = listed(full(ben))
    due = fresh(referral).check_in_at
    assert due == clock.now() + clocks.CHECK_IN_EVERY
    passes(now, clocks.CHECK_IN_EVERY - ONE_SECOND)
    tick()
    assert not CheckIn.objects.exists()
    passes(now, ONE_SECOND)
    tick()
    tick()
    assert CheckIn.objects.filter(referral=referral).count() == 1
    assert topics_to_client(referral).count(topics.CHECK_IN) == 1
    assert fresh(referral).check_in_at == due + clocks.CHECK_IN_EVERY
    assert state(referral) == "waiting"


def test_asking_twice_at_once_asks_once(ben: Therapist, now: Frozen) -> None:
    referral = listed(full(ben))
    passes(now, clocks.CHECK_IN_EVERY)
    assert check_in_ask(referral.pk)
    assert not check_in_ask(referral.pk)


def test_an_answer_is_kept_once_and_ends_nothing(ben: Therapist, now: Frozen) -> None:
    referral = listed(full(ben))
    check_in = asked(referral, now)
    answer(check_in, still_wants=False, changed=True)
    answer(check_in, still_wants=True)
    kept = CheckIn.objects.get(pk=check_in.pk)
    assert (kept.still_wants, kept.changed, kept.answered_at) == (False, True, clock.now())
    assert entry_with(referral, ben).state in (State.LISTED, State.ASKED)
    assert state(referral) == "waiting"


def test_one_silence_is_no_call_and_two_in_a_row_are(ben: Therapist, now: Frozen) -> None:
    referral = listed(full(ben))
    asked(referral, now)
    passes(now, clocks.CHECK_IN_ANSWER)
    tick()
    assert not CheckIn.objects.filter(missed_at__isnull=False).exists(), "the window is half open"
    passes(now, ONE_SECOND)
    tick()
    assert CheckIn.objects.filter(missed_at__isnull=False).count() == 1
    assert calls(referral) == []
    asked(referral, now)
    passes(now, clocks.CHECK_IN_ANSWER + ONE_SECOND)
    tick()
    assert calls(referral) == [("check_in_unanswered", "coordinator")]
    assert topics_to_client(referral)[-1] == topics.CALL_COMING
    assert state(referral) == "waiting"
    assert entry_with(referral, ben).state in (State.LISTED, State.ASKED)


def test_an_answer_between_two_silences_begins_anew(ben: Therapist, now: Frozen) -> None:
    referral = listed(full(ben))
    asked(referral, now)
    passes(now, clocks.CHECK_IN_ANSWER + ONE_SECOND)
    tick()
    answer(CheckIn.objects.latest("pk"))
    asked(referral, now)
    passes(now, clocks.CHECK_IN_ANSWER + ONE_SECOND)
    tick()
    assert calls(referral) == []


def test_after_an_answer_about_safety_that_alarmed_one_silence_is_enough(ben: Therapist, now: Frozen) -> None:
    call_command("load_reference", verbosity=0, only=["safety questions"])
    referral = listed(full(ben))
    question = SafetyQuestion.objects.get(slug="keep-safe")
    SafetyAnswer.objects.create(referral=referral, question=question, value="not-sure", at=clock.now())
    asked(referral, now)
    passes(now, clocks.CHECK_IN_ANSWER + ONE_SECOND)
    tick()
    assert calls(referral) == [("check_in_unanswered", "safety_clinician")]


def test_a_wish_to_be_called_is_a_call_that_a_person_owes(ben: Therapist, now: Frozen) -> None:
    referral = listed(full(ben))
    answer(asked(referral, now), wants_call=True)
    assert calls(referral) == [("asked", "coordinator")]
    assert state(referral) == "waiting"


def test_nobody_is_asked_who_does_not_wait_any_more(ben: Therapist, now: Frozen) -> None:
    referral = listed(full(ben))
    list_leave(entry=entry_with(referral, ben), actor=client_of(referral))
    passes(now, clocks.CHECK_IN_EVERY)
    tick()
    assert not CheckIn.objects.exists()


def test_a_closed_referral_takes_no_answer(ben: Therapist, now: Frozen) -> None:
    referral = listed(full(ben))
    check_in = asked(referral, now)
    withdraw(referral=referral, actor=client_of(referral))
    with pytest.raises(NotAllowed):
        answer(check_in)
    passes(now, clocks.CHECK_IN_ANSWER + ONE_SECOND)
    assert check_in_unanswered(check_in.pk)
    assert calls(referral) == []
