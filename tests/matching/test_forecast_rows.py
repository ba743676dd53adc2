"""The history of places as it is read from the tables, and the night's work."""

import datetime

import pytest
from django.core.management import call_command
from django.db import connection

from core import clock
from core.actors import system
from core.models import AuditEntry
from matching.models import ForecastRun, WaitForecast
from matching.services.forecast import LOCK, forecast_due, waits_forecast
from matching.tasks import forecast_waits
from matching.turns import day_of, history_at
from matching.waits import waits_for
from tests.factories import make_location, make_place, make_therapist
from therapists.models import Place, PlaceClaim, Therapist
from therapists.services.places import claim_release, place_close, place_offer_from

pytestmark = pytest.mark.django_db
ACTOR = system("test")
NOW = datetime.datetime(2026, 11, 24, 3, tzinfo=datetime.UTC)
DAY = datetime.timedelta(days=1)
TODAY = day_of(NOW)


@pytest.fixture(autouse=True)
def frozen():
    with clock.frozen(NOW) as moving:
        yield moving


def occupied(place: Place, since: int, until: int | None = None, **fields) -> PlaceClaim:
    """Somebody in a place since, and until, so many days ago."""
    return PlaceClaim.objects.create(
        place=place,
        kind="occupied",
        holder_type="test",
        holder_id=1,
        opened_at=NOW - since * DAY,
        released_at=None if until is None else NOW - until * DAY,
        **fields,
    )


def turns() -> list[tuple[int, int, bool, bool]]:
    """(began, over or now, ended, live), days ago."""
    history, _ = history_at(NOW)
    columns = (TODAY - history.start, TODAY - history.end, history.ended, history.live)
    return sorted(zip(*(column.tolist() for column in columns), strict=True))


