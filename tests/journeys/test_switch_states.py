"""Pauses and a change of therapist, wide and narrow, and the whole road in a browser without script."""

import datetime
from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from core import clock
from core.clock import Frozen
from referrals.answers import Chosen
from referrals.models import Placement, Referral
from referrals.services.choices import choices_change
from referrals.services.pausing import placement_pause, waiting_pause
from referrals.services.switching import switch
from tests.factories import make_place
from tests.journeys.test_waiting_list_journey import as_client
from tests.journeys.test_waiting_states import MINE, See, ben, cara, has, now, see
from tests.referrals.given import accepted, client_of, state
from tests.referrals.test_switching import in_therapy, leaving
from tests.referrals.waiting import full, listed
from tests.support.browser import DESKTOP, PHONE, OpenPage, follow
from tests.support.look import look
from tests.support.sign_in import sign_in_page
from therapists.models import Therapist

pytestmark = pytest.mark.django_db(transaction=True)
__all__ = ["ben", "cara", "now", "see"]
Axe = Callable[[Page], None]


def in_weeks(weeks: int) -> datetime.date:
    return clock.today() + datetime.timedelta(weeks=weeks)


def test_a_holiday_while_waiting(see: See, ben: Therapist, axe: Axe) -> None:
    referral = listed(full(ben))
    page = see(referral, reverse("referrals:away"), "away")
    page.get_by_role("textbox", name="Day").fill("31")
    page.get_by_role("textbox", name="Month").fill("2")
    page.get_by_role("textbox", name="Year").fill("2027")
    follow(page.get_by_role("button", name="Save"))
    has(page, "There is a problem", "Enter a real date")
    assert page.get_by_role("textbox", name="Day").input_value() == "31"
    axe(page)
    waiting_pause(referral=referral, back_on=in_weeks(2), actor=client_of(referral))
    has(see(referral, MINE, "mine_away"), "We offer you no place before", "I am back")


def test_in_therapy_and_a_pause(see: See, ben: Therapist) -> None:
    placement = in_therapy(ben)
    referral = placement.referral
    has(see(referral, MINE, "mine_in_therapy"), "Pause my sessions until", "Look for somebody else")
    see(referral, reverse("referrals:my_pause"), "pause")
    see(referral, reverse("referrals:my_switch"), "switch")
    see(referral, reverse("referrals:worry"), "worry")
    placement_pause(placement=placement, side="client", until=in_weeks(2), actor=client_of(referral))
    has(see(referral, MINE, "mine_paused"), "Your sessions with Ben pause.", "Go on now")


def test_looking_for_somebody_else(see: See, ben: Therapist, cara: Therapist) -> None:
    referral = leaving(ben).referral
    has(see(referral, MINE, "mine_leaving"), "You are still seeing Ben", "Choose who to ask")
    see(referral, reverse("referrals:my_stay"), "stay")
    see(referral, reverse("referrals:my_end_old"), "end_old")
    see(referral, reverse("referrals:stop"), "stop_leaving")
    choices_change(referral=referral, choices=[Chosen(cara.pk)], actor=client_of(referral))
    has(see(referral, MINE, "mine_leaving_asked"), "We have asked Cara", "You are still seeing Ben")


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_her_therapists_side(live_server, open_page: OpenPage, axe: Axe, ben: Therapist, width: int) -> None:
    for _ in range(3):
        make_place(ben)
    calm, paused, going, sent_on = (in_therapy(ben) for _ in range(4))
    placement_pause(placement=paused, side="client", until=in_weeks(2), actor=client_of(paused.referral))
    switch(placement=going, side="client", many_sessions=True, actor=client_of(going.referral))
    switch(placement=sent_on, side="therapist", many_sessions=True, actor=client_of(sent_on.referral))
    page = open_page(width)
    sign_in_page(page, live_server.url, ben.user)
    for name, row in {"calm": calm, "paused": paused, "going": going, "sent_on": sent_on}.items():
        look(page, live_server.url + reverse("caseload:placement", args=[row.pk]), axe, f"person_{name}")
    for name in ("pause", "somebody_else"):
        look(page, live_server.url + reverse(f"caseload:{name}", args=[calm.pk]), axe, f"person_{name}")
    look(page, live_server.url + reverse("caseload:end", args=[going.pk]), axe, "person_end_leaving")
    look(page, live_server.url + reverse("caseload:people"), axe, "people_changing")


def test_the_desks_side(live_server, open_page: OpenPage, axe: Axe, ben: Therapist, dev) -> None:
    placement = in_therapy(ben)
    switch(placement=placement, side="client", many_sessions=True, actor=client_of(placement.referral))
    page = open_page(PHONE)
    sign_in_page(page, live_server.url, dev)
    address = live_server.url + reverse("referrals:desk_referral", args=[placement.referral_id])
    look(page, address, axe, "desk_leaving")
    has(page, "Still seeing", "You began to look for somebody else.")


def test_from_one_therapist_to_the_next_without_script(
    live_server, open_page: OpenPage, ben: Therapist, cara: Therapist, now: Frozen
) -> None:
    referral = in_therapy(ben).referral
    ewa = as_client(open_page(PHONE, java_script=False), Server(live_server.url), referral)
    pauses_and_goes_on(ewa, live_server.url)
    ewa.get_by_role("link", name="Look for somebody else").click()
    ewa.get_by_label("None, one or two").check()
    follow(ewa.get_by_role("button", name="Look for somebody else"))
    has(ewa, "You are still seeing Ben", "You are looking for somebody else.")
    chooses_cara(ewa)
    has(ewa, "We have asked Cara", "You are still seeing Ben")
    assert state(referral) == "requested"
    accepted(Referral.objects.get(pk=referral.pk))
    ewa.goto(live_server.url + MINE)
    has(ewa, "Cara has said yes to a first meeting", "Your sessions with Ben have ended.")
    assert "You are still seeing Ben" not in ewa.locator("main").inner_text()
    assert Placement.objects.get(referral=referral, therapist=ben).state == "ended"


class Server:
    def __init__(self, base_url: str) -> None:
        self.base_url = base_url


def pauses_and_goes_on(ewa: Page, base: str) -> None:
    ewa.goto(base + MINE)
    ewa.get_by_role("link", name="Pause my sessions until").click()
    back = in_weeks(3)
    for box, value in (("Day", back.day), ("Month", back.month), ("Year", back.year)):
        ewa.get_by_role("textbox", name=box).fill(str(value))
    follow(ewa.get_by_role("button", name="Pause my sessions"))
    has(ewa, "Your place with Ben is kept for you.")
    follow(ewa.get_by_role("button", name="Go on now"))
    has(ewa, "You and Ben go on after the break.")


def chooses_cara(ewa: Page) -> None:
    follow(ewa.get_by_role("button", name="Choose who to ask"))
    ewa.goto(ewa.url.split("/choices")[0] + reverse("referrals:matches"))
    assert "Ben" not in ewa.locator("main").inner_text()
    follow(ewa.get_by_role("button", name="Choose Cara"))
    ewa.goto(ewa.url.split("/people")[0].split("/choices")[0] + reverse("referrals:choices"))
    follow(ewa.get_by_role("button", name="Save my choices"))
