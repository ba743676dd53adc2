"""Her page while she waits, in every state it can be in, at a desk and on a phone."""

import datetime
from collections.abc import Callable, Iterator

import pytest
from django.core.management import call_command
from django.test import Client as Browser
from django.urls import reverse
from playwright.sync_api import Page

from core import clock
from core.clock import Frozen
from core.policy import CLIENT_SESSION_KEY
from referrals.answers import Chosen
from referrals.models import Referral
from referrals.services.choices import choices_change
from referrals.services.joining import list_leave
from referrals.services.offers import offer_accept, offer_keep_place
from referrals.tasks import tick
from tests.factories import make_place, make_therapist, make_user, session_format
from tests.matching.test_wait_words import forecast_of
from tests.referrals.given import MONDAY, client_of, fresh
from tests.referrals.waiting import agrees, entry_with, full, listed, place_freed, told, waits
from tests.support.browser import DESKTOP, PHONE, OpenPage, follow
from tests.support.look import look
from therapists.models import Place, Therapist

pytestmark = pytest.mark.django_db(transaction=True)
See = Callable[[Referral, str, str], Page]
MINE = reverse("referrals:my_referral")
OFFER = reverse("referrals:my_offer")


@pytest.fixture
def now() -> Iterator[Frozen]:
    with clock.frozen(MONDAY) as frozen:
        yield frozen


@pytest.fixture
def ben(now: Frozen) -> Therapist:
    call_command("load_reference", verbosity=0)
    return make_therapist(display_name="Ben Okafor", user=make_user("therapist"))


@pytest.fixture
def cara(ben: Therapist) -> Therapist:
    return make_therapist(display_name="Cara Hughes-Featherstonehaugh", user=make_user("therapist"))


@pytest.fixture(params=[DESKTOP, PHONE])
def see(request, live_server, open_page: OpenPage, axe: Callable[[Page], None]) -> See:
    """Open an address as the client of a referral, and look at it."""
    page = open_page(request.param)

    def seen(referral: Referral, address: str, name: str) -> Page:
        browser = Browser()
        session = browser.session
        session[CLIENT_SESSION_KEY] = referral.pk
        session.save()
        cookies = [{"name": k, "value": m.value, "url": live_server.url} for k, m in browser.cookies.items()]
        page.context.add_cookies(cookies)
        look(page, live_server.url + address, axe, name)
        return page

    return seen


def goes_by(now: Frozen, until: datetime.datetime) -> None:
    now.at = until
    Therapist.objects.update(confirmed_at=clock.now())
    tick()


def has(page: Page, *words: str) -> None:
    for one in words:
        assert one in page.locator("main").inner_text(), f"{page.url}: no “{one}”"


def test_asked_listed_and_what_she_could_do_instead(see: See, ben: Therapist, cara: Therapist) -> None:
    first = listed(full(ben))
    referral = waits(ben, full(cara))
    has(see(referral, MINE, "waiting_asked"), "We have asked Ben if you can wait")
    agrees(referral, ben)
    agrees(referral, cara)
    forecast_of(ben)
    make_therapist(display_name="Free One")
    third = make_therapist(display_name="Dev Third")
    chosen = [Chosen(ben.pk, will_wait=True), Chosen(cara.pk, will_wait=True), Chosen(full(third).pk)]
    choices_change(referral=referral, choices=chosen, actor=client_of(referral))
    has(see(referral, MINE, "waiting_listed"), "1 person is ahead of you.", "Wait for Dev Third")
    make_place(third)
    has(see(referral, MINE, "waiting_ask_now"), "Ask Dev Third now", "1 other person who fits has a place now.")
    Therapist.objects.filter(pk=cara.pk).update(paused=True)
    has(see(referral, MINE, "waiting_frozen"), "Cara takes nobody new at the moment.")
    assert first.pk != referral.pk


def test_leaving_and_going_back(see: See, ben: Therapist, cara: Therapist, axe: Callable[[Page], None]) -> None:
    referral = listed(full(ben), full(cara))
    entry = entry_with(referral, ben)
    page = see(referral, reverse("referrals:my_list_leave", args=[entry.pk]), "leave")
    follow(page.get_by_role("button", name="Stop waiting for Ben"))
    axe(page)
    has(page, "You are not waiting for Ben any more.", "you can undo this until")
    see(referral, MINE, "waiting_left")
    list_leave(entry=entry_with(referral, cara), actor=client_of(referral))
    see(referral, MINE, "choosing_after_leaving")


def test_offered_and_every_answer(see: See, ben: Therapist, cara: Therapist, now: Frozen) -> None:
    referral = listed(full(ben), full(cara))
    place = place_freed(ben)
    Place.objects.filter(pk=place.pk).update(day=1, time=datetime.time(18), session_format=session_format("video"))
    offer = told(referral)
    has(see(referral, OFFER, "offer"), "Ben can see you. Tuesdays, 6pm, video.")
    has(see(referral, MINE, "mine_offered"), "Ben can see you.")
    see(referral, reverse("referrals:my_offer_stop"), "offer_stop")
    now.at = offer.expires_at + datetime.timedelta(seconds=1)
    has(see(referral, OFFER, "offer_in_a_minute"), "The time to answer is over.")
    has(see(referral, MINE, "mine_in_a_minute"), "The time to answer is over.")
    goes_by(now, clock.now())
    has(see(referral, OFFER, "offer_late"), "That place has gone to someone else.")
    has(see(referral, MINE, "mine_late"), "Yes, I still want a place")
    goes_by(now, clock.now() + datetime.timedelta(days=14))
    goes_by(now, told(referral).expires_at + datetime.timedelta(seconds=1))
    has(see(referral, MINE, "mine_parked"), "We told you twice about a place with Ben")
    has(see(referral, OFFER, "offer_late_parked"), "Yes, I still want a place")


def test_kept_taken_back_and_meeting(see: See, ben: Therapist, cara: Therapist, now: Frozen) -> None:
    referral = listed(full(ben), full(cara))
    place_freed(ben)
    offer_keep_place(offer=told(referral), actor=client_of(referral))
    has(see(referral, MINE, "mine_kept"), "We offer you no place with Ben before")
    place_freed(cara)
    told(referral)
    Therapist.objects.filter(pk=cara.pk).update(paused=True)
    has(see(referral, OFFER, "offer_unlisted"), "so you cannot say yes just now")
    tick()
    has(see(referral, OFFER, "offer_taken_back"), "cannot be given at the moment")
    Therapist.objects.filter(pk=cara.pk).update(paused=False)
    tick()
    offer_accept(offer=told(referral), actor=client_of(referral))
    has(see(referral, MINE, "mine_set_aside"), "Set aside while you have a first meeting.")


def test_check_in(see: See, ben: Therapist, now: Frozen, axe: Callable[[Page], None]) -> None:
    referral = listed(full(ben))
    make_therapist(display_name="Free One")
    goes_by(now, fresh(referral).check_in_at)
    see(referral, MINE, "mine_check_in")
    page = see(referral, reverse("referrals:check_in"), "check_in")
    follow(page.get_by_role("button", name="Send my answer"))
    has(page, "There is a problem")
    axe(page)
    see(referral, reverse("referrals:check_in_changed"), "check_in_changed")
    see(referral, reverse("referrals:check_in_worse"), "check_in_worse")


def test_while_you_wait(see: See, ben: Therapist) -> None:
    has(see(waits(full(ben)), reverse("referrals:while_waiting"), "while_waiting"), "When you cannot sleep")
