"""What she changes by herself: a holiday, a pause, somebody else, staying, ending, and a worry. Each asks once."""

import datetime

import pytest
from django.urls import reverse

from core import clock
from core.choices import Role
from core.clock import Frozen
from core.models import Task
from notifications.models import Message
from referrals import kinds
from referrals.answers import Chosen
from referrals.models import Placement, Referral
from referrals.services.choices import choices_change
from referrals.services.pausing import placement_pause
from referrals.services.withdrawal import withdraw
from tests.referrals.given import accepted, client_of, fresh, sent, state
from tests.referrals.test_switching import in_therapy, leaving
from tests.referrals.views.test_my_lists import browser_of, page, press
from tests.referrals.waiting import agrees, full, listed, place_freed, told
from therapists.models import Therapist

pytestmark = pytest.mark.django_db
JANUARY = {"until_day": "7", "until_month": "1", "until_year": "2027"}
THE_7TH = datetime.date(2027, 1, 7)
CHANGED = "Things have changed in the meantime."


def live(referral: Referral) -> Placement:
    return Placement.objects.exclude(state="ended").get(referral=referral)


def test_away_and_back(ben: Therapist) -> None:
    referral = listed(full(ben))
    browser = browser_of(referral)
    assert reverse("referrals:away") in page(browser)
    assert "Your turn on every list is kept" in press(browser, "away", **JANUARY)
    assert fresh(referral).away_until == THE_7TH
    said = page(browser)
    assert "We offer you no place before Thursday 7 January" in said
    assert 'value="2027"' in page(browser, reverse("referrals:away")), "the day she said stands in the boxes"
    assert "Welcome back" in press(browser, "back")
    assert fresh(referral).away_until is None
    assert CHANGED in press(browser, "back")


@pytest.mark.parametrize("pressed", ["away", "my_pause"])
@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({}, "Enter the day"),
        ({**JANUARY, "until_year": "27"}, "The year needs four numbers"),
        ({**JANUARY, "until_month": "13"}, "Enter a real date"),
        ({**JANUARY, "until_year": "2031"}, "no more than three months ahead"),
        ({**JANUARY, "until_year": "2020"}, "from tomorrow"),
        ({"until_day": "23", "until_month": "11", "until_year": "2026"}, "from tomorrow"),
        ({**JANUARY, "until_day": "<b>"}, "Enter a real date"),
    ],
)
def test_an_odd_day_is_a_kind_error_and_stays_in_the_boxes(
    ben: Therapist, pressed: str, typed: dict[str, str], wrong: str
) -> None:
    referral = listed(full(ben)) if pressed == "away" else in_therapy(ben).referral
    said = press(browser_of(referral), pressed, **typed)
    assert "There is a problem" in said and wrong in said
    for value in typed.values():
        assert value == "<b>" or f'value="{value}"' in said
    assert fresh(referral).away_until is None


def test_a_pause_and_going_on(ben: Therapist) -> None:
    referral = in_therapy(ben).referral
    browser = browser_of(referral)
    assert "We tell" in press(browser, "my_pause", **JANUARY)
    assert live(referral).paused_until == THE_7TH
    said = page(browser)
    assert "Your sessions with Ben pause. Your place with Ben is kept for you." in said
    assert "Until Thursday 7 January 2027." in said, "the timeline says until when"
    assert browser.get(reverse("referrals:my_pause")).status_code == 302
    press(browser, "my_resume")
    assert live(referral).state == "active"
    assert CHANGED in press(browser, "my_resume")


def test_somebody_else_asks_once_and_says_what_happens(ben: Therapist, cara: Therapist) -> None:
    referral = in_therapy(ben).referral
    browser = browser_of(referral)
    said = page(browser, reverse("referrals:my_switch"))
    assert "You do not have to say why." in said and "We tell Ben kindly" in said
    assert "Choose how many sessions" in press(browser, "my_switch")
    assert state(referral) == "in_therapy", "looking and an empty form have changed nothing"
    said = press(browser, "my_switch", sessions="few")
    assert "You are still seeing Ben" in said
    assert "Nobody on your list" not in said, "nobody has been asked yet"
    assert "You are looking for somebody else." in said and "Choose who to ask" in said
    assert browser.get(reverse("referrals:my_switch")).status_code == 302


@pytest.mark.parametrize(("sessions", "later"), [("few", False), ("many", True)])
def test_from_when_her_wait_counts(ben: Therapist, now: Frozen, sessions: str, later: bool) -> None:
    referral = in_therapy(ben).referral
    before = fresh(referral).queue_from
    now.move(datetime.timedelta(days=40))
    press(browser_of(referral), "my_switch", sessions=sessions)
    assert fresh(referral).queue_from == (clock.now() if later else before)


def test_whom_she_leaves_is_not_among_the_people_she_finds(ben: Therapist, cara: Therapist) -> None:
    browser = browser_of(leaving(ben).referral)
    press(browser, "change_choices")
    said = browser.get(reverse("referrals:matches")).content.decode()
    assert "Cara" in said and "Ben" not in said


