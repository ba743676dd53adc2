"""The check-in page: help first, one question, and after it only what the answer asks for."""

import pytest
from django.core.management import call_command
from django.urls import reverse

from core import clock
from core.clock import Frozen
from core.models import Task
from referrals import kinds
from referrals.models import CheckIn, Referral
from referrals.tasks import tick
from tests.factories import make_therapist
from tests.referrals.given import fresh, state
from tests.referrals.views.test_my_lists import browser_of, page, press
from tests.referrals.waiting import full, listed
from therapists.models import Therapist

pytestmark = pytest.mark.django_db
CHECK_IN = reverse("referrals:check_in")


@pytest.fixture
def referral(ben: Therapist, now: Frozen) -> Referral:
    """Somebody who waits and has just been asked how it goes."""
    hers = listed(full(ben))
    now.at = fresh(hers).check_in_at
    Therapist.objects.update(confirmed_at=clock.now())
    tick()
    return hers


def kept(referral: Referral) -> CheckIn:
    return CheckIn.objects.get(referral=referral)


def test_her_page_leads_to_the_question_and_help_stands_first(referral: Referral) -> None:
    browser = browser_of(referral)
    assert CHECK_IN in page(browser)
    said = page(browser, CHECK_IN)
    assert said.index("999") < said.index("Do you still want this?")
    assert "Whatever you answer, you keep your place." in said
    assert kept(referral).answered_at is None, "looking has answered"


def test_who_else_has_a_place_now_stands_beside_the_question(referral: Referral) -> None:
    make_therapist()
    assert "1 other person who fits has a place now." in page(browser_of(referral), CHECK_IN)


def test_nothing_chosen_is_a_kind_error(referral: Referral) -> None:
    said = press(browser_of(referral), "check_in")
    assert "There is a problem" in said and "Choose the answer that comes nearest" in said
    assert kept(referral).answered_at is None


def test_nothing_has_changed(referral: Referral) -> None:
    browser = browser_of(referral)
    said = press(browser, "check_in", answer="same")
    assert "Thank you for telling us. You keep your place." in said
    assert (kept(referral).still_wants, kept(referral).changed) == (True, False)
    assert CHECK_IN not in said
    assert "You are waiting for Ben." in page(browser, CHECK_IN), "an old link leads to how things stand"


def test_something_has_changed_leads_to_what_can_be_changed(referral: Referral) -> None:
    browser = browser_of(referral)
    said = press(browser, "check_in", answer="changed")
    assert "What has changed?" in said and "Change my choices" in said
    assert (kept(referral).still_wants, kept(referral).changed) == (True, True)
    assert "My choices" in press(browser, "change_choices")
    assert "Someone will call you by" in press(browser, "ask_call")


def test_worse_leads_to_help_then_to_the_questions_about_safety(referral: Referral) -> None:
    call_command("load_reference", verbosity=0, only=["safety questions", "crisis contacts"])
    browser = browser_of(referral)
    said = press(browser, "check_in", answer="worse")
    assert "If your life is in danger, call 999 or go to A&amp;E now." in said
    assert "You keep your place, whatever you answer." in said
    assert reverse("referrals:call_me") in said
    question = reverse("referrals:safety_question", args=["keep-safe"])
    assert said.index("116 123") < said.index(question)
    asked = page(browser, question)
    assert reverse("referrals:my_referral") in asked
    response = browser.post(question, {"answer": "no"}, follow=True)
    assert "Thank you for telling us" in response.content.decode()
    assert Task.objects.filter(kind=kinds.SAFETY_CALL, subject_id=referral.submission_id, state="open").exists()
    assert state(referral) == "waiting"


def test_without_questions_there_is_a_number_to_leave(referral: Referral) -> None:
    said = press(browser_of(referral), "check_in", answer="worse")
    assert "Answer the questions" not in said and reverse("referrals:call_me") in said


def test_a_call_is_owed_at_once(referral: Referral) -> None:
    said = press(browser_of(referral), "check_in", answer="call")
    assert "Someone will call you by" in said
    assert kept(referral).wants_call
    assert Task.objects.filter(kind=kinds.CALL_CLIENT, subject_id=referral.pk, state="open").exists()


def test_without_a_number_a_call_is_owed_and_a_number_asked_for(ben: Therapist, now: Frozen) -> None:
    hers = listed(full(ben), phone="")
    now.at = fresh(hers).check_in_at
    Therapist.objects.update(confirmed_at=clock.now())
    tick()
    said = press(browser_of(hers), "check_in", answer="call")
    assert "Which number may we call?" in said
    assert Task.objects.filter(kind=kinds.CALL_CLIENT, subject_id=hers.pk, state="open").exists()


def test_no_more_offers_to_stop_and_stops_nothing_by_itself(referral: Referral) -> None:
    browser = browser_of(referral)
    said = press(browser, "check_in", answer="stop")
    assert "Do you want to stop your referral?" in said and "you can undo this for 7 days" in said
    assert kept(referral).still_wants is False
    assert state(referral) == "waiting"
    press(browser, "stop")
    assert state(referral) == "closed"


def test_what_is_no_answer_is_not_taken(referral: Referral) -> None:
    assert "There is a problem" in press(browser_of(referral), "check_in", answer="<script>")


def test_closed_meanwhile(referral: Referral) -> None:
    browser = browser_of(referral)
    press(browser, "stop")
    said = press(browser, "check_in", answer="same")
    assert "Things have changed in the meantime." in said
