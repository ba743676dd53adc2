"""Ben opens his list, Ewa asks to wait, Ben takes her, a place frees at an ending, and Ewa is offered it.

The real web server, worker, beat, PostgreSQL, Redis and mail; Ben at a desk with script, Ewa on a phone without.
"""

from django.test import Client as Browser
from playwright.sync_api import Page

from core.choices import Role
from core.policy import CLIENT_SESSION_KEY
from referrals.models import Offer, Placement, Referral, WaitingListEntry
from referrals.services.placements import contact_record, go_ahead
from tests.factories import make_therapist, make_user
from tests.journeys.test_whole_road import Staff
from tests.referrals.given import actor_of, client_of, met
from tests.referrals.waiting import waits
from tests.stack.road import travel_to_working_morning
from tests.support.browser import DESKTOP, PHONE, OpenPage, follow
from tests.support.sign_in import sign_in_page
from tests.support.stack import LiveStack
from therapists.models import Therapist


def test_waiting_until_a_place_is_free(live_stack: LiveStack, open_page: OpenPage, axe) -> None:
    travel_to_working_morning(live_stack)
    therapist = full_with_somebody_in_therapy()
    page = open_page(DESKTOP)
    sign_in_page(page, live_stack.base_url, therapist.user)
    ben = Staff(page, live_stack.base_url, axe)
    opens_his_list(ben)
    referral = waits(therapist, given_name="Zdenka")
    takes_her(ben, live_stack, referral)
    ends_with_another(ben, Placement.objects.get(therapist=therapist))
    ewa = as_client(open_page(PHONE, java_script=False), live_stack, referral)
    offer = is_offered_the_place(live_stack, referral)
    answers_yes(ewa, live_stack, offer)
    ben.opens("/caseload/")
    ben.sees("Zdenka")
    ben.sees("Make contact by")
    assert Referral.objects.get(pk=referral.pk).state == Referral.State.MEETING
    assert WaitingListEntry.objects.get(referral=referral).state == WaitingListEntry.State.KEPT


def full_with_somebody_in_therapy() -> Therapist:
    user = make_user(Role.THERAPIST, name="Ben Okafor", email="ben@example.org")
    ben = make_therapist(user=user, display_name="Ben Okafor")
    placement = met(ben)
    contact_record(placement=placement, actor=actor_of(ben))
    go_ahead(placement=placement, side="therapist", actor=actor_of(ben))
    go_ahead(placement=placement, side="client", actor=client_of(placement.referral))
    return ben


def opens_his_list(ben: Staff) -> None:
    ben.opens("/caseload/")
    ben.follows("Waiting list")
    ben.sees("Your list is closed")
    ben.follows("Open it")
    ben.page.get_by_label("Yes, up to the number below").check()
    ben.page.get_by_label("How many people may wait at once").fill("5")
    ben.presses("Save")
    ben.sees("5 more people may ask to wait for you.")


def takes_her(ben: Staff, stack: LiveStack, referral: Referral) -> None:
    stack.wait(
        lambda: any("would like to be on your waiting list" in one.text for one in stack.mails("ben@example.org")),
        "the question by e-mail",
    )
    (mail,) = [one for one in stack.mails("ben@example.org") if "would like to be on your waiting list" in one.text]
    entry = WaitingListEntry.objects.get(referral=referral)
    assert f"/caseload/list/{entry.pk}/" in mail.text
    assert "Zdenka" not in mail.text
    ben.opens("/caseload/")
    ben.follows("Somebody would like to wait for you")
    ben.does_not_see("Zdenka")
    ben.presses("I could take this")
    ben.sees("Zdenka")
    ben.presses("Put them on my list")
    ben.does_not_see("Zdenka")
    ben.opens("/caseload/list/")
    ben.sees("1. Anxiety or worry")
    ben.sees("Next.")


def ends_with_another(ben: Staff, placement: Placement) -> None:
    ben.opens(f"/caseload/people/{placement.pk}/")
    ben.follows("End therapy, and say what happens to the place")
    ben.sees("1 person waits for you.")
    ben.page.get_by_label("We finished as planned").check()
    ben.page.get_by_label("Offer this place now").check()
    ben.presses("End therapy")
    ben.sees("It has ended")


def as_client(page: Page, stack: LiveStack, referral: Referral) -> Page:
    """Be signed in as the client: how she gets in has a journey of its own."""
    browser = Browser()
    session = browser.session
    session[CLIENT_SESSION_KEY] = referral.pk
    session.save()
    page.context.add_cookies(
        [{"name": name, "value": one.value, "url": stack.base_url} for name, one in browser.cookies.items()]
    )
    return page


def is_offered_the_place(stack: LiveStack, referral: Referral) -> Offer:
    """The tick offers it, and the clock starts when the message has gone."""
    told = Offer.objects.filter(referral=referral, awaiting="client", told_at__isnull=False)
    stack.wait(told.exists, "the place offered, and the client told", seconds=60)
    return told.get()


def answers_yes(ewa: Page, stack: LiveStack, offer: Offer) -> None:
    ewa.goto(f"{stack.base_url}/mine/offer/")
    assert "Ben can see you." in ewa.locator("main").inner_text()
    assert Offer.objects.get(pk=offer.pk).state == Offer.State.OPEN
    follow(ewa.get_by_role("button", name="Yes, I would like a first meeting"))
    assert "Ben has said yes to a first meeting" in ewa.locator("main").inner_text()
