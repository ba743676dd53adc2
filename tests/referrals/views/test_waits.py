"""What a client reads about the wait for somebody who has no place now."""

import datetime

import pytest
from django.test import Client
from django.urls import reverse

from core import clock
from core.policy import CLIENT_SESSION_KEY
from matching.models import WaitForecast
from tests.factories import make_therapist
from tests.matching.test_wait_words import fill, forecast_of
from tests.referrals import given
from tests.referrals.views.walkers import with_answers
from tests.support.browser import DESKTOP, PHONE
from tests.support.look import look
from tests.support.sign_in import sign_in_page
from therapists.models import Therapist

pytestmark = pytest.mark.django_db
FORECAST = "Probably about 5 weeks. For 8 people in 10, 7 weeks or less. It could be longer. Based on 34 people."


@pytest.fixture
def cara(db):
    return make_therapist(display_name="Cara Hughes")


def page_of(client, therapist) -> str:
    response = client.get(reverse("referrals:therapist", args=[therapist.pk]))
    assert response.status_code == 200
    return response.content.decode().split("<main")[1].split("</main")[0]


def test_a_free_place_is_said_and_nothing_about_weeks(client, cara) -> None:
    forecast_of(cara)
    with_answers(client)
    page = page_of(client, cara)
    assert "Place free now." in page
    assert "Probably" not in page


def test_without_a_place_the_forecast_with_its_count(client, cara) -> None:
    forecast_of(cara)
    fill(cara)
    with_answers(client)
    page = page_of(client, cara)
    assert "No place now." in page
    assert f"How long until there is one? {FORECAST}" in page
    assert reverse("referrals:choose", args=[cara.pk]) not in page
    assert "See people who have a place now" in page, "nobody is left with weeks alone"


def test_without_a_forecast_nobody_guesses(client, cara) -> None:
    fill(cara)
    with_answers(client)
    assert "How long until there is one? We cannot say yet." in page_of(client, cara)
    forecast_of(cara)
    WaitForecast.objects.update(computed_at=clock.now() - datetime.timedelta(days=3, minutes=1))
    assert "How long until there is one? We cannot say yet." in page_of(client, cara)


def test_whoever_is_not_listed_has_no_wait(client, cara) -> None:
    forecast_of(cara)
    fill(cara)
    Therapist.objects.filter(pk=cara.pk).update(paused=True)
    with_answers(client)
    page = page_of(client, cara)
    assert "See the people who fit" in page
    assert "weeks" not in page


def test_who_was_asked_has_a_place_for_her_who_asked(client, cara) -> None:
    """Her only place is held for this client: to read of weeks would be wrong, and would frighten."""
    forecast_of(cara)
    referral = given.sent(cara)
    session = client.session
    session[CLIENT_SESSION_KEY] = referral.pk
    session.save()
    client.post(reverse("referrals:change_choices"))
    page = page_of(client, cara)
    assert "We have asked Cara." in page
    assert "A place is held for you meanwhile." in page
    assert "No place now" not in page and "weeks" not in page


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_how_it_looks(live_server, open_page, axe, ben, width) -> None:
    """Her page for clients while she is full, and her own page of places."""
    fill(ben)
    forecast_of(ben)
    page = open_page(width)
    visitor = Client()
    with_answers(visitor)
    page.context.add_cookies(
        [{"name": "sessionid", "value": visitor.cookies["sessionid"].value, "url": live_server.url}]
    )
    look(page, live_server.url + reverse("referrals:therapist", args=[ben.pk]), axe, "wait_therapist")
    own = open_page(width)
    sign_in_page(own, live_server.url, ben.user)
    look(own, live_server.url + reverse("therapists:places"), axe, "wait_places")
    WaitForecast.objects.all().delete()
    look(own, live_server.url + reverse("therapists:places"), axe, "wait_places_unknown")
