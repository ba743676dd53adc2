"""Ewa refers herself: from the start page to "sent" and back again, as a person at a screen would do it.

With and without JavaScript, at a desk and on a phone, with the real server, worker and mail. Every page is checked with
axe as she sees it.
"""

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import call_command
from playwright.sync_api import Page, expect

from tests.factories import make_funder, make_location, make_registration, make_therapist, make_user
from tests.support.browser import DESKTOP, PHONE, OpenPage, follow, no_sideways_scroll
from therapists.models import ClientGroup, Language, Modality, SessionFormat

HEADING = "h1"


class Ewa:
    """A page, and what she does on it. Every page she comes to is looked at."""

    def __init__(self, page: Page, base_url: str, axe: Callable[[Page], None] | None) -> None:
        self.page, self.base_url, self.axe, self.seen = page, base_url, axe, 0

    def opens(self, path: str) -> None:
        self.page.goto(self.base_url + path)
        self.looks()

    def looks(self) -> None:
        self.seen += 1
        page = self.page
        heading = page.locator(HEADING).first.inner_text()
        assert no_sideways_scroll(page), f"{heading}: scrolls sideways"
        if folder := os.environ.get("RAPPORT_PICTURES"):
            width = (page.viewport_size or {"width": 0})["width"]
            slug = re.sub(r"[^a-z0-9]+", "-", heading.lower())[:50]
            page.screenshot(path=str(Path(folder) / f"{self.seen:02d}_{slug}_{width}.png"), full_page=True)
        if self.axe is not None:
            self.axe(page)

    def sees(self, words: str) -> None:
        assert words in self.page.locator("body").inner_text(), f"{self.page.url}: no “{words}”"

    def ticks(self, *labels: str) -> None:
        for label in labels:
            box = self.page.get_by_label(label, exact=True).first
            folded = box.locator("xpath=ancestor::details[not(@open)]")
            if folded.count():
                folded.first.locator("summary").first.click()
            box.check()

    def fills(self, **values: str) -> None:
        for label, value in values.items():
            self.page.get_by_label(label.replace("_", " "), exact=True).fill(value)

    def writes(self, text: str) -> None:
        """Write into the only box of the page."""
        self.page.get_by_role("textbox").first.fill(text)

    def presses(self, name: str) -> None:
        follow(self.page.get_by_role("button", name=name, exact=True).first)
        self.looks()

    def goes_on(self) -> None:
        self.presses("Continue")

    def follows(self, name: str) -> None:
        # A link that looks like a button has the role of one.
        looks_alike = self.page.get_by_role("button", name=name, exact=True)
        follow(self.page.get_by_role("link", name=name, exact=True).or_(looks_alike).first)
        self.looks()


def a_register() -> None:
    """Three people with a place, on three registers, and one fund."""
    call_command("load_reference", verbosity=0)
    make_funder(name="Leeds community fund", description="For people in Leeds.")
    people = [
        ("Ben Okafor", "BACP", "man", 4500, "cbt"),
        ("Cara Hughes", "NCPS", "woman", 6000, "person-centred"),
        ("Priya Shah", "UKCP", "woman", 5500, "psychodynamic"),
    ]
    for name, register, gender, fee, kind in people:
        person = make_therapist(
            display_name=name,
            gender=gender,
            fee_pence=fee,
            concession_pence=3000,
            registered=False,
            about="I will listen, at your pace.\n\nWe start with what matters most to you.",
        )
        make_registration(person, register=register, grade="Accredited member")
        if kind != "person-centred":
            person.modality_links.create(modality=Modality.objects.get(slug=kind), training="Diploma, 2015")
        person.language_links.create(language=Language.objects.get(slug="pl"))
        person.client_groups.add(*ClientGroup.objects.filter(slug__in=["adults", "carers"]))
        person.formats.add(SessionFormat.objects.get(slug="in-person"))
        make_location(person, hours=2**21 - 1)


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
def test_ewa_refers_herself_and_comes_back(
    live_stack, open_page: OpenPage, axe: Callable[[Page], None], width: int, java_script: bool
) -> None:
    a_register()
    make_user("coordinator")
    # The markup is the same without script; axe is a script itself.
    ewa = Ewa(open_page(width, java_script=java_script), live_stack.base_url, axe if java_script else None)
    ewa.opens("/")
    ewa.presses("Start now")
    begins(ewa)
    starts_twice(ewa)
    says_what_matters(ewa)
    chooses(ewa)
    says_how_to_reach_her(ewa, live_stack)
    says_who_she_is(ewa)
    answers_about_safety(ewa)
    reference = sends(ewa)
    comes_back(ewa, live_stack, reference)
    changes_her_mind(ewa)


def begins(ewa: Ewa) -> None:
    ewa.goes_on()
    ewa.sees("There is a problem")
    ewa.ticks("England")
    ewa.goes_on()
    ewa.ticks("Yes, I am 18 or over")
    ewa.goes_on()
    ewa.ticks("I will pay")
    ewa.goes_on()
    ewa.writes("70")
    ewa.goes_on()
    ewa.ticks("Anxiety or worry", "Self-harm")
    ewa.goes_on()
    ewa.sees("None of this stops you")
    ewa.follows("Carry on")
    ewa.ticks("Anxiety or worry")
    ewa.goes_on()
    ewa.ticks("It is important to me")
    ewa.goes_on()
    ewa.writes("I cannot sleep.\nMy heart races.")
    ewa.goes_on()


def starts_twice(ewa: Ewa) -> None:
    ewa.opens("/")
    ewa.presses("Start now")
    ewa.sees("You have already started")
    ewa.follows("Go on with what you started")


