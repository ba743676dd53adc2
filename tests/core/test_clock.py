import datetime

import pytest

from core import clock

NOON = datetime.datetime(2026, 11, 22, 12, 0, tzinfo=datetime.UTC)


@pytest.fixture
def offset_file(tmp_path, settings):
    settings.CLOCK_OFFSET_FILE = str(tmp_path / "offset")


def test_frozen_clock_stands_still_moves_and_nests():
    with clock.frozen(NOON) as outer:
        assert clock.now() == NOON
        outer.move(datetime.timedelta(hours=1))
        with clock.frozen(NOON + datetime.timedelta(days=9)):
            assert clock.now() == NOON + datetime.timedelta(days=9)
        assert clock.now() == NOON + datetime.timedelta(hours=1)
    assert abs(clock.now() - datetime.datetime.now(datetime.UTC)) < datetime.timedelta(seconds=5)


def test_frozen_refuses_a_naive_moment():
    with pytest.raises(ValueError), clock.frozen(datetime.datetime(2026, 1, 1)):  # noqa: DTZ001
        pass


@pytest.mark.parametrize(
    ("moment", "date"),
    [
        (datetime.datetime(2026, 6, 30, 23, 30, tzinfo=datetime.UTC), datetime.date(2026, 7, 1)),
        (datetime.datetime(2026, 11, 22, 23, 30, tzinfo=datetime.UTC), datetime.date(2026, 11, 22)),
    ],
)
def test_today_is_londons_date_in_summer_and_winter(moment, date):
    with clock.frozen(moment):
        assert clock.today() == date


def test_offset_file_moves_the_clock_and_is_read_again_when_it_changes(offset_file):
    before = clock.now()
    clock.travel(datetime.timedelta(days=2))
    clock.travel(datetime.timedelta(hours=3))
    moved = clock.now() - before
    assert datetime.timedelta(days=2, hours=3) <= moved < datetime.timedelta(days=2, hours=3, minutes=1)
    clock.set_offset(datetime.timedelta())
    assert clock.offset() == datetime.timedelta()


def test_clock_without_an_offset_file_cannot_be_moved(settings):
    settings.CLOCK_OFFSET_FILE = ""
    with pytest.raises(RuntimeError):
        clock.travel(datetime.timedelta(days=1))