def with_history(endings: int = 24, length: int = 40, **fields) -> Therapist:
    """Two places, each in use, with so many people before."""
    therapist = make_therapist(places=0, **fields)
    for _ in range(2):
        place = make_place(therapist, available_from=clock.today() - 900 * DAY)
        for number in range(endings // 2):
            occupied(place, length * (number + 1) + 5, length * number + 5)
        occupied(place, 5)
    return therapist


def test_who_is_in_a_place_now_and_who_was(frozen) -> None:
    place = make_place(make_therapist(places=0), available_from=clock.today() - 500 * DAY)
    occupied(place, 100, 60)
    occupied(place, 50)
    assert turns() == [(50, 0, False, True), (100, 60, True, False)]


def test_time_in_which_nobody_may_have_the_place_belongs_to_the_turn(frozen) -> None:
    place = make_place(make_therapist(places=0), available_from=clock.today() - 500 * DAY)
    claim = occupied(place, 100)
    frozen.move(-40 * DAY)
    claim_release(claim=claim, reason="end", actor=ACTOR)
    place_offer_from(place=place, available_from=None, actor=ACTOR)
    frozen.move(10 * DAY)
    place_offer_from(place=place, available_from=clock.today() + 5 * DAY, actor=ACTOR)
    frozen.move(10 * DAY)
    occupied(place, 20)
    place_offer_from(place=place, available_from=clock.today(), actor=ACTOR)
    frozen.move(20 * DAY)
    assert turns() == [(20, 0, False, True), (100, 25, True, False)]


def test_not_yet_goes_on_and_a_day_in_the_future_is_known() -> None:
    therapist = make_therapist(places=0)
    undecided = make_place(therapist, available_from=None)
    occupied(undecided, 90, 10)
    announced = make_place(therapist, available_from=clock.today() + 15 * DAY)
    occupied(announced, 80, 3)
    new = make_place(therapist, available_from=clock.today() + 30 * DAY)
    assert turns() == [(80, 0, False, False), (90, 0, False, True)]
    history, places = history_at(NOW)
    assert (history.known_day - TODAY).tolist() == [15, 30]
    assert places.tolist() == [3]
    occupied(new, 1)
    assert (history_at(NOW)[0].known_day - TODAY).tolist() == [15]


def test_free_and_taken_by_nobody_is_over() -> None:
    place = make_place(make_therapist(places=0), available_from=clock.today() - 500 * DAY)
    occupied(place, 90, 10)
    assert turns() == [(90, 10, True, False)]


def test_a_closed_place_comes_free_for_nobody() -> None:
    therapist = make_therapist(places=0)
    inside = make_place(therapist, available_from=clock.today() - 500 * DAY)
    occupied(inside, 90)
    place_close(place=inside, actor=ACTOR)
    Place.objects.filter(pk=inside.pk).update(closed_at=NOW - 20 * DAY)
    gone = make_place(therapist, available_from=clock.today() - 500 * DAY, closed_at=NOW - 30 * DAY)
    occupied(gone, 80, 25)
    used = make_place(therapist, available_from=clock.today() - 500 * DAY, closed_at=NOW - 30 * DAY)
    occupied(used, 70, 35)
    assert turns() == [(70, 35, True, False), (80, 30, False, False), (90, 20, False, False)]


def test_a_hold_of_now_begins_a_turn_and_a_hold_of_the_past_is_nobody() -> None:
    place = make_place(make_therapist(places=0), available_from=clock.today() - 500 * DAY)
    hold = {"place": place, "kind": "hold", "holder_type": "offer", "holder_id": 1}
    PlaceClaim.objects.create(**hold, opened_at=NOW - 9 * DAY, expires_at=NOW - 7 * DAY, released_at=NOW - 6 * DAY)
    assert turns() == []
    held = PlaceClaim.objects.create(**hold, opened_at=NOW - DAY, expires_at=NOW + DAY)
    assert turns() == [(1, 0, False, True)]
    PlaceClaim.objects.filter(pk=held.pk).update(expires_at=NOW - datetime.timedelta(seconds=1))
    assert turns() == []


def test_days_are_days_in_london() -> None:
    place = make_place(make_therapist(places=0), available_from=datetime.date(2026, 1, 1))
    summer_night = datetime.datetime(2026, 7, 1, 23, 30, tzinfo=datetime.UTC)
    PlaceClaim.objects.create(place=place, kind="occupied", holder_type="t", holder_id=1, opened_at=summer_night)
    assert turns() == [(TODAY - day_of(summer_night), 0, False, True)]
    assert day_of(summer_night) == (datetime.date(2026, 7, 2) - datetime.date(1970, 1, 1)).days


def test_therapies_and_areas_of_those_with_places() -> None:
    somewhere = make_therapist(places=1)
    make_location(somewhere, postcode="LS1 4AP")
    make_therapist(places=1, nation="wales")
    make_therapist(places=0)
    history, places = history_at(NOW)
    assert history.area.tolist() == [ord("L") * 256 + ord("S"), -ord("w")]
    assert history.modality_row.tolist() == [0, 1]
    assert places.tolist() == [1, 1]


def test_a_night_writes_one_row_for_each_of_whom_something_can_be_said() -> None:
    known = with_history()
    with_history(endings=8)
    make_therapist(places=2)
    run = waits_forecast(actor=ACTOR)
    assert run is not None and run.finished_at and run.forecasts == 1
    row = WaitForecast.objects.get()
    assert (row.therapist_id, row.based_on, row.open_places, row.run_id) == (known.pk, 24, 2, run.pk)
    assert len(row.median_weeks) == len(row.eight_in_ten_weeks) >= 5
    assert row.median_weeks == sorted(row.median_weeks)
    assert all(m <= e for m, e in zip(row.median_weeks, row.eight_in_ten_weeks, strict=True))
    assert 1 <= row.median_weeks[0] <= 6
    entry = AuditEntry.objects.get(verb="waits.forecast")
    assert (entry.object_id, entry.detail["forecasts"]) == (str(run.pk), 1)


def test_twice_in_a_night_is_once_and_by_hand_again_replaces() -> None:
    with_history()
    forecast_waits()
    forecast_waits()
    assert ForecastRun.objects.count() == 1
    before = WaitForecast.objects.values().get()
    assert waits_forecast(actor=ACTOR, again=True) is not None
    after = WaitForecast.objects.values().get()
    assert after["run_id"] != before["run_id"]
    assert {**after, "run_id": 0} == {**before, "run_id": 0}, "the same history gives the same forecast"


def test_a_missed_night_is_made_up_for_and_the_next_comes_at_two(frozen) -> None:
    assert forecast_due(clock.now())
    forecast_waits()
    frozen.move(datetime.timedelta(hours=22, minutes=59))
    assert not forecast_due(clock.now())
    frozen.move(datetime.timedelta(minutes=1))
    assert forecast_due(clock.now())
    frozen.move(datetime.timedelta(hours=9))
    assert forecast_due(clock.now())


def test_a_run_that_was_cut_off_is_done_again() -> None:
    with_history()
    waits_forecast(actor=ACTOR)
    ForecastRun.objects.update(finished_at=None)
    assert waits_forecast(actor=ACTOR) is not None
    assert WaitForecast.objects.count() == 1


def test_who_can_no_longer_be_forecast_loses_her_row(frozen) -> None:
    therapist = with_history()
    waits_forecast(actor=ACTOR)
    Place.objects.filter(therapist=therapist).update(closed_at=clock.now())
    frozen.move(DAY)
    waits_forecast(actor=ACTOR)
    assert not WaitForecast.objects.exists()


def test_the_number_of_queries_does_not_grow(django_assert_max_num_queries) -> None:
    for _ in range(6):
        with_history()
    with django_assert_max_num_queries(20):
        waits_forecast(actor=ACTOR)
    assert WaitForecast.objects.count() == 6


def test_old_forecasts_and_those_for_other_places_say_nothing(frozen, django_assert_num_queries) -> None:
    therapist = with_history()
    waits_forecast(actor=ACTOR)
    with django_assert_num_queries(1):
        found = waits_for([therapist.pk, 0], as_of=clock.now())
    assert found[therapist.pk].based_on == 24
    assert (
        waits_for([therapist.pk], as_of=clock.now(), ahead=3)[therapist.pk].median_weeks
        >= found[therapist.pk].median_weeks
    )
    assert waits_for([therapist.pk], as_of=clock.now(), ahead=500) == {}
    assert waits_for([therapist.pk], as_of=clock.now() + 3 * DAY) != {}
    assert waits_for([therapist.pk], as_of=clock.now() + 3 * DAY + datetime.timedelta(seconds=1)) == {}
    make_place(therapist)
    assert waits_for([therapist.pk], as_of=clock.now()) == {}
    with pytest.raises(ValueError, match="ahead"):
        waits_for([therapist.pk], as_of=clock.now(), ahead=-1)


def test_by_hand(capsys) -> None:
    with_history()
    call_command("forecast_waits")
    assert capsys.readouterr().out.startswith("1 forecasts from 26 turns in ")
    call_command("forecast_waits")
    assert "Nothing to do" in capsys.readouterr().out
    call_command("forecast_waits", "--again")
    assert "forecasts from" in capsys.readouterr().out


def test_one_process_at_a_time() -> None:
    """Another process is at it: this one leaves it alone."""
    with_history()
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        assert waits_forecast(actor=ACTOR) is None
        assert not ForecastRun.objects.exists()
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
    finally:
        other.close()
    assert waits_forecast(actor=ACTOR) is not None
