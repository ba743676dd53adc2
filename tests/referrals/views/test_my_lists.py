"""Her page while she waits: what it says, leaving a list and going back, waiting for somebody else, asking now."""

import datetime

import pytest
from django.test import Client as Browser
from django.urls import reverse

from core.clock import Frozen
from core.policy import CLIENT_SESSION_KEY
from referrals.answers import Chosen
from referrals.models import Referral
from referrals.presenters.mine import next_steps
from referrals.services.choices import choices_change
from referrals.services.offers import offer_accept
from tests.factories import make_place, make_therapist
from tests.matching.test_wait_words import forecast_of
from tests.referrals.given import client_of, fresh, open_offer, sent, state
from tests.referrals.waiting import State, agrees, entry_with, full, listed, place_freed, told, waits
from therapists.models import Therapist

pytestmark = pytest.mark.django_db
MINE = reverse("referrals:my_referral")


def browser_of(referral: Referral) -> Browser:
    """A browser in which she has proved that the referral is hers."""
    browser = Browser()
    session = browser.session
    session[CLIENT_SESSION_KEY] = referral.pk
    session.save()
    return browser


def page(browser: Browser, address: str = MINE) -> str:
    response = browser.get(address, follow=True)
    assert response.status_code == 200
    return " ".join(response.content.decode().replace("&#x27;", "’").split())


def press(browser: Browser, name: str, *args: int, **data: object) -> str:
    response = browser.post(reverse(f"referrals:{name}", args=args), data, follow=True)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def test_while_a_therapist_is_asked_her_page_says_by_when(ben: Therapist) -> None:
    said = page(browser_of(waits(full(ben))))
    assert "We have asked Ben if you can wait for a place. Ben will answer by Tuesday 24 November, 5pm." in said
    assert "We will check in with you on Monday 21 December." in said
    assert "We do not watch how you are while you wait. If things get worse, do not wait for us." in said
    assert reverse("core:help_now") in said


def test_on_a_list_it_says_how_many_are_ahead_since_when_and_that_nobody_knows_how_long(ben: Therapist) -> None:
    first = listed(full(ben))
    second = listed(ben)
    said = page(browser_of(second))
    assert "You are waiting for Ben. You do not need to do anything." in said
    assert "1 person is ahead of you. This can go up as well as down." in said
    assert "How long until there is a place? We cannot say yet." in said
    assert "Your wait counts from Monday 23 November." in said
    assert "You are next on this list." in page(browser_of(first))


def test_the_forecast_is_for_her_place_in_the_order(ben: Therapist) -> None:
    listed(full(ben))
    second = listed(ben)
    forecast_of(ben)
    said = page(browser_of(second))
    assert (
        "Probably about 9 weeks. For 8 people in 10, 14 weeks or less. It could be longer. Based on 34 people." in said
    )


def test_leaving_asks_once_and_can_be_undone(ben: Therapist, cara: Therapist) -> None:
    referral = listed(full(ben), full(cara))
    browser, entry = browser_of(referral), entry_with(referral, ben)
    asked = page(browser, reverse("referrals:my_list_leave", args=[entry.pk]))
    assert "Do you want to stop waiting for Ben?" in asked
    assert "you can undo this until" in asked
    assert entry_with(referral, ben).state == State.LISTED, "looking at the page has done something"
    said = press(browser, "my_list_leave", entry.pk)
    assert "You are not waiting for Ben any more." in said
    assert "you can undo this until Friday 27 November, 10am" in said
    assert "You are waiting for Cara." in said
    said = press(browser, "my_list_undo", entry.pk)
    assert "You are waiting for Ben and Cara." in said
    assert entry_with(referral, ben).state == State.LISTED


def test_when_the_time_to_undo_is_over_it_is_not_shown_and_not_done(
    ben: Therapist, cara: Therapist, now: Frozen
) -> None:
    referral = listed(full(ben), full(cara))
    browser, entry = browser_of(referral), entry_with(referral, ben)
    press(browser, "my_list_leave", entry.pk)
    now.at = entry_with(referral, ben).undo_until
    assert "Undo: wait again" in page(browser)
    now.move(datetime.timedelta(seconds=1))
    assert "Undo: wait again" not in page(browser)
    assert "Things have changed in the meantime." in press(browser, "my_list_undo", entry.pk)
    assert entry_with(referral, ben).state == State.LEFT


def test_somebody_elses_lists_are_not_found(ben: Therapist) -> None:
    hers, others = listed(full(ben)), listed(ben)
    entry = entry_with(hers, ben)
    browser = browser_of(others)
    for name in ("my_list_leave", "my_list_undo"):
        assert browser.post(reverse(f"referrals:{name}", args=[entry.pk])).status_code == 404
    assert browser.get(reverse("referrals:my_list_leave", args=[entry.pk])).status_code == 404
    assert entry_with(hers, ben).state == State.LISTED


def test_she_can_wait_for_somebody_on_her_list_who_is_full(ben: Therapist, cara: Therapist) -> None:
    referral = listed(full(ben))
    choices_change(
        referral=referral, choices=[Chosen(ben.pk, will_wait=True), Chosen(full(cara).pk)], actor=client_of(referral)
    )
    browser = browser_of(referral)
    assert "Cara Hughes has no place now, and takes people who wait." in page(browser)
    said = press(browser, "my_list_wait", cara.pk)
    assert "We have asked Cara if you can wait for a place." in said
    assert entry_with(referral, cara).state == State.ASKED
    assert "takes people who wait" not in said


