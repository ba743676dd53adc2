"""Her own page: how often she was shown, what that says, and nothing of anybody else."""

import datetime as dt

import pytest
from django.urls import reverse

from core import clock
from matching.models import Exposure
from tests.support.browser import DESKTOP, PHONE
from tests.support.look import look
from tests.support.sign_in import sign_in_page, signed_in
from therapists.models import Place, Therapist


def shown(therapist: Therapist, times: int, fair: float, spread: float = 100.0, *, days_ago: int = 1) -> None:
    day = clock.today() - dt.timedelta(days=days_ago)
    Exposure.objects.create(therapist=therapist, day=day, shown=times, fair=fair, spread=spread)


def text(therapist: Therapist) -> str:
    return " ".join(signed_in(therapist.user).get(reverse("caseload:exposure")).content.decode().split())


@pytest.mark.django_db
def test_four_weeks_until_yesterday_are_added_up(ben: Therapist, cara: Therapist) -> None:
    shown(ben, 200, 190.2, 150)
    shown(ben, 14, 18.9, 15, days_ago=28)
    shown(ben, 5_000, 5_000, days_ago=29)
    shown(ben, 6_000, 6_000, days_ago=0)
    shown(cara, 777, 888)
    page = text(ben)
    assert "<dd>214</dd>" in page and "<dd>209</dd>" in page
    assert "differ by no more than chance" in page
    assert "on 2 of the 28 days" in page
    assert "777" not in page and "888" not in page


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("times", "fair", "spread", "words"),
    [
        (2, 3.4, 3, "too little to compare"),
        (0, 9.9, 9, "too little to compare"),
        (40, 40, 0, "differ by no more than chance"),
        (130, 100, 101, "differ by no more than chance"),
        (131, 100, 100, "more than chance explains"),
        (69, 100, 100, "fewer than chance explains"),
        (0, 0.2, 0.2, "less than 1"),
    ],
)
def test_the_words_say_no_more_than_the_figures(ben, times, fair, spread, words) -> None:
    shown(ben, times, fair, spread)
    assert words in text(ben)


@pytest.mark.django_db
def test_somebody_who_cannot_be_shown_reads_why(ben: Therapist) -> None:
    assert "no place free" not in text(ben)
    Place.objects.filter(therapist=ben).delete()
    assert "no place free" in text(ben)
    Therapist.objects.filter(pk=ben.pk).update(paused=True)
    assert "People cannot find you at the moment." in text(ben)
    assert "<dd>0</dd>" in text(ben)


@pytest.mark.django_db
def test_today_leads_there_and_the_page_asks_little(ben, django_assert_max_num_queries) -> None:
    browser = signed_in(ben.user)
    assert reverse("caseload:exposure") in browser.get(reverse("caseload:today")).content.decode()
    for days_ago in range(1, 29):
        shown(ben, 10, 10, days_ago=days_ago)
    with django_assert_max_num_queries(14):
        browser.get(reverse("caseload:exposure"))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_how_it_looks(live_server, open_page, axe, ben, cara, width) -> None:
    shown(ben, 214, 209.3, 180)
    page = open_page(width)
    sign_in_page(page, live_server.url, ben.user)
    look(page, live_server.url + reverse("caseload:exposure"), axe, "caseload_exposure")
    Therapist.objects.filter(pk=cara.pk).update(paused=True)
    other = open_page(width)
    sign_in_page(other, live_server.url, cara.user)
    look(other, live_server.url + reverse("caseload:exposure"), axe, "caseload_exposure_empty")
