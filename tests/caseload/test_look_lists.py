"""Every page of a therapist's waiting list in each of its states, wide and narrow, without a complaint from axe."""

import datetime

import pytest
from django.urls import reverse

from core import clock
from referrals.models import Referral, WaitingListEntry
from referrals.services.asks import ask_interest
from tests.referrals.given import actor_of
from tests.referrals.waiting import agrees, entry_with, full, waits
from tests.support.browser import DESKTOP, PHONE
from tests.support.look import look
from tests.support.sign_in import sign_in_page
from therapists.models import Place, Therapist

pytestmark = pytest.mark.django_db(transaction=True)


def a_list_with_everything(ben: Therapist) -> dict[str, str]:
    """Return (name: address): one of each state is on Ben's list."""
    full(ben, limit=40)
    Place.objects.filter(therapist=ben).update(day=1, time=datetime.time(18))
    Place.objects.create(therapist=ben, day=3, time=datetime.time(9), created_at=clock.now())
    evenings = agrees(waits(ben, times=["weekday-evening"], times_strength=3, shares={"own_words": True}), ben)
    offered, parked, away, again, kept_back = (agrees(waits(ben), ben) for _ in range(5))
    rows = WaitingListEntry.objects
    rows.filter(pk=offered.pk).update(state="offered")
    rows.filter(pk=parked.pk).update(state="parked")
    Referral.objects.filter(pk=away.referral_id).update(away_until=datetime.date(2026, 12, 7))
    rows.filter(pk=again.pk).update(state="asked", answer_due_at=clock.now() + datetime.timedelta(days=1))
    rows.filter(pk=kept_back.pk).update(no_offer_before=clock.now() + datetime.timedelta(days=14), priority=True)
    ask, checked, refused = (entry_with(waits(ben), ben) for _ in range(3))
    ask_interest(entry=checked, actor=actor_of(ben))
    rows.filter(pk=refused.pk).update(state="refused", answer_due_at=None)
    pages = {"ask": ask, "ask_checked": checked, "over": refused, "person": evenings, "person_again": again}
    return {
        "today": reverse("caseload:today"),
        "list": reverse("caseload:waiting_list"),
        **{name: reverse("caseload:list_entry", args=[entry.pk]) for name, entry in pages.items()},
        "person_offered": reverse("caseload:list_entry", args=[offered.pk]),
        "refuse": reverse("caseload:list_refuse", args=[ask.pk]),
        "remove": reverse("caseload:list_remove", args=[evenings.pk]),
        "settings": reverse("caseload:list_settings"),
        "still_yes": reverse("caseload:still_yes"),
        "places": reverse("therapists:places"),
        "places_new": reverse("therapists:places_new"),
        "leave": reverse("therapists:leave"),
    }


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_a_full_list(live_server, open_page, axe, ben, width):
    pages = a_list_with_everything(ben)
    page = open_page(width)
    sign_in_page(page, live_server.url, ben.user)
    for name, address in pages.items():
        look(page, live_server.url + address, axe, f"lists_{name}")


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_empty_closed_frozen_and_wrong(live_server, open_page, axe, ben, cara, width):
    Therapist.objects.filter(pk=ben.pk).update(list_limit=5, away_from=clock.today(), away_until=clock.today())
    page = open_page(width)
    sign_in_page(page, live_server.url, ben.user)
    look(page, live_server.url + reverse("caseload:waiting_list"), axe, "lists_empty")
    look(page, live_server.url + reverse("caseload:still_yes"), axe, "lists_nobody_to_confirm")
    look(page, live_server.url + reverse("therapists:leave"), axe, "lists_leave_set")
    page.goto(live_server.url + reverse("caseload:list_settings"))
    page.get_by_label("How many people may wait at once").fill("")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("There is a problem").wait_for()
    axe(page)
    Therapist.objects.filter(pk=cara.pk).update(paused=True)
    other = open_page(width)
    sign_in_page(other, live_server.url, cara.user)
    look(other, live_server.url + reverse("caseload:waiting_list"), axe, "lists_closed_and_frozen")


def test_it_works_by_keyboard_and_without_script(live_server, open_page, ben):
    entry = entry_with(waits(full(ben)), ben)
    page = open_page(PHONE, java_script=False)
    sign_in_page(page, live_server.url, ben.user)
    page.goto(live_server.url + reverse("caseload:list_entry", args=[entry.pk]))
    for name, then in (("I could take this", "Put them on my list"), ("Put them on my list", "They are on your list")):
        page.get_by_role("button", name=name).focus()
        page.keyboard.press("Enter")
        page.get_by_text(then).first.wait_for()
    assert WaitingListEntry.objects.get(pk=entry.pk).state == "listed"
