"""Nia joins: from the page for therapists, through account, second step, registration and profile, until people find
her. On a phone, without JavaScript, against the real server, worker and mail.
"""

import pytest
from allauth.mfa.totp.internal import auth as totp
from django.core.management import call_command
from playwright.sync_api import Page

from clients.preferences import Stated
from core import clock
from matching.services.ranking import rank_now
from tests.factories import make_registration
from tests.support.browser import PHONE, follow, no_sideways_scroll
from therapists.models import Therapist
from therapists.selectors.standing import standing

PASSWORD = "quiet lantern over the weir"
ON_RECORD = "nia.evans@practice.example.org"
ACCOUNT = "nia@example.org"


class Nia:
    """A page, and what she does on it."""

    def __init__(self, page: Page, base_url: str) -> None:
        self.page, self.base_url = page, base_url

    def presses(self, name: str) -> None:
        follow(self.page.get_by_role("button", name=name, exact=True).first)
        assert no_sideways_scroll(self.page), self.page.url

    def follows(self, name: str) -> None:
        follow(self.page.get_by_role("link", name=name, exact=True).first)

    def ticks(self, *labels: str) -> None:
        for label in labels:
            self.page.get_by_label(label, exact=True).check()

    def reads(self, words: str) -> None:
        self.page.locator("main").get_by_text(words).first.wait_for()


@pytest.mark.django_db(transaction=True)
def test_nia_joins_and_is_found(live_stack, open_page):
    call_command("load_reference", verbosity=0)
    make_registration(name="Nia Evans", number="NC-4411", email=ON_RECORD, town="Cardiff", postcode="CF10 1AA")
    page = open_page(PHONE, java_script=False)
    nia = Nia(page, live_stack.base_url)
    makes_an_account(nia, live_stack)
    sets_up_the_second_step(nia)
    claims_her_registration(nia, live_stack)
    fills_in_her_profile(nia)
    adds_places(nia)
    nia.follows("Profile")
    page.goto(live_stack.base_url + "/therapists/")
    therapist = Therapist.objects.get(user__email=ACCOUNT)
    assert standing(therapist.pk, as_of=clock.now()).reasons == ("profile_not_verified",)
    nia.presses("Publish my profile")
    nia.reads("People can find you now")
    assert standing(therapist.pk, as_of=clock.now()).has_place
    assert [row.therapist_id for row in rank_now(Stated(), seed=1).rows] == [therapist.pk]
    nia.follows("Today")
    nia.reads("Nothing waits for you")


def makes_an_account(nia: Nia, live_stack) -> None:
    nia.page.goto(nia.base_url + "/therapists/join/")
    nia.follows("Make an account")
    nia.page.locator("[name=email]").fill(ACCOUNT)
    nia.page.locator("[name=name]").fill("Nia Evans")
    nia.page.locator("[name=password1]").fill(PASSWORD)
    nia.presses("Create my account")
    (mail,) = live_stack.wait_mails(to=ACCOUNT)
    nia.page.goto(mail.links[0])
    follow(nia.page.locator("main form button").first)
    if "/login/" in nia.page.url:
        nia.page.locator("[name=login]").fill(ACCOUNT)
        nia.page.locator("[name=password]").fill(PASSWORD)
        nia.presses("Sign in")
    if "/therapists/join/" not in nia.page.url:
        nia.page.goto(nia.base_url + "/therapists/join/")
    nia.presses("Start")


def sets_up_the_second_step(nia: Nia) -> None:
    nia.reads("set up a second step")
    follow(nia.page.get_by_role("link", name="Set it up"))
    secret = nia.page.locator("code").inner_text()
    counter = next(totp.yield_hotp_counters_from_time())
    nia.page.locator("[name=code]").fill(totp.format_hotp_value(totp.hotp_value(secret, counter)))
    nia.presses("Switch on")
    nia.follows("Today")


def claims_her_registration(nia: Nia, live_stack) -> None:
    nia.reads("First: your registration")
    nia.presses("Name your registration")
    nia.page.get_by_label("Your register").select_option(label="National Counselling and Psychotherapy Society")
    nia.page.get_by_label("Your registration number").fill("NC-9999")
    nia.presses("Continue")
    nia.reads("We cannot find a registration with this number")
    nia.page.get_by_label("Your registration number").fill("nc-4411")
    nia.presses("Continue")
    (mail,) = live_stack.wait_mails(to=ON_RECORD)
    nia.page.get_by_label("The code from the e-mail").fill(mail.code)
    nia.presses("This registration is mine")
    nia.reads("The registration is yours")


def fills_in_her_profile(nia: Nia) -> None:
    page = nia.page
    nia.follows("Your name and about you")
    nia.ticks("Wales", "Woman")
    page.get_by_label("About you").fill("I begin by listening. We decide together what we look at, and how fast we go.")
    nia.presses("Save")
    nia.follows("Languages")
    page.get_by_label("Language", exact=True).first.select_option(label="Welsh")
    page.get_by_label("Language", exact=True).nth(1).select_option(label="English")
    nia.presses("Save")
    nia.follows("Kinds of therapy")
    page.get_by_label("Kind of therapy", exact=True).first.select_option(label="Person-centred therapy")
    page.get_by_label("Your training in it").first.fill("Diploma, Cardiff")
    nia.presses("Save")
    nia.follows("What you have experience with")
    nia.ticks("Anxiety or worry", "Stress")
    nia.presses("Save")
    nia.follows("How people meet you, and online hours")
    nia.ticks("In person", "Video", "Tuesday evening", "Wednesday morning")
    nia.presses("Save")
    nia.follows("Rooms")
    nia.presses("Add a room")
    page.get_by_label("What you call this room").fill("The Arcade")
    page.get_by_label("Street address").fill("3 Castle Arcade")
    page.get_by_label("Town or part of the city").fill("Cardiff")
    page.get_by_label("Postcode").fill("cf10 1bu")
    nia.ticks("Yes", "Thursday afternoon")
    nia.presses("Save the room")
    nia.follows("Back")
    nia.follows("The days you answer")
    nia.ticks("Tuesday", "Thursday")
    nia.presses("Save")
    nia.follows("Fee and terms")
    page.get_by_label("Your fee for a session, in pounds").fill("52.50")
    page.get_by_label("What happens when a session is cancelled").fill("No charge with 48 hours' notice.")
    page.get_by_label("The limits of confidentiality").fill("If somebody is in serious danger I may have to tell.")
    nia.presses("Save")


def adds_places(nia: Nia) -> None:
    follow(nia.page.get_by_role("link", name="Add places").first)
    nia.presses("Add places")
    nia.page.get_by_label("How many places").fill("3")
    nia.presses("Save")
    nia.reads("Free now")