def test_a_list_that_takes_nobody_is_met_kindly(ben: Therapist, cara: Therapist) -> None:
    referral = listed(full(ben))
    choices_change(
        referral=referral, choices=[Chosen(ben.pk, will_wait=True), Chosen(full(cara).pk)], actor=client_of(referral)
    )
    Therapist.objects.filter(pk=cara.pk).update(list_closed=True)
    browser = browser_of(referral)
    assert "takes people who wait" not in page(browser)
    assert "This waiting list takes nobody more at the moment." in press(browser, "my_list_wait", cara.pk)


def test_somebody_further_down_with_a_place_is_asked_when_she_says_so(ben: Therapist, cara: Therapist) -> None:
    referral = waits(full(ben), full(cara))
    choices_change(
        referral=referral, choices=[Chosen(ben.pk, will_wait=True), Chosen(cara.pk)], actor=client_of(referral)
    )
    agrees(referral, ben)
    make_place(cara)
    browser = browser_of(referral)
    assert "Cara Hughes, who is on your list, has a place now." in page(browser)
    assert state(referral) == "waiting", "looking has asked somebody"
    said = press(browser, "ask_now")
    assert "We have asked Cara. Cara will answer by" in said
    assert "You are waiting for Ben." in said
    assert open_offer(referral).therapist_id == cara.pk


def test_others_who_fit_and_have_a_place_now(ben: Therapist) -> None:
    referral = listed(full(ben))
    browser = browser_of(referral)
    assert "has a place now" not in page(browser)
    make_therapist(display_name="Free One")
    assert "1 other person who fits has a place now." in page(browser)
    make_therapist(display_name="Free Two")
    full(make_therapist(display_name="Full One"))
    assert "2 others who fit have a place now." in page(browser)
    response = browser.post(reverse("referrals:see_others"), follow=True)
    assert "Free One" in response.content.decode() and "Free Two" in response.content.decode()
    assert entry_with(referral, ben).state == State.LISTED


def test_a_therapist_who_takes_nobody_for_the_moment_keeps_her_people(ben: Therapist) -> None:
    referral = listed(full(ben))
    Therapist.objects.filter(pk=ben.pk).update(paused=True)
    said = page(browser_of(referral))
    assert "Ben takes nobody new at the moment. You keep your place on the list." in said
    assert "How long until there is a place?" not in said


def test_while_she_meets_somebody_the_other_lists_are_set_aside(ben: Therapist, cara: Therapist) -> None:
    referral = listed(full(ben), full(cara))
    place_freed(ben)
    offer_accept(offer=told(referral), actor=client_of(referral))
    said = page(browser_of(referral))
    assert "Ben has said yes to a first meeting and will contact you by" in said
    assert "Your places on other lists are kept until you both go ahead: Cara." in said
    assert "Set aside while you have a first meeting." in said


def test_choices_say_that_she_waits(ben: Therapist, cara: Therapist) -> None:
    referral = listed(full(ben))
    said = page(browser_of(referral))
    assert "You wait for a place" in said and "Not asked yet" not in said


def test_choices_do_not_say_that_she_waits_before_the_therapist_has_said_yes(ben: Therapist) -> None:
    said = page(browser_of(waits(full(ben))))
    assert "Asked if you can wait for a place" in said and "You wait for a place" not in said


def test_whoever_is_asked_already_is_not_named_as_the_next(ben: Therapist, cara: Therapist) -> None:
    third = make_therapist(display_name="Dev Third")
    after = "If it is not possible, we ask Dev the same day and tell you."
    assert after in next_steps(sent(cara, full(ben), third))
    for referral in (waits(ben), waits(ben, cara), sent(cara, ben), sent(third, ben)):
        assert not [line for line in next_steps(referral) if "the same day" in line]


def test_a_request_and_a_list_above_it_stand_side_by_side(ben: Therapist, cara: Therapist) -> None:
    referral = sent(full(ben), cara, choices=[{"therapist": ben.pk, "will_wait": True}, {"therapist": cara.pk}])
    said = page(browser_of(referral))
    assert "We have asked Cara. Cara will answer by" in said
    assert "We have asked Ben if you can wait for a place." in said


def test_nothing_of_a_closed_referral_is_left_to_press(ben: Therapist) -> None:
    referral = listed(full(ben))
    browser, entry = browser_of(referral), entry_with(referral, ben)
    press(browser, "stop")
    said = page(browser)
    assert "This request is finished." in said and "Where you wait" not in said
    assert "Things have changed in the meantime." in press(browser, "my_list_undo", entry.pk)
    assert "Things have changed in the meantime." in press(browser, "ask_now")
    assert fresh(referral).state == "closed"


def test_a_longer_list_costs_one_question_more_for_each_forecast(ben: Therapist, django_assert_max_num_queries) -> None:
    others = [full(make_therapist(display_name=f"Other {n}")) for n in range(4)]
    one, five = listed(full(ben)), listed(ben, *others)
    page(browser_of(one))
    counted = {}
    for name, referral in (("one", one), ("five", five)):
        browser = browser_of(referral)
        with django_assert_max_num_queries(80) as asked:
            page(browser)
        counted[name] = len(asked)
    assert 10 < counted["one"] < counted["five"] <= counted["one"] + 4
