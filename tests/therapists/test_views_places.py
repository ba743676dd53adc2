"""Places on the pages: added once however often it is sent, offered from when she says, closed after asking."""

import datetime

import pytest
from django.urls import reverse

from core import clock
from tests.factories import make_location, make_place, session_format
from tests.support.sign_in import signed_in
from therapists.models import Place, Therapist
from therapists.selectors.standing import standing

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(ben):
    return signed_in(ben.user)


def add(browser, **data):
    page = reverse("therapists:places_new")
    seen = browser.get(page).context["form"].initial["seen"]
    return browser.post(page, {"seen": seen, "count": "1", "when": "now", **data}, follow=True)


def test_five_places_any_time(browser, ben):
    add(browser, count="5")
    assert ben.places.filter(day=None, available_from=clock.today()).count() == 6


def test_a_double_click_adds_once(browser, ben):
    data = {"seen": "1", "count": "3", "when": "now"}
    for _ in range(2):
        response = browser.post(reverse("therapists:places_new"), data, follow=True)
    assert ben.places.count() == 4
    assert "had already changed" in response.content.decode()


def test_a_place_with_day_time_room_and_date(browser, ben):
    room = make_location(ben)
    ben.formats.add(session_format("in-person"))
    date = {"when": "from_date", "on_day": "8", "on_month": "12", "on_year": str(clock.today().year + 1)}
    add(browser, day="1", time="6pm", session_format=session_format("in-person").pk, location=room.pk, **date)
    place = Place.objects.latest("pk")
    assert (place.day, place.time, place.location) == (1, datetime.time(18), room)
    text = browser.get(reverse("therapists:places")).content.decode()
    assert "Tuesday, 6pm" in text
    assert "From " in text


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"count": "0"}, "Add at least one place"),
        ({"count": "41"}, "at most 40"),
        ({"count": "many"}, "Enter a number"),
        ({"time": "18:00"}, "Choose the day for this time"),
        ({"time": "25:99", "day": "1"}, "Enter a time such as"),
        ({"when": "from_date"}, "Enter the date from which"),
        ({"when": "from_date", "on_day": "1", "on_month": "1", "on_year": "2020"}, "must be today or in the future"),
        ({"location": "999999"}, "Select a valid choice"),
    ],
)
def test_what_cannot_be_is_explained_and_adds_nothing(browser, ben, data, words):
    assert words in add(browser, **data).content.decode()
    assert ben.places.count() == 1


def test_a_room_belongs_to_sessions_in_person(browser, ben):
    room = make_location(ben)
    answer = add(browser, session_format=session_format("video").pk, location=room.pk).content.decode()
    assert "Only sessions in person have a room" in answer


def test_somebody_elses_room_cannot_be_named(browser, ben, cara):
    assert "Select a valid choice" in add(browser, location=make_location(cara).pk).content.decode()


def test_a_place_is_offered_later_not_yet_or_now(browser, ben):
    place = ben.places.get()
    page = reverse("therapists:place_when", args=[place.pk])
    browser.post(page, {"when": "not_yet"})
    assert not standing(ben.pk, as_of=clock.now()).has_place
    browser.post(page, {"when": "now"})
    assert standing(ben.pk, as_of=clock.now()).has_place


def test_closing_asks_first_and_twice_is_once(browser, ben):
    place = ben.places.get()
    page = reverse("therapists:place_close", args=[place.pk])
    assert "Close this place?" in browser.get(page).content.decode()
    browser.post(page)
    closed = Place.objects.get().closed_at
    browser.post(page)
    assert Place.objects.get().closed_at == closed
    assert "You have no places yet" in browser.get(reverse("therapists:places")).content.decode()


def test_pausing_hides_and_can_be_undone(browser, ben):
    browser.post(reverse("therapists:pause"), {"paused": "1"})
    browser.post(reverse("therapists:pause"), {"paused": "1"})
    assert standing(ben.pk, as_of=clock.now()).reasons == ("paused",)
    browser.post(reverse("therapists:pause"), {"paused": "0"})
    assert standing(ben.pk, as_of=clock.now()).listed


def test_the_monthly_limit(browser, ben):
    browser.post(reverse("therapists:limit"), {"monthly_limit": "4"})
    assert Therapist.objects.get(pk=ben.pk).monthly_limit == 4
    assert "Enter a number" in browser.post(reverse("therapists:limit"), {"monthly_limit": "4.5"}).content.decode()
    browser.post(reverse("therapists:limit"), {"monthly_limit": ""})
    assert Therapist.objects.get(pk=ben.pk).monthly_limit is None


def test_forty_places_need_as_many_queries_as_one(
    browser, ben, django_assert_num_queries, django_assert_max_num_queries
):
    with django_assert_max_num_queries(20) as one:
        browser.get(reverse("therapists:places"))
    for _ in range(40):
        make_place(ben, session_format=session_format(), day=1)
    with django_assert_num_queries(len(one)):
        browser.get(reverse("therapists:places"))
