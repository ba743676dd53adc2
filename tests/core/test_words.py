"""Moments in words, in London's time; navigation by role."""

import datetime
from types import SimpleNamespace

import pytest

from core import clock, nav, words


def at(*parts, zone=clock.LONDON):
    return datetime.datetime(*parts, tzinfo=zone)


@pytest.fixture(autouse=True)
def today():
    with clock.frozen(at(2026, 11, 22, 12)):
        yield


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        (at(2026, 11, 24, 14), "Tuesday 24 November, 2pm"),
        (at(2026, 11, 24, 9, 5), "Tuesday 24 November, 9.05am"),
        (at(2026, 11, 24, 12), "Tuesday 24 November, midday"),
        (at(2026, 11, 24, 0), "Tuesday 24 November, midnight"),
        (at(2026, 11, 24, 0, 30), "Tuesday 24 November, 12.30am"),
        (at(2027, 1, 5, 18), "Tuesday 5 January 2027, 6pm"),
        (at(2026, 7, 1, 23, 30, zone=datetime.UTC), "Thursday 2 July, 12.30am"),
        # The night with an hour less: 2am follows a minute after 12.59am.
        (at(2026, 3, 29, 0, 59, zone=datetime.UTC), "Sunday 29 March, 12.59am"),
        (at(2026, 3, 29, 1, 0, zone=datetime.UTC), "Sunday 29 March, 2am"),
        (at(2026, 3, 29, 7, 0, zone=datetime.UTC), "Sunday 29 March, 8am"),
        # The night with an hour more: 1.30am comes twice, and the day before began in summer time.
        (at(2026, 10, 24, 23, 0, zone=datetime.UTC), "Sunday 25 October, midnight"),
        (at(2026, 10, 25, 0, 30, zone=datetime.UTC), "Sunday 25 October, 1.30am"),
        (at(2026, 10, 25, 1, 30, zone=datetime.UTC), "Sunday 25 October, 1.30am"),
        (at(2026, 10, 25, 8, 0, zone=datetime.UTC), "Sunday 25 October, 8am"),
        (at(2026, 10, 25, 17, 0, zone=datetime.UTC), "Sunday 25 October, 5pm"),
        # A minute before and after a year's end in London.
        (at(2026, 12, 31, 23, 59, zone=datetime.UTC), "Thursday 31 December, 11.59pm"),
        (at(2027, 1, 1, 0, 0, zone=datetime.UTC), "Friday 1 January 2027, midnight"),
    ],
)
def test_moments(moment, said):
    assert words.when(moment) == said


def test_a_datetime_counts_as_its_day_in_london():
    assert words.day(at(2026, 7, 1, 23, 30, zone=datetime.UTC)) == "Thursday 2 July"
    assert words.day(datetime.date(2026, 12, 8)) == "Tuesday 8 December"


class TestNav:
    @pytest.fixture(autouse=True)
    def pages(self, monkeypatch):
        monkeypatch.setattr(nav, "_items", {})
        monkeypatch.setattr(nav, "reverse", lambda name: f"/{name}/")
        nav.register(label="Week", url_name="today/week", roles={"therapist"}, order=20)
        nav.register(label="Today", url_name="today", roles={"therapist"}, order=10)
        nav.register(label="Desk", url_name="desk", roles={"coordinator"}, order=5)

    def shown(self, *roles, path="/"):
        user = SimpleNamespace(is_authenticated=True, pk=1, active_roles=lambda: set(roles))
        return nav.items_for(SimpleNamespace(user=user, path=path))

    def test_each_role_sees_its_own_in_order(self):
        assert [item.label for item in self.shown("therapist")] == ["Today", "Week"]
        assert [item.label for item in self.shown("therapist", "coordinator")] == ["Desk", "Today", "Week"]
        assert self.shown() == self.shown("commissioner") == []

    def test_a_visitor_sees_none(self):
        assert nav.items_for(SimpleNamespace(user=SimpleNamespace(is_authenticated=False, pk=None))) == []

    def test_only_the_nearest_page_is_current(self):
        assert [item.current for item in self.shown("therapist", path="/today/week/")] == [False, True]
        assert [item.current for item in self.shown("therapist", path="/today/7/")] == [True, False]

    @pytest.mark.parametrize("roles", [set(), {"therapst"}])
    def test_unknown_roles_stop_the_start(self, roles):
        with pytest.raises(ValueError, match="known roles"):
            nav.register(label="x", url_name="x", roles=roles, order=1)