def test_both_stand_on_her_page_and_she_stays(ben: Therapist, cara: Therapist) -> None:
    referral = leaving(ben).referral
    choices_change(referral=referral, choices=[Chosen(cara.pk)], actor=client_of(referral))
    browser = browser_of(referral)
    said = page(browser)
    assert "We have asked Cara" in said and "You are still seeing Ben" in said
    assert "Your places on waiting lists end" in page(browser, reverse("referrals:my_stay"))
    assert state(referral) == "requested"
    assert "You stay with Ben." in press(browser, "my_stay")
    assert state(referral) == "in_therapy"
    assert browser.get(reverse("referrals:my_stay")).status_code == 302


def test_ending_with_him_asks_by_name(ben: Therapist) -> None:
    referral = leaving(ben).referral
    browser = browser_of(referral)
    assert "end it with Ben now?" in page(browser, reverse("referrals:my_end_old"))
    assert live(referral).state == "active"
    said = press(browser, "my_end_old")
    assert "Your sessions with Ben have ended." in said and "You are still seeing" not in said
    assert browser.get(reverse("referrals:my_end_old")).status_code == 302


def test_when_somebody_else_says_yes_her_page_says_with_whom_it_ended(ben: Therapist, cara: Therapist) -> None:
    referral = leaving(ben).referral
    choices_change(referral=referral, choices=[Chosen(cara.pk)], actor=client_of(referral))
    accepted(referral)
    said = page(browser_of(referral))
    assert "Cara said yes to a first meeting. Your sessions with Ben have ended." in said
    assert "You are still seeing" not in said


def test_a_place_that_is_offered_says_with_whom_a_yes_ends_it(ben: Therapist, cara: Therapist) -> None:
    referral = leaving(ben).referral
    me = client_of(referral)
    choices_change(referral=referral, choices=[Chosen(full(cara).pk, will_wait=True)], actor=me)
    agrees(referral, cara)
    place_freed(cara)
    told(referral)
    assert "If you say yes, your sessions with Ben end." in page(browser_of(referral), reverse("referrals:my_offer"))


def test_stopping_says_that_both_end(ben: Therapist, cara: Therapist) -> None:
    assert "Both end" in page(browser_of(leaving(ben).referral), reverse("referrals:stop"))
    assert "It ends with Cara too" in page(browser_of(in_therapy(cara).referral), reverse("referrals:stop"))


def test_a_pause_is_still_said_while_she_looks_for_somebody_else(ben: Therapist) -> None:
    placement = in_therapy(ben)
    referral = placement.referral
    placement_pause(placement=placement, side="client", until=THE_7TH, actor=client_of(referral))
    assert "pause until" in press(browser_of(referral), "my_switch", sessions="few")


def test_a_worry_is_a_call_from_a_safety_clinician_and_the_therapist_is_not_told(ben: Therapist) -> None:
    referral = in_therapy(ben).referral
    browser = browser_of(referral)
    assert "I am worried about something my therapist did" in page(browser)
    said = page(browser, reverse("referrals:worry"))
    assert said.index("999") < said.index("What happens")
    assert "Your therapist is not told" in said and "<textarea" not in said
    assert not Task.objects.filter(kind=kinds.WORRY).exists(), "looking has opened a call"
    before = Message.objects.filter(recipient_type="therapist").count()
    assert "Someone will call you by" in press(browser, "worry")
    task = Task.objects.get(kind=kinds.WORRY)
    assert (task.owner_role, task.subject_id) == (Role.SAFETY_CLINICIAN, referral.pk)
    assert Message.objects.filter(recipient_type="therapist").count() == before
    assert "You asked us to call you." in page(browser)


def test_a_worry_outlives_the_referral(ben: Therapist) -> None:
    referral = in_therapy(ben).referral
    browser = browser_of(referral)
    press(browser, "worry")
    withdraw(referral=referral, actor=client_of(referral))
    assert Task.objects.get(kind=kinds.WORRY).state == "open"
    said = page(browser, reverse("referrals:worry"))
    assert "This request is finished" in said and "Please call me" not in said


def test_a_worry_without_a_number(ben: Therapist) -> None:
    referral = in_therapy(ben).referral
    referral.client.phone = ""
    referral.client.save()
    browser = browser_of(referral)
    assert "Enter your phone number" in press(browser, "worry")
    assert "Someone will write to you by" in press(browser, "worry", write="1")
    assert "Someone will call you by" in press(browser, "worry", phone="07700 900123")
    assert Task.objects.filter(kind=kinds.WORRY).count() == 1


def test_whoever_has_met_nobody_has_none_of_it(ben: Therapist) -> None:
    browser = browser_of(sent(ben))
    for name in ("my_pause", "my_switch", "my_stay", "my_end_old", "worry"):
        assert browser.get(reverse(f"referrals:{name}")).status_code == 302
        assert browser.post(reverse(f"referrals:{name}")).status_code == 302
    assert "I am worried about something" not in page(browser)
