"""The report of exposure: the distribution, the extremes, the file, for those who coordinate."""

import csv
import datetime as dt
from io import StringIO
from random import Random

import pytest
from django.urls import reverse

from core import clock
from matching.models import Exposure, ExposureDay
from matching.selectors import exposure as selectors
from matching.selectors.exposure import exposure_report
from tests.factories import make_therapist
from tests.support.browser import DESKTOP, PHONE
from tests.support.look import look
from tests.support.sign_in import sign_in_page, signed_in
from therapists.models import Therapist

PAGE, FILE = "referrals:desk_exposure", "referrals:desk_exposure_file"


def yesterday() -> dt.date:
    return clock.today() - dt.timedelta(days=1)


def by_lots(count: int = 60, seed: int = 1) -> list[Therapist]:
    """Therapists whose counts differ from their share of 100 by lots alone, and yesterday's 700 lists."""
    random = Random(seed)
    therapists = [make_therapist(display_name=f"Therapist number {n}") for n in range(count)]
    Exposure.objects.bulk_create(
        Exposure(therapist=one, day=yesterday(), shown=round(random.gauss(100, 9)), fair=100, spread=81)
        for one in therapists
    )
    ExposureDay.objects.create(day=yesterday(), views=700)
    return therapists


@pytest.mark.django_db
def test_lots_look_like_lots_and_a_favourite_stands_out(dev) -> None:
    therapists = by_lots()
    report = exposure_report()
    assert (report.lists, report.therapists, report.compared) == (700, 60, 60)
    assert report.ratio is not None and 0.7 < report.ratio < 1.4
    assert sum(band.count for band in report.bands) == 60
    assert abs(sum(band.by_lots for band in report.bands) - 100) < 1e-9
    Exposure.objects.filter(therapist=therapists[7]).update(shown=190)
    Exposure.objects.filter(therapist=therapists[9]).update(shown=10)
    report = exposure_report()
    assert report.most[0][0].off == 10.0 and report.most[0][1] == "Therapist number 7"
    assert report.least[0][0].off == -10.0 and report.least[0][1] == "Therapist number 9"
    assert report.ratio is not None and report.ratio > 3
    page = signed_in(dev).get(reverse(PAGE)).content.decode()
    assert "Therapist number 7" in page and "700" in page


@pytest.mark.django_db
def test_nobody_stands_at_the_wrong_end() -> None:
    over, under, level = make_therapist(), make_therapist(), make_therapist()
    for therapist, shown in ((over, 110), (under, 90), (level, 100)):
        Exposure.objects.create(therapist=therapist, day=yesterday(), shown=shown, fair=100, spread=81)
    report = exposure_report()
    assert [line.therapist_id for line, _name in report.most] == [over.pk]
    assert [line.therapist_id for line, _name in report.least] == [under.pk]
    assert report.compared == 3


@pytest.mark.django_db
def test_small_shares_are_counted_and_not_judged(dev) -> None:
    Exposure.objects.create(therapist=make_therapist(), day=yesterday(), shown=9, fair=0.5, spread=0.4)
    report = exposure_report()
    assert (report.therapists, report.compared, report.ratio, report.most) == (1, 0, None, [])
    assert "large enough yet" in signed_in(dev).get(reverse(PAGE)).content.decode()


@pytest.mark.django_db
def test_nothing_counted_says_so(dev) -> None:
    assert "No list was counted" in signed_in(dev).get(reverse(PAGE)).content.decode()


@pytest.mark.django_db
def test_the_file_holds_everybody_and_no_formula(dev, monkeypatch) -> None:
    monkeypatch.setattr(selectors, "CHUNK", 25)
    therapists = by_lots(60)
    Therapist.objects.filter(pk=therapists[0].pk).update(display_name='=HYPERLINK("x")')
    answer = signed_in(dev).get(reverse(FILE))
    assert answer["Content-Type"].startswith("text/csv") and "attachment" in answer["Content-Disposition"]
    text = b"".join(answer.streaming_content).decode().removeprefix("\ufeff")
    heading, *rows = csv.reader(StringIO(text))
    assert [int(row[0]) for row in rows] == sorted(therapist.pk for therapist in therapists)
    assert rows[0][1] == '\'=HYPERLINK("x")'
    assert heading[2:4] == ["Shown", "Fair share"] and rows[0][3] == "100.0"


@pytest.mark.django_db
def test_no_more_queries_for_more_therapists(dev, django_assert_max_num_queries) -> None:
    by_lots(40)
    with django_assert_max_num_queries(3):
        exposure_report()
    browser = signed_in(dev)
    with django_assert_max_num_queries(12):
        browser.get(reverse(PAGE))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_how_it_looks(live_server, open_page, axe, dev, width) -> None:
    page = open_page(width)
    sign_in_page(page, live_server.url, dev)
    look(page, live_server.url + reverse(PAGE), axe, "desk_exposure_empty")
    by_lots(60)
    look(page, live_server.url + reverse(PAGE), axe, "desk_exposure")
