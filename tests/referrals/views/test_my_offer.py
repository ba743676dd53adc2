"""A place offered to her: looking answers nothing, three answers, and what is said when it is late or gone."""

import datetime

import pytest
from django.urls import reverse

from core import clock
from core.clock import LONDON, Frozen
from referrals.models import Offer
from referrals.services.offers import offer_accept, offer_keep_place
from referrals.tasks import tick
from tests.factories import make_funder, session_format
from tests.referrals.given import client_of, fresh, state
from tests.referrals.views.test_my_lists import browser_of, page, press
from tests.referrals.waiting import State, entry_with, full, listed, place_freed, told
from therapists.models import Place, Registration, Therapist

pytestmark = pytest.mark.django_db
OFFER = reverse("referrals:my_offer")
YES, KEEP = "Yes, I would like a first meeting", "Not this time, keep my place"


def shaped(place: Place, **fields: object) -> None:
    Place.objects.filter(pk=place.pk).update(**fields)


def waits_with_a_place(ben: Therapist):
    referral = listed(full(ben))
    place_freed(ben)
    return referral, told(referral)


def lapses(now: Frozen, offer: Offer) -> None:
    now.at = offer.expires_at + datetime.timedelta(seconds=1)
    Therapist.objects.update(confirmed_at=clock.now())
    tick()


def test_the_words_decided(ben: Therapist) -> None:
    referral = listed(full(ben))
    place = place_freed(ben)
    video = session_format("video")
    shaped(place, day=1, time=datetime.time(18), session_format=video, available_from=datetime.date(2026, 11, 23))
    told(referral)
    said = page(browser_of(referral), OFFER)
    assert "There is a place for you" in said
    assert "Ben can see you. Tuesdays, 6pm, video." in said
    assert "£50 a session." in said
    assert "Held for you until Wednesday 25 November, 10am. If you do not answer you stay on the list." in said
    assert YES in said and KEEP in said and "Stop waiting for Ben" in said
    assert page(browser_of(referral)).count("Ben can see you.") == 1, "and on her own page"


def test_a_later_beginning_is_said(ben: Therapist) -> None:
    referral, offer = waits_with_a_place(ben)
    shaped(offer.claim.place, available_from=datetime.date(2026, 12, 8))
    assert "from 8 December." in page(browser_of(referral), OFFER)


def test_who_pays_is_said(ben: Therapist) -> None:
    fund = make_funder(name="Leeds community fund")
    ben.contracts.create(funder=fund, starts_on=datetime.date(2026, 1, 1))
    referral = listed(full(ben), paying=fund.slug)
    place_freed(ben)
    told(referral)
    assert "Free to you, up to 8 sessions. Leeds community fund pays." in page(browser_of(referral), OFFER)


def test_looking_answers_nothing_whoever_looks(ben: Therapist) -> None:
    referral, offer = waits_with_a_place(ben)
    browser = browser_of(referral)
    before = Offer.objects.values().get(pk=offer.pk)
    for name in ("my_offer", "my_offer_stop", "my_referral"):
        browser.get(reverse(f"referrals:{name}"))
    for name in ("my_offer_answer", "my_offer_late"):
        query = {"answer": "accept", "offer": offer.pk}
        assert browser.get(reverse(f"referrals:{name}"), query).status_code == 405
    assert Offer.objects.values().get(pk=offer.pk) == before
    assert state(referral) == "offered"


def test_before_the_message_is_out_the_time_printed_only_grows(ben: Therapist, now: Frozen) -> None:
    referral = listed(full(ben))
    place_freed(ben)
    now.at = datetime.datetime(2026, 11, 23, 23, 40, 30, tzinfo=LONDON)
    tick()
    said = page(browser_of(referral), OFFER)
    assert "Held for you until Wednesday 25 November, 8pm." in said
    offer = Offer.objects.get(awaiting="client")
    assert offer.told_at is None and offer.expires_at >= datetime.datetime(2026, 11, 25, 20, tzinfo=LONDON)


def test_yes(ben: Therapist, cara: Therapist) -> None:
    referral = listed(full(ben), full(cara))
    place_freed(ben)
    offer = told(referral)
    browser = browser_of(referral)
    assert "Your places on other lists are kept until you and Ben both go ahead. Then they end." in page(browser, OFFER)
    said = press(browser, "my_offer_answer", answer="accept", offer=offer.pk)
    assert "Thank you. We have told Ben." in said
    assert "Ben has said yes to a first meeting and will contact you by" in said
    assert state(referral) == "meeting"
    assert "Ben has said yes" in page(browser, OFFER), "an old link leads to how things stand"
    again = press(browser, "my_offer_answer", answer="accept", offer=offer.pk)
    assert "Ben has said yes" in again
    assert referral.placements.count() == 1


def test_with_one_list_nothing_is_said_about_others(ben: Therapist) -> None:
    referral, _offer = waits_with_a_place(ben)
    assert "Your places on other lists" not in page(browser_of(referral), OFFER)


def test_not_this_time(ben: Therapist) -> None:
    referral, offer = waits_with_a_place(ben)
    said = press(browser_of(referral), "my_offer_answer", answer="keep", offer=offer.pk)
    assert "Thank you for telling us. You keep your place on Ben’s list." in said
    assert "We offer you no place with Ben before Monday 7 December." in said
    assert "Your wait counts from Monday 23 November." in said
    assert "I still want a place" not in said
    assert entry_with(referral, ben).state == State.LISTED


