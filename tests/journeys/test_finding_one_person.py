"""Finding somebody by name, in a real browser: with and without scripts, wide and narrow, by keyboard alone."""

from collections.abc import Callable

import pytest
from django.core.management import call_command
from django.test import Client as Browser
from django.urls import reverse
from playwright.sync_api import Page

from tests.factories import make_location, make_therapist, modality
from tests.referrals.views.walkers import with_answers
from tests.support.browser import DESKTOP, PHONE, OpenPage, follow
from tests.support.look import look
from therapists.services.search import search_reindex

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(params=[(DESKTOP, True), (PHONE, False)], ids=["wide", "narrow without scripts"])
def walk(request, live_server, open_page: OpenPage, axe: Callable[[Page], None]):
    """A browser of Django's and one of ours that share a session: the first prepares, the second looks."""
    call_command("load_reference", verbosity=0)
    width, scripts = request.param
    browser, page = Browser(), open_page(width, java_script=scripts)

    def see(address: str, name: str) -> Page:
        cookies = [{"name": k, "value": m.value, "url": live_server.url} for k, m in browser.cookies.items()]
        page.context.add_cookies(cookies)
        look(page, live_server.url + address, axe, name)
        return page

    return browser, see


def people() -> None:
    for name, town in (("Siân O'Neill", "Cardiff"), ("Dr Sian Neil", "Newcastle upon Tyne"), ("Sian Quill", "")):
        therapist = make_therapist(display_name=name, places=0 if name == "Sian Quill" else 1)
        if town:
            make_location(therapist, town=town)
    evening = make_therapist(display_name="Eve Ning", online_hours=2**21 - 1)
    evening.modality_links.create(modality=modality("emdr", family="trauma"))
    search_reindex()


def test_looking_for_somebody(walk, axe, live_server):
    browser, see = walk
    people()
    with_answers(browser, times=["weekday-evening"], times_strength=2, genders=["man"], genders_strength=3)
    see(reverse("referrals:start"), "find_front_door")
    page = see(reverse("referrals:find"), "find_empty")
    follow(page.get_by_role("button", name="Find"))
    axe(page)
    assert page.title().startswith("Error: ")
    page.get_by_label("Their name").fill("sian neil")
    page.keyboard.press("Enter")
    page.wait_for_url(live_server.url + reverse("referrals:find"))
    page.get_by_text("We found").wait_for()
    see(reverse("referrals:find"), "find_some")
    follow(page.get_by_role("link", name="Siân O'Neill"))
    axe(page)
    assert "Why this person is not among those who fit" in page.content()
    follow(page.get_by_role("link", name="Back"))
    assert page.get_by_label("Their name").input_value() == "sian neil"
    page.get_by_label("Their name").fill("qqqqqq")
    follow(page.get_by_role("button", name="Find"))
    see(reverse("referrals:find"), "find_nobody")
    axe(page)


def test_where_she_stands(walk, axe):
    browser, see = walk
    people()
    needs = {"modalities": ["emdr"], "modalities_strength": 3, "fee_ceiling_pence": 4000}
    with_answers(browser, **needs, times=["weekday-evening"], times_strength=1)
    browser.post(reverse("referrals:find"), {"text": "sian"})
    page = see(reverse("referrals:find"), "find_sian")
    follow(page.get_by_role("link", name="Siân O'Neill"))
    see(page.url.split("/", 3)[-1].join(["/", ""]), "why_out")
    assert "Does not offer EMDR" in page.content()
    with_answers(browser, times=["weekday-evening"], times_strength=1)
    see(page.url.split("/", 3)[-1].join(["/", ""]), "why_lower")
    assert "Comes after others who offer evenings on weekdays" in page.content()
