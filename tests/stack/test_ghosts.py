"""Somebody who does not answer, and somebody who does not come back, with the real worker, mail server and pages."""

import datetime

from playwright.sync_api import expect

from core import clock
from referrals.models import Offer, Referral
from tests.referrals.given import open_offer, sent, state
from tests.stack.road import travel_to_working_morning
from tests.support import mail
from tests.support.browser import PHONE, OpenPage, follow
from tests.support.stack import LiveStack
from therapists.models import Therapist
from therapists.selectors.standing import standing
from therapists.services.confirmations import confirmations_ask

BENS = "ben@example.org"
MINUTE = datetime.timedelta(minutes=1)


def reasons(therapist: Therapist) -> tuple[str, ...]:
    return standing(therapist.pk, as_of=clock.now()).reasons


def told_so(stack: LiveStack) -> list[mail.Mail]:
    return [one for one in stack.mails(BENS) if "people cannot find you" in one.subject]


def left_unanswered(stack: LiveStack, ben: Therapist) -> Referral:
    """A request reaches Ben, and its time passes."""
    referral = sent(ben)
    request = open_offer(referral)
    before = len(stack.mails(BENS))
    stack.wait_mails(before + 1, to=BENS)
    stack.travel(request.expires_at - clock.now() + MINUTE)
    lapsed = Offer.objects.filter(pk=request.pk, state=Offer.State.LAPSED)
    stack.wait(lapsed.exists, "the request lapsing")
    return referral


def test_two_requests_that_reached_her_and_had_no_answer_unlist_her_and_she_is_told(
    live_stack: LiveStack, ben: Therapist
) -> None:
    travel_to_working_morning(live_stack)
    Therapist.objects.filter(pk=ben.pk).update(confirmed_at=clock.now())
    left_unanswered(live_stack, ben)
    assert reasons(ben) == ()
    live_stack.travel(datetime.timedelta(hours=16))
    left_unanswered(live_stack, ben)
    assert reasons(ben) == ("unanswered",)
    live_stack.travel(datetime.timedelta(hours=16))
    live_stack.wait(lambda: told_so(live_stack), "the message to her")
    assert len(told_so(live_stack)) == 1
    assert state(sent(ben)) == "choosing"


def test_a_link_from_her_mail_brings_her_back_without_script_or_signing_in(
    live_stack: LiveStack, ben: Therapist, open_page: OpenPage
) -> None:
    travel_to_working_morning(live_stack)
    Therapist.objects.filter(pk=ben.pk).update(confirmed_at=clock.now() - datetime.timedelta(days=15))
    assert reasons(ben) == ("not_confirmed",)
    assert confirmations_ask() == 1
    assert confirmations_ask() == 0
    (written,) = live_stack.wait_mails(to=BENS)
    assert written.subject == "Rapport: people cannot find you at the moment"
    link = next(one for one in written.links if "still-taking" in one)
    page = open_page(PHONE, java_script=False)
    page.goto(link)
    assert reasons(ben) == ("not_confirmed",)
    follow(page.get_by_role("button", name="Yes, I am taking people as my page says"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you. People can find you.")
    assert reasons(ben) == ()
