"""The road of somebody who waits, in browsers: two lists, "not this time", a yes on her phone; and a yes that is late.

The real web server, worker, beat, PostgreSQL, Redis and mail; Ewa has a narrow phone without JavaScript.
"""

import datetime
import urllib.request
from collections.abc import Callable

import pytest
from django.core.management import call_command
from django.urls import reverse
from playwright.sync_api import Page

from core import clock
from notifications.models import Message
from referrals.models import Offer, Referral, WaitingListEntry
from tests.factories import make_therapist, make_user
from tests.journeys.test_client_journey import Ewa, codes
from tests.journeys.test_whole_road import Staff
from tests.referrals.given import fresh
from tests.referrals.waiting import State, agrees, entry_with, full, offered, place_freed, waits
from tests.stack.road import DONE, travel_to_working_morning
from tests.support.browser import DESKTOP, PHONE, OpenPage, follow
from tests.support.mail import Mail
from tests.support.sign_in import sign_in_page
from tests.support.stack import LiveStack
from therapists.models import Therapist

HERS = "ewa@example.org"
Axe = Callable[[Page], None]


def a_full_practice(name: str) -> Therapist:
    email = f"{name.partition(' ')[0].lower()}@example.org"
    return full(make_therapist(display_name=name, user=make_user("therapist", name=name, email=email)))


def ewa_waits(stack: LiveStack, *therapists: Therapist) -> Referral:
    """She has sent her referral, and whoever she would wait for has agreed."""
    referral = waits(*therapists, email=HERS)
    for therapist in therapists:
        agrees(referral, therapist)
    mail_saying(stack, "you are on the waiting list")
    return fresh(referral)


def mail_saying(stack: LiveStack, words: str) -> Mail:
    """The newest mail to her with these words, once it has arrived."""

    def found() -> list[Mail]:
        return [one for one in stack.mails(HERS) if words in one.text]

    stack.wait(found, f"a mail to her that says “{words}”")
    return found()[-1]


def opens_from(ewa: Ewa, stack: LiveStack, mail: Mail, referral: Referral) -> None:
    """Follow the one link in the mail, and prove with a code that the referral is hers where that is asked."""
    (link,) = mail.links
    ewa.opens(link.removeprefix(stack.base_url))
    if "/sign-in/" not in ewa.page.url:
        return
    before = sum(one.has_code for one in stack.mails(HERS))
    born = datetime.date.fromisoformat(referral.client.date_of_birth)
    ewa.fills(Your_reference=referral.reference, Day=str(born.day), Month=str(born.month), Year=str(born.year))
    ewa.presses("Send me a code")
    ewa.page.get_by_label("The 6 numbers in the message").fill(codes(stack, before + 1)[-1])
    ewa.goes_on()


def a_machine_follows(mail: Mail) -> None:
    """A mail scanner opens every link it finds."""
    for link in mail.links:
        urllib.request.urlopen(link, timeout=10).read()


@pytest.fixture
def stack(live_stack: LiveStack) -> LiveStack:
    travel_to_working_morning(live_stack)
    call_command("load_reference", verbosity=0)
    return live_stack


def test_two_lists_not_this_time_and_a_yes_on_her_phone(stack: LiveStack, open_page: OpenPage, axe: Axe) -> None:
    ben, cara = a_full_practice("Ben Okafor"), a_full_practice("Cara Hughes")
    referral = ewa_waits(stack, ben, cara)
    ewa = Ewa(open_page(PHONE, java_script=False), stack.base_url, axe)
    opens_from(ewa, stack, mail_saying(stack, "for a place with Cara"), referral)
    ewa.sees("You are waiting for Ben and Cara.")

    place_freed(ben)
    mail = mail_saying(stack, "Ben can see you.")
    a_machine_follows(mail)
    assert offered(referral) is not None, "a machine has answered for her"
    opens_from(ewa, stack, mail, referral)
    ewa.sees("Your places on other lists are kept until you and Ben both go ahead.")
    ewa.presses("Not this time, keep my place")
    ewa.sees("You keep your place on Ben’s list.")
    mail_saying(stack, "You keep your place on Ben’s list.")

    place_freed(cara)
    opens_from(ewa, stack, mail_saying(stack, "Cara can see you."), referral)
    ewa.presses("Yes, I would like a first meeting")
    ewa.sees("Cara has said yes to a first meeting and will contact you by")
    ewa.sees("Your places on other lists are kept until you both go ahead: Ben.")
    ewa.sees("Set aside while you have a first meeting.")

    assert cara.user is not None
    staff = Staff(open_page(DESKTOP), stack.base_url, axe)
    sign_in_page(staff.page, stack.base_url, cara.user)
    both_go_ahead(ewa, staff, referral)
    assert fresh(referral).state == Referral.State.IN_THERAPY
    assert entry_with(referral, cara).state == State.PLACED
    assert entry_with(referral, ben).state == State.LEFT
    assert not WaitingListEntry.objects.filter(referral=referral, state__in=WaitingListEntry.LIVE).exists()
    one_distinct_message_each(stack)


def both_go_ahead(ewa: Ewa, cara: Staff, referral: Referral) -> None:
    """Cara says that they have met and that she would go on; Ewa says so too."""
    cara.opens(reverse("caseload:placement", args=[referral.placements.get().pk]))
    cara.follows("I have been in touch")
    follow(cara.page.get_by_role("main").get_by_role("button").first)
    cara.presses("I would like to go on")
    ewa.page.reload()
    ewa.presses("I would like to go ahead")
    ewa.sees("You and Cara have both said that you want to go on.")
    assert "Where you wait" not in ewa.page.locator("body").inner_text()


def test_silence_then_a_late_yes(stack: LiveStack, open_page: OpenPage, axe: Axe) -> None:
    ben = a_full_practice("Ben Okafor")
    referral = ewa_waits(stack, ben)
    place_freed(ben)
    mail_saying(stack, "Ben can see you.")
    stack.wait(lambda: told(referral), "her time to answer has begun")
    offer = offered(referral)
    assert offer is not None
    stack.travel(offer.expires_at - clock.now() + datetime.timedelta(minutes=1))
    mail = mail_saying(stack, "That place has gone to someone else.")
    assert "You are still on Ben’s list and your wait still counts from" in mail.text

    ewa = Ewa(open_page(PHONE, java_script=False), stack.base_url, axe)
    opens_from(ewa, stack, mail, referral)
    ewa.opens("/mine/offer/")
    ewa.sees("That place has gone to someone else.")
    ewa.presses("Yes, I still want a place")
    ewa.sees("The next place with Ben that fits you is offered to you in turn.")
    stack.wait(lambda: offered(referral), "the place is offered to her again")
    ewa.opens("/mine/offer/")
    ewa.sees("Ben can see you.")
    ewa.presses("Yes, I would like a first meeting")
    ewa.sees("Ben has said yes to a first meeting and will contact you by")
    assert Offer.objects.filter(referral=referral).count() == 2
    one_distinct_message_each(stack)


def told(referral: Referral) -> bool:
    offer = offered(referral)
    return offer is not None and offer.told_at is not None


def one_distinct_message_each(stack: LiveStack) -> None:
    stack.wait(lambda: not Message.objects.exclude(state__in=DONE).exists(), "every message sent", seconds=60)
    rows = list(Message.objects.filter(state=Message.State.SENT).values_list("message_id", flat=True))
    arrived = [one.message_id for one in stack.mails()]
    assert sorted(arrived) == sorted(rows)
    assert len(set(arrived)) == len(arrived)