def says_what_matters(ewa: Ewa) -> None:
    ewa.ticks("I’m not sure")
    ewa.goes_on()
    ewa.ticks("Weekdays, morning", "Weekdays, evening (from 5pm)")
    ewa.goes_on()
    ewa.ticks("In person", "Video")
    ewa.goes_on()
    ewa.fills(Postcode="LS6 2AB")
    ewa.ticks("Up to 10 miles")
    ewa.goes_on()
    ewa.ticks("A woman", "I need this: only show me people who fit it")
    ewa.goes_on()
    ewa.ticks("English is fine")
    ewa.goes_on()
    ewa.ticks("I do not mind")
    ewa.goes_on()
    ewa.presses("Skip this")
    ewa.presses("I need none of these")
    ewa.fills(Their_name="okaf")
    ewa.presses("Find by name")
    ewa.goes_on()
    ewa.presses("Skip these")


def chooses(ewa: Ewa) -> None:
    ewa.sees("2 people fit")
    ewa.sees("This leaves out 1 person.")
    follow(ewa.page.get_by_role("button", name=re.compile("^Show them too")).first)
    ewa.looks()
    ewa.sees("3 people fit")
    ewa.follows("Cara Hughes")
    ewa.sees("Their terms")
    follow(ewa.page.get_by_role("button", name="Choose Cara Hughes").first)
    ewa.looks()
    ewa.follows("Back")
    ewa.presses("Choose Ben Okafor")
    ewa.presses("Choose Priya Shah")
    ewa.follows("Compare them side by side")
    ewa.follows("Go on with my choices")
    follow(ewa.page.get_by_role("button", name=re.compile("^Up .*Ben Okafor")))
    ewa.looks()
    follow(ewa.page.get_by_role("button", name=re.compile("^Take off .*Priya Shah")))
    ewa.looks()
    ewa.presses("Undo: put my list back as it was")
    assert ewa.page.locator(".app-ranked__item h2").all_inner_texts() == [
        "1. Ben Okafor",
        "2. Cara Hughes",
        "3. Priya Shah",
    ]
    ewa.follows("Continue")


def says_how_to_reach_her(ewa: Ewa, live_stack) -> None:
    ewa.ticks("E-mail")
    ewa.goes_on()
    ewa.writes("ewa@example.org")
    ewa.goes_on()
    code = codes(live_stack, 1)[-1]
    ewa.page.get_by_label("The 6 numbers in the message").fill("000000")
    ewa.goes_on()
    ewa.sees("This code is not right")
    ewa.page.get_by_label("The 6 numbers in the message").fill(code)
    ewa.goes_on()
    ewa.goes_on()


def codes(live_stack, count: int) -> list[str]:
    """The codes Ewa was sent, once there are so many."""

    def found() -> list[str]:
        return [mail.code for mail in live_stack.mails("ewa@example.org") if mail.has_code]

    live_stack.wait(lambda: len(found()) >= count, f"{count} codes")
    return found()


def says_who_she_is(ewa: Ewa) -> None:
    ewa.fills(First_name="Ewa", Last_name="Nowak")
    ewa.goes_on()
    ewa.fills(Day="27", Month="3", Year="1990")
    ewa.goes_on()
    ewa.goes_on()
    ewa.writes("Park Surgery, Leeds")
    ewa.goes_on()


def answers_about_safety(ewa: Ewa) -> None:
    ewa.follows("Continue")
    ewa.ticks("I’m not sure")
    ewa.goes_on()
    ewa.sees("If your life is in danger, call 999 or go to A&E now.")
    ewa.sees("Nobody here will see this tonight.")
    ewa.presses("Carry on without a call")
    while ewa.page.get_by_role("button", name="I would rather not say").count():
        ewa.presses("I would rather not say")


def sends(ewa: Ewa) -> str:
    for box in ewa.page.get_by_label("Yes", exact=True).all():
        box.check()
    ewa.goes_on()
    ewa.sees("Answered")
    ewa.sees("ewa@example.org")
    ewa.sees("When you send, we ask Ben Okafor.")
    send = ewa.page.get_by_role("button", name="Send my referral")
    # Without script nothing holds back the second press: the browser drops the first answer.
    send.dblclick()
    # Waiting for the address would fail with the answer that was dropped.
    expect(ewa.page).to_have_url(re.compile("/sent/$"))
    ewa.page.wait_for_load_state()
    ewa.looks()
    ewa.sees("We have asked Ben.")
    return ewa.page.locator(".app-reference").inner_text()


def comes_back(ewa: Ewa, live_stack, reference: str) -> None:
    ewa.follows("Look at my referral")
    ewa.presses("Lock this")
    ewa.follows("I have a reference: look at my referral")
    ewa.fills(Your_reference=reference.lower().replace("-", " "), Day="27", Month="march", Year="1990")
    ewa.presses("Send me a code")
    ewa.page.get_by_label("The 6 numbers in the message").fill(codes(live_stack, 2)[-1])
    ewa.goes_on()
    ewa.sees("We have asked Ben.")
    ewa.sees("Last opened")


def changes_her_mind(ewa: Ewa) -> None:
    ewa.presses("Change my choices")
    follow(ewa.page.get_by_role("button", name=re.compile("^Take off .*Ben Okafor")))
    ewa.looks()
    ewa.presses("Save my choices")
    ewa.sees("We have asked Cara.")
    ewa.follows("Stop my referral")
    ewa.presses("Stop my referral")
    ewa.sees("This request is finished.")
    ewa.presses("Undo: open my referral again")
    ewa.sees("We have asked Cara.")
    ewa.presses("Call me back")
    ewa.fills(Phone_number="07700 900 123")
    ewa.presses("Please call me")
    ewa.sees("Someone will call you by")