def test_stop_asks_once_and_can_be_undone(ben: Therapist) -> None:
    referral, offer = waits_with_a_place(ben)
    browser = browser_of(referral)
    said = page(browser, reverse("referrals:my_offer_stop"))
    assert "Do you want to stop waiting for Ben?" in said
    assert "you can go back to the list until Friday 27 November, 10am." in said
    leave = reverse("referrals:my_list_leave", args=[entry_with(referral, ben).pk])
    assert "Do you want to stop waiting for Ben?" in page(browser, leave)
    assert state(referral) == "offered"
    said = press(browser, "my_offer_answer", answer="stop", offer=offer.pk)
    assert "You are not waiting for Ben any more." in said and "Undo: wait again" in said
    assert entry_with(referral, ben).state == State.LEFT
    said = press(browser, "my_list_undo", entry_with(referral, ben).pk)
    assert "You are waiting for Ben." in said


def test_late_she_is_told_kindly_and_can_still_say_yes(ben: Therapist, now: Frozen) -> None:
    referral, offer = waits_with_a_place(ben)
    browser = browser_of(referral)
    now.at = offer.expires_at
    assert YES in page(browser, OFFER), "the very second still counts"
    now.move(datetime.timedelta(seconds=1))
    said = press(browser, "my_offer_answer", answer="accept", offer=offer.pk)
    assert "The time to answer is over. You stay on the list." in said and YES not in said
    lapses(now, offer)
    said = page(browser, OFFER)
    assert (
        "That place has gone to someone else." in said
        and "You are still on Ben’s list and your wait still counts from Monday 23 November." in said
    )
    assert "Yes, I still want a place" in said and YES not in said
    assert "Yes, I still want a place" in page(browser), "and on her own page"
    said = press(browser, "my_offer_late", offer=offer.pk)
    assert "Thank you. The next place with Ben that fits you is offered to you in turn." in said
    assert "I still want a place" not in said
    tick()
    assert "Ben can see you." in page(browser, OFFER)


def test_a_yes_to_an_old_page_is_no_yes_to_a_new_place(ben: Therapist, now: Frozen) -> None:
    referral, old = waits_with_a_place(ben)
    browser = browser_of(referral)
    lapses(now, old)
    press(browser, "my_offer_late", offer=old.pk)
    tick()
    said = press(browser, "my_offer_answer", answer="accept", offer=old.pk)
    assert state(referral) == "offered" and "There is a place for you" in said
    assert not referral.placements.exists()


def test_a_therapist_who_may_not_be_listed_cannot_be_said_yes_to(ben: Therapist) -> None:
    referral, offer = waits_with_a_place(ben)
    browser = browser_of(referral)
    Registration.objects.filter(therapist=ben).update(status=Registration.Status.SUSPENDED)
    said = page(browser, OFFER)
    assert "Ben cannot see people through Rapport at the moment, so you cannot say yes just now." in said
    assert YES not in said and "suspended" not in said.lower()
    press(browser, "my_offer_answer", answer="accept", offer=offer.pk)
    assert state(referral) == "offered" and not referral.placements.exists()
    tick()
    said = page(browser, OFFER)
    assert "the place with Ben that we told you about cannot be given at the moment" in said
    assert YES not in said
    assert "Cannot see people through Rapport at the moment" in page(browser)


@pytest.mark.parametrize("sent", [{}, {"answer": "yes"}, {"answer": "accept"}, {"answer": "accept", "offer": "9" * 30}])
def test_what_is_no_answer_is_not_found(ben: Therapist, sent: dict[str, str]) -> None:
    referral, _offer = waits_with_a_place(ben)
    assert browser_of(referral).post(reverse("referrals:my_offer_answer"), sent).status_code == 404
    assert browser_of(referral).post(reverse("referrals:my_offer_late"), {"offer": "x"}).status_code == 404


def test_nobody_answers_for_somebody_else(ben: Therapist, cara: Therapist) -> None:
    referral, offer = waits_with_a_place(ben)
    other = browser_of(listed(full(cara)))
    for answer in ("accept", "keep", "stop"):
        sent = {"answer": answer, "offer": offer.pk}
        assert other.post(reverse("referrals:my_offer_answer"), sent).status_code == 404
    assert other.post(reverse("referrals:my_offer_late"), {"offer": offer.pk}).status_code == 404
    assert state(referral) == "offered"


def test_without_an_offer_the_page_leads_to_how_things_stand(ben: Therapist) -> None:
    referral = listed(full(ben))
    assert "You are waiting for Ben." in page(browser_of(referral), OFFER)
    assert "You are waiting for Ben." in page(browser_of(referral), reverse("referrals:my_offer_stop"))


def test_after_keep_the_link_leads_to_how_things_stand(ben: Therapist) -> None:
    referral, offer = waits_with_a_place(ben)
    offer_keep_place(offer=offer, actor=client_of(referral))
    assert "You are waiting for Ben." in page(browser_of(referral), OFFER)


def test_a_stop_of_everything_while_a_place_is_offered(ben: Therapist) -> None:
    referral, offer = waits_with_a_place(ben)
    browser = browser_of(referral)
    press(browser, "stop")
    said = page(browser, OFFER)
    assert YES not in said
    press(browser, "my_offer_answer", answer="accept", offer=offer.pk)
    assert fresh(referral).state == "closed"


def test_once_she_has_said_yes_elsewhere_there_is_nothing_to_answer(ben: Therapist) -> None:
    referral, offer = waits_with_a_place(ben)
    offer_accept(offer=offer, actor=client_of(referral))
    said = press(browser_of(referral), "my_offer_answer", answer="stop", offer=offer.pk)
    assert "Ben has said yes to a first meeting" in said
    assert state(referral) == "meeting"
