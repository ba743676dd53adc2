"""The whole road in browsers: Ewa refers herself, Ben declines, Cara offers a first meeting, both go ahead.

The real web server, worker, beat, PostgreSQL, Redis and mail; with and without JavaScript, at a desk and on a phone.
"""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from core.choices import Role
from notifications.models import Message
from referrals.models import Referral
from tests.factories import make_user
from tests.journeys.test_client_journey import (
    Ewa,
    a_register,
    answers_about_safety,
    begins,
    chooses,
    codes,
    says_how_to_reach_her,
    says_what_matters,
    says_who_she_is,
    sends,
)
from tests.stack.road import DONE, travel_to_working_morning
from tests.support.browser import DESKTOP, PHONE, OpenPage, follow, no_sideways_scroll
from tests.support.sign_in import sign_in_page
from tests.support.stack import LiveStack
from therapists.models import Therapist


class Staff:
    """A therapist at a screen. Every page she comes to is looked at."""

    def __init__(self, page: Page, base_url: str, axe: Callable[[Page], None] | None) -> None:
        self.page, self.base_url, self.axe = page, base_url, axe

    def opens(self, path: str) -> None:
        self.page.goto(self.base_url + path)
        self.looks()

    def looks(self) -> None:
        assert no_sideways_scroll(self.page), f"{self.page.url} scrolls sideways"
        if self.axe is not None:
            self.axe(self.page)

    def sees(self, words: str) -> None:
        assert words in self.page.locator("main").inner_text(), f"{self.page.url}: no “{words}”"

    def does_not_see(self, words: str) -> None:
        assert words not in self.page.locator("body").inner_text(), f"{self.page.url}: shows “{words}”"

    def presses(self, name: str) -> None:
        follow(self.page.get_by_role("button", name=name, exact=True).first)
        self.looks()

    def follows(self, name: str) -> None:
        link = self.page.get_by_role("link", name=name)
        follow(link.or_(self.page.get_by_role("button", name=name)).first)
        self.looks()


@pytest.mark.parametrize(
    ("width", "java_script"),
    [
        pytest.param(DESKTOP, True, id="1280-script"),
        pytest.param(PHONE, False, id="360-no-script"),
        # The two other ways to put these together are walked where there is time.
        pytest.param(PHONE, True, id="360-script", marks=pytest.mark.soak),
        pytest.param(DESKTOP, False, id="1280-no-script", marks=pytest.mark.soak),
    ],
)
def test_the_whole_road(
    live_stack: LiveStack, open_page: OpenPage, axe: Callable[[Page], None], width: int, java_script: bool
) -> None:
    travel_to_working_morning(live_stack)
    a_register()
    checked = axe if java_script else None
    ewa = Ewa(open_page(width, java_script=java_script), live_stack.base_url, None)
    staff = {}
    for name in ("Ben Okafor", "Cara Hughes"):
        page = open_page(width, java_script=java_script)
        sign_in_page(page, live_stack.base_url, gives_account(name))
        staff[name] = Staff(page, live_stack.base_url, checked)
    reference = ewa_refers_herself(ewa, live_stack)
    cara_sees_nothing(staff["Cara Hughes"])
    ben_declines(staff["Ben Okafor"])
    ewa_reads(ewa, checked, "Ben cannot offer you a place at the moment.", "We have asked Cara.")
    cara_offers(staff["Cara Hughes"])
    ewa_reads(ewa, checked, "Cara has said yes to a first meeting and will contact you by")
    both_go_ahead(ewa, staff["Cara Hughes"])
    ewa_reads(ewa, checked, "You and Cara have both said that you want to go on.")
    assert Referral.objects.get(reference=reference).state == Referral.State.IN_THERAPY
    one_distinct_message_each(live_stack)


def gives_account(name: str):
    """Turn somebody of the register into a person who signs in."""
    therapist = Therapist.objects.get(display_name=name)
    email = f"{name.partition(' ')[0].lower()}@example.org"
    therapist.user = make_user(Role.THERAPIST, name=name, email=email)
    therapist.save(update_fields=["user"])
    return therapist.user


def ewa_refers_herself(ewa: Ewa, stack: LiveStack) -> str:
    ewa.opens("/")
    ewa.presses("Start now")
    begins(ewa)
    says_what_matters(ewa)
    chooses(ewa)
    says_how_to_reach_her(ewa, stack)
    says_who_she_is(ewa)
    answers_about_safety(ewa)
    reference = sends(ewa)
    ewa.follows("Look at my referral")
    assert codes(stack, 1)
    return reference


def ewa_reads(ewa: Ewa, axe: Callable[[Page], None] | None, *words: str) -> None:
    ewa.page.reload()
    for sentence in words:
        ewa.sees(sentence)
    if axe is not None:
        axe(ewa.page)


def cara_sees_nothing(cara: Staff) -> None:
    cara.opens("/caseload/")
    cara.does_not_see("Somebody asks for you")


def ben_declines(ben: Staff) -> None:
    ben.opens("/caseload/")
    ben.follows("Somebody asks for you")
    ben.sees("Anxiety or worry")
    ben.does_not_see("Nowak")
    ben.follows("I cannot offer a place")
    ben.presses("Say that I cannot")
    ben.sees("There is a problem")
    ben.page.get_by_label("The times do not fit").check()
    ben.presses("Say that I cannot")
    ben.does_not_see("Nowak")


def cara_offers(cara: Staff) -> None:
    cara.opens("/caseload/")
    cara.follows("Somebody asks for you")
    cara.does_not_see("Nowak")
    cara.presses("I could take this")
    cara.sees("Ewa Nowak")
    cara.presses("Offer a first meeting")
    cara.sees("How to reach them safely")
    cara.sees("ewa@example.org")


def both_go_ahead(ewa: Ewa, cara: Staff) -> None:
    cara.follows("I have been in touch")
    follow(cara.page.get_by_role("main").get_by_role("button").first)
    cara.looks()
    cara.presses("I would like to go on")
    cara.sees("Therapy begins when they have said so too.")
    ewa.page.reload()
    ewa.sees("Cara would like to go on with you.")
    ewa.presses("I would like to go ahead")


def one_distinct_message_each(stack: LiveStack) -> None:
    """Every message of the road arrived, under one Message-ID each, and no two say the same to the same person."""
    stack.wait(lambda: not Message.objects.exclude(state__in=DONE).exists(), "every message sent", seconds=60)
    arrived = stack.mails()
    rows = list(Message.objects.filter(state=Message.State.SENT).values_list("message_id", flat=True))
    assert sorted(one.message_id for one in arrived) == sorted(rows)
    assert any("We have now asked Cara" in one.text for one in arrived)
    said = [(one.to, one.text) for one in arrived]
    assert len(set(said)) == len(said)
    assert {"ewa@example.org", "ben@example.org", "cara@example.org"} <= {to for one in arrived for to in one.to}
