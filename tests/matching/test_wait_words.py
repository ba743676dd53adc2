"""The words decided for a wait: nothing that could be read as a promise."""

import datetime

import pytest
from django.urls import reverse

from core import clock
from core.actors import system
from matching.forecast.recorded import LEAST_ENDINGS
from matching.models import ForecastRun, WaitForecast
from matching.waits import Wait, wait_words, waits_for
from tests.factories import make_therapist
from tests.support.sign_in import signed_in
from therapists.models import PlaceClaim, Therapist
from therapists.services.places import place_close

ACTOR = system("test")


def forecast_of(therapist: Therapist, *, computed_at: datetime.datetime | None = None) -> None:
    at = computed_at or clock.now()
    run = ForecastRun.objects.create(method="1", computed_at=at, finished_at=at, turns=60, forecasts=1, cases=0)
    WaitForecast.objects.create(
        therapist=therapist,
        run=run,
        computed_at=at,
        median_weeks=[5, 9],
        eight_in_ten_weeks=[7, 14],
        based_on=34,
        open_places=therapist.places.filter(closed_at=None).count(),
        shape=30,
        rate=30,
    )


def fill(therapist: Therapist, *, list_limit: int = 10, on_it: int = 0) -> None:
    """Let somebody have every place of hers; so many wait already."""
    Therapist.objects.filter(pk=therapist.pk).update(list_limit=list_limit, list_entries=on_it)
    for place in therapist.places.all():
        PlaceClaim.objects.create(
            place=place, kind="occupied", holder_type="test", holder_id=place.pk, opened_at=clock.now()
        )


@pytest.mark.parametrize(
    ("wait", "words"),
    [
        (
            Wait(5, 7, 34),
            "Probably about 5 weeks. For 8 people in 10, 7 weeks or less. It could be longer. Based on 34 people.",
        ),
        (
            Wait(1, 1, 10),
            "Probably about 1 week. For 8 people in 10, 1 week or less. It could be longer. Based on 10 people.",
        ),
        (None, "We cannot say yet."),
    ],
)
def test_the_words_as_decided(wait: Wait | None, words: str) -> None:
    assert wait_words(wait) == words


@pytest.fixture
def own_page(ben, db):
    browser = signed_in(ben.user)

    def page() -> str:
        return browser.get(reverse("therapists:places")).content.decode()

    return page


def test_her_own_page_says_what_people_are_told(ben, own_page) -> None:
    assert "What people are told about waiting" in own_page()
    assert "<p>Place free now.</p>" in own_page()
    fill(ben)
    assert "<p>We cannot say yet.</p>" in own_page()
    assert f"once {LEAST_ENDINGS} people have had a place with you" in own_page()
    forecast_of(ben)
    page = own_page()
    assert "<p>Probably about 5 weeks. For 8 people in 10, 7 weeks or less." in page
    assert "worked out every night" in page
    assert "We cannot say yet." not in page


def test_it_says_nothing_after_she_changed_her_places(ben, own_page) -> None:
    fill(ben)
    forecast_of(ben)
    place_close(place=ben.places.first(), actor=ACTOR)
    assert "<p>We cannot say yet.</p>" in own_page()


def test_a_forecast_of_four_days_ago_is_none(ben, own_page) -> None:
    fill(ben)
    forecast_of(ben, computed_at=clock.now() - datetime.timedelta(days=4))
    assert "<p>We cannot say yet.</p>" in own_page()


def test_who_waits_on_her_list_counts_as_ahead(ben, own_page) -> None:
    fill(ben, on_it=1)
    forecast_of(ben)
    assert "<p>Probably about 9 weeks. For 8 people in 10, 14 weeks or less." in own_page()


def test_nobody_can_find_her_while_she_has_neither_a_place_nor_a_list(ben, own_page) -> None:
    fill(ben, list_limit=0)
    forecast_of(ben)
    assert "What people are told" not in own_page()


def test_so_many_ahead_by_therapist(ben) -> None:
    other = make_therapist()
    for one in (ben, other):
        fill(one)
        forecast_of(one)
    found = waits_for([ben.pk, other.pk], as_of=clock.now(), ahead={ben.pk: 1, other.pk: 2})
    assert found == {ben.pk: Wait(9, 14, 34)}, "two ahead are more than the forecast of the other reaches"
    with pytest.raises(ValueError, match="no people ahead"):
        waits_for([ben.pk], as_of=clock.now(), ahead={ben.pk: -1})


def test_nobody_can_find_her_so_nobody_is_told_anything(ben, own_page) -> None:
    Therapist.objects.filter(pk=ben.pk).update(paused=True)
    assert "What people are told" not in own_page()


def test_the_database_refuses_a_forecast_from_too_few(db) -> None:
    from django.db import IntegrityError, transaction

    therapist = make_therapist()
    forecast_of(therapist)
    with pytest.raises(IntegrityError), transaction.atomic():
        WaitForecast.objects.filter(therapist=therapist).update(based_on=LEAST_ENDINGS - 1)
