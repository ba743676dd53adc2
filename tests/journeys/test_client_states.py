"""The client's pages in the states that a straight walk never sees: nothing there, too much there, something wrong."""

from collections.abc import Callable

import pytest
from django.core.management import call_command
from django.test import Client as Browser
from django.urls import reverse
from playwright.sync_api import Page

from clients.models import Client
from tests.factories import make_therapist
from tests.referrals.given import accepted
from tests.referrals.views.walkers import question, ready_to_send, with_answers
from tests.support.browser import DESKTOP, PHONE, OpenPage, follow
from tests.support.look import look
from therapists.models import Registration

pytestmark = pytest.mark.django_db(transaction=True)

Look = Callable[[str, str], None]


@pytest.fixture(params=[DESKTOP, PHONE])
def walk(request, live_server, open_page: OpenPage, axe: Callable[[Page], None]):
    """A browser of Django's and one of ours that share a session: the first prepares, the second looks."""
    call_command("load_reference", verbosity=0)
    browser, page = Browser(), open_page(request.param)

    def see(address: str, name: str) -> Page:
        cookies = [{"name": k, "value": m.value, "url": live_server.url} for k, m in browser.cookies.items()]
        page.context.add_cookies(cookies)
        look(page, live_server.url + address, axe, name)
        return page

    return browser, see


def press(page: Page, name: str, axe: Callable[[Page], None]) -> None:
    follow(page.get_by_role("button", name=name).first)
    axe(page)


def test_pages_that_need_no_draft(walk, axe):
    _browser, see = walk
    for name in ("start", "under_18", "call_me", "return", "client_sign_in"):
        page = see(reverse(f"referrals:{name}"), name)
        if name in ("call_me", "return", "client_sign_in"):
            press(page, {"call_me": "Please call me", "return": "Go on", "client_sign_in": "Send me a code"}[name], axe)
            assert "There is a problem" in page.content()


def test_saving_and_what_is_wrong(walk, axe):
    browser, see = walk
    with_answers(browser, channel="email", email="ewa@example.org")
    page = see(reverse("referrals:save"), "save")
    press(page, "Show me a return code", axe)
    page = see(question("distance"), "distance")
    page.get_by_label("Postcode").fill("nowhere at all")
    press(page, "Continue", axe)
    assert page.title().startswith("Error: ")
    page = see(question("kind"), "kind")
    page.get_by_label("I’m not sure").check()
    page.locator("details summary").first.click()
    page.locator("details input").first.check()
    press(page, "Continue", axe)


def test_nobody_fits_and_nobody_chosen(walk):
    browser, see = walk
    make_therapist(gender="woman", display_name="A very long name that goes on " * 3)
    with_answers(browser, genders=["non_binary"], genders_strength=3)
    assert "about how few there are, not about you" in see(reverse("referrals:matches"), "nobody").content()
    see(reverse("referrals:choices"), "choices_empty")
    see(reverse("referrals:compare"), "compare_empty")
    see(reverse("referrals:check"), "check_missing")


def test_somebody_vanished_and_five_chosen(walk):
    browser, see = walk
    people = [make_therapist(display_name=f"Person {n}", about="word " * 300) for n in range(6)]
    with_answers(browser, choices=[{"therapist": person.pk} for person in people[:5]])
    see(reverse("referrals:matches") + "?sort=fee", "five_chosen")
    see(reverse("referrals:therapist", args=[people[5].pk]), "therapist_list_full")
    Registration.objects.filter(therapist=people[0]).update(status="suspended")
    see(reverse("referrals:therapist", args=[people[0].pk]), "therapist_gone")
    see(reverse("referrals:choices"), "choices_five")


def test_help_after_an_answer_and_a_call(walk, axe):
    browser, see = walk
    ready_to_send(browser, make_therapist())
    see(reverse("referrals:safety"), "safety")
    page = see(reverse("referrals:safety_question", args=["keep-safe"]), "safety_question")
    press(page, "Continue", axe)
    page.get_by_label("No", exact=True).check()
    press(page, "Continue", axe)
    assert "Thank you for telling us" in page.content()
    press(page, "Call me", axe)
    page.get_by_label("Who should we ask for?").fill("E")
    page.get_by_label("Phone number").fill("07700 900 123")
    press(page, "Please call me", axe)
    assert "We will call you" in page.content()


def test_meeting_not_this_time_and_closed(walk, axe):
    browser, see = walk
    ready_to_send(browser, make_therapist(display_name="Ben Okafor"))
    browser.post(reverse("referrals:send"))
    accepted(Client.objects.get().referrals.get())
    see(reverse("referrals:my_referral"), "mine_meeting")
    page = see(reverse("referrals:not_this_time"), "not_this_time")
    press(page, "Not this time", axe)
    assert "Nobody on your list can offer a place at the moment." in page.content()
    page = see(reverse("referrals:stop"), "stop")
    press(page, "Stop my referral", axe)
    assert "This request is finished." in page.content()


def test_a_second_referral_is_met_kindly(walk, axe):
    browser, see = walk
    ben = make_therapist(places=2)
    ready_to_send(browser, ben)
    browser.post(reverse("referrals:send"))
    browser.cookies.clear()
    ready_to_send(browser, ben)
    page = see(reverse("referrals:check"), "check_second")
    press(page, "Send my referral", axe)
    assert "You have done nothing wrong" in page.content()
