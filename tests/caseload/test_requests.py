"""Answering a request on the pages: what she sees grows step by step, and ends with a no. Ben's are never Cara's."""

import datetime

import pytest
from django.urls import reverse

from core import clock
from core.models import AccessEntry
from referrals.models import Exclusion, Offer, Placement
from tests.factories import make_place
from tests.referrals.given import open_offer, sent, state
from tests.support.sign_in import signed_in
from therapists.models import Therapist

pytestmark = pytest.mark.django_db


@pytest.fixture
def referral(ben, cara):
    return sent(ben, cara)


@pytest.fixture
def offer(referral):
    return open_offer(referral)


def page(offer, name="request"):
    return reverse(f"caseload:{name}", args=[offer.pk])


def test_the_summary_names_nobody_and_hides_own_words_without_permission(ben, offer, referral):
    text = signed_in(ben.user).get(page(offer)).content.decode()
    assert "To sleep again" in text
    assert "I could take this" in text
    client = referral.client
    for secret in (client.given_name, client.family_name, client.postcode, client.email, "My very own words"):
        assert secret not in text


def test_the_conflict_check_shows_name_age_and_area_and_is_recorded(ben, offer, referral):
    browser = signed_in(ben.user)
    browser.post(page(offer, "request_interest"))
    text = browser.get(page(offer)).content.decode()
    assert referral.client.family_name in text
    assert "LS6" in text
    assert referral.client.email not in text
    assert AccessEntry.objects.filter(object_id=str(referral.client_id), purpose="conflict_check").exists()


def test_an_offer_of_a_first_meeting_leads_to_the_person_however_often_it_is_sent(ben, offer, referral):
    browser = signed_in(ben.user)
    browser.post(page(offer, "request_interest"))
    browser.post(page(offer, "request_interest"))
    for _ in range(3):
        response = browser.post(page(offer, "request_meeting"), follow=True)
        assert response.redirect_chain[-1][0] == reverse("caseload:placement", args=[Placement.objects.get().pk])
    assert referral.client.email in response.content.decode()
    assert state(referral) == "meeting"


def test_a_meeting_cannot_be_offered_before_the_check(ben, offer, referral):
    response = signed_in(ben.user).post(page(offer, "request_meeting"), follow=True)
    assert "has changed in the meantime" in response.content.decode()
    assert state(referral) == "requested"


def test_a_no_needs_a_code_and_takes_everything_away(ben, offer, referral):
    browser = signed_in(ben.user)
    response = browser.post(page(offer, "request_decline"), {})
    assert response.status_code == 200
    assert "Choose a reason" in response.content.decode()
    assert "other" not in [value for value, _ in response.context["form"].fields["code"].choices]
    browser.post(page(offer, "request_decline"), {"code": "times"})
    browser.post(page(offer, "request_decline"), {"code": "times"})
    assert Offer.objects.get(pk=offer.pk).state == "declined"
    over = browser.get(page(offer)).content.decode()
    assert "This request has ended" in over
    assert "To sleep again" not in over
    assert open_offer(referral).therapist.display_name == "Cara Hughes"


def test_knowing_the_person_is_one_press_and_never_counted(ben, offer, referral):
    signed_in(ben.user).post(page(offer, "request_known"))
    assert Exclusion.objects.filter(client_id=referral.client_id, therapist=ben, side="therapist").exists()
    assert Offer.objects.get(pk=offer.pk).code == "known"


def test_a_request_past_its_time_says_so_kindly_and_does_nothing(ben, offer, referral, now):
    browser = signed_in(ben.user)
    browser.post(page(offer, "request_interest"))
    now.move(datetime.timedelta(days=7))
    text = browser.get(page(offer)).content.decode()
    assert "The time to answer was" in text
    assert referral.client.family_name not in text
    browser.post(page(offer, "request_meeting"))
    assert not Placement.objects.exists()


def test_somebody_not_listed_any_more_is_told_why_on_today(ben, offer):
    Therapist.objects.filter(pk=ben.pk).update(paused=True)
    browser = signed_in(ben.user)
    response = browser.post(page(offer, "request_interest"), follow=True)
    assert "cannot take anybody new" in response.content.decode()
    assert "You have paused new people" in browser.get(reverse("caseload:today")).content.decode()


@pytest.mark.parametrize("name", ["request", "request_decline"])
def test_cara_cannot_open_bens_request(cara, offer, name):
    assert signed_in(cara.user).get(page(offer, name)).status_code == 404


@pytest.mark.parametrize("name", ["request_interest", "request_meeting", "request_known", "request_decline"])
def test_cara_cannot_answer_bens_request(cara, offer, name):
    assert signed_in(cara.user).post(page(offer, name), {"code": "full"}).status_code == 404
    assert Offer.objects.get(pk=offer.pk).state == "open"
    assert Offer.objects.get(pk=offer.pk).interested_at is None


def test_opening_a_request_notes_when_it_was_first_seen(ben, offer, now):
    browser = signed_in(ben.user)
    browser.get(page(offer))
    first = clock.now()
    now.move(datetime.timedelta(minutes=5))
    browser.get(page(offer))
    assert Offer.objects.get(pk=offer.pk).seen_at == first


def test_funding_and_fee_are_said(ben, cara, offer):
    assert "£50 a session" in signed_in(ben.user).get(page(offer)).content.decode()


def test_today_needs_as_many_queries_for_ten_requests_as_for_one(ben, offer, django_assert_max_num_queries):
    browser = signed_in(ben.user)
    for _ in range(9):
        make_place(ben)
        sent(ben)
    with django_assert_max_num_queries(20) as found:
        response = browser.get(reverse("caseload:today"))
    assert response.content.decode().count("Somebody asks for you") == 10
    many = len(found)
    Offer.objects.exclude(pk=offer.pk).update(state="declined")
    with django_assert_max_num_queries(20) as found:
        browser.get(reverse("caseload:today"))
    assert len(found) == many
