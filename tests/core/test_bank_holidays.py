"""The loader of gov.uk's file and the warning before the data end. The files here are made up in its shape."""

import datetime as dt
import json

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import bank_holidays, clock, working_time
from core.actors import system
from core.bank_holidays import WrongFile, bank_holidays_load, bank_holidays_look, known_until, nations_running_out
from core.checks import check_bank_holidays
from core.models import AuditEntry, BankHoliday, Task
from core.reference.data import load_bank_holidays
from core.tasks import bank_holidays as every_morning
from tests.support.sign_in import signed_in

pytestmark = pytest.mark.django_db
ACTOR = system("test")
DIVISIONS = ("england-and-wales", "scotland", "northern-ireland")


def event(day, title="Spring bank holiday"):
    return {"title": title, "date": day, "notes": "", "bunting": True}


def file(tmp_path, divisions, name="holidays.json"):
    path = tmp_path / name
    content = {key: {"division": key, "events": events} for key, events in divisions.items()}
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def whole(year, number=8):
    return [event(f"{year}-{month:02}-06", f"Day {month}") for month in range(1, number + 1)]


def load(path, **more):
    return bank_holidays_load(path=path, actor=ACTOR, **more)


def days(nation):
    return {row.date.isoformat() for row in BankHoliday.objects.filter(nation=nation)}


@pytest.fixture
def small(tmp_path):
    return file(
        tmp_path,
        {
            "england-and-wales": [event("2029-01-01", "New Year’s Day")],
            "scotland": [event("2029-01-01"), event("2029-01-02", "2nd January")],
            "northern-ireland": [event("2029-07-12", "Battle of the Boyne (Orangemen’s Day)")],
        },
    )


class TestLoading:
    def test_wales_is_a_nation_of_its_own_with_englands_days(self, small):
        report = load(small)
        assert (report.events, report.added, report.kept, report.problems) == (4, 5, 0, [])
        assert days("england") == days("wales") == {"2029-01-01"}
        assert days("scotland") == {"2029-01-01", "2029-01-02"}
        assert days("northern-ireland") == {"2029-07-12"}
        assert AuditEntry.objects.get(verb="bank_holidays_load").detail == {"added": 5, "removed": 0}

    def test_a_second_run_changes_nothing_and_leaves_an_administrators_name(self, small):
        load(small)
        BankHoliday.objects.filter(nation="wales").update(name="Dydd Calan")
        report = load(small)
        assert (report.added, report.kept) == (0, 5)
        assert BankHoliday.objects.get(nation="wales").name == "Dydd Calan"
        assert AuditEntry.objects.filter(verb="bank_holidays_load").count() == 1

    def test_a_dry_run_says_the_same_and_writes_nothing(self, small):
        report = load(small, dry_run=True)
        assert (report.events, report.added) == (4, 5)
        assert not BankHoliday.objects.exists() and not AuditEntry.objects.exists() and not Task.objects.exists()

    def test_deadlines_know_the_new_days(self, small, settings, monkeypatch):
        monkeypatch.setattr(working_time, "_cached", {})
        settings.REFERENCE_CACHE_SECONDS = 0
        start = dt.datetime(2028, 12, 29, 12, tzinfo=dt.UTC)
        before = working_time.working_days_after(start, 1, "scotland")
        load(small)
        after = working_time.working_days_after(start, 1, "scotland")
        assert (before.date(), after.date()) == (dt.date(2029, 1, 1), dt.date(2029, 1, 3))

    @pytest.mark.parametrize(
        ("bad", "told"),
        [
            (event("2029-02-30"), "not a date"),
            (event("20290101"), "not a date"),
            (event("2029-W01-1"), "not a date"),
            (event(20290101), "not a date"),
            (event("2292-01-01"), "years ahead"),
            (event("2029-01-01", ""), "a name of"),
            (event("2029-01-01", "x" * 81), "a name of"),
            (event("2029-01-01", "a\0b"), "a name of"),
            ({"date": "2029-01-01"}, "a name of"),
            ("2029-01-01", "not an object"),
            (None, "not an object"),
        ],
    )
    def test_a_bad_event_is_reported_with_its_place_and_the_others_go_in(self, tmp_path, bad, told):
        path = file(tmp_path, {key: [event("2029-05-07"), bad, event("2029-05-28")] for key in DIVISIONS})
        report = load(path)
        assert report.added == 8 and len(report.problems) == 3
        assert {problem.split(":")[0] for problem in report.problems} == {f"{key} event 2" for key in DIVISIONS}
        assert all(told in problem for problem in report.problems)

    def test_divisions_that_are_absent_empty_or_new_are_reported(self, tmp_path):
        report = load(file(tmp_path, {"scotland": [event("2029-01-02")], "wales": [event("2029-03-01")]}))
        assert report.added == 1
        assert {problem.split(":")[0] for problem in report.problems} == {
            "england-and-wales",
            "northern-ireland",
            "wales",
        }

    @pytest.mark.parametrize("text", ["", "[]", "{}", "nonsense", '{"france": {"events": []}}', "[" * 100_000])
    def test_another_file_is_refused_as_a_whole(self, tmp_path, text):
        path = tmp_path / "holidays.json"
        path.write_text(text)
        with pytest.raises(WrongFile, match=r"holidays\.json"):
            load(path)
        assert not BankHoliday.objects.exists()

    def test_a_moved_holiday_is_reported_and_removed_only_on_request(self, tmp_path):
        load(file(tmp_path, {"scotland": [event("2029-05-28"), event("2030-05-27")]}))
        moved = file(tmp_path, {"scotland": [event("2029-06-05")]}, "newer.json")
        report = load(moved)
        assert report.missing == ["scotland 2029-05-28 Spring bank holiday"] and report.removed == 0
        assert days("scotland") == {"2029-05-28", "2029-06-05", "2030-05-27"}
        assert load(moved, remove=True, dry_run=True).removed == 1 and len(days("scotland")) == 3
        load(moved, remove=True)
        # What the file does not speak of stays: another year, another nation.
        assert days("scotland") == {"2029-06-05", "2030-05-27"}

    def test_the_command_prints_counts_problems_and_how_far_it_reaches(self, tmp_path, capsys):
        load_bank_holidays(overwrite=False)
        path = file(tmp_path, {key: [*whole(2029), event("never")] for key in DIVISIONS})
        call_command("load_bank_holidays", path, "--dry-run")
        said = capsys.readouterr()
        assert "27 events: nothing is written; it would be 32 days added" in said.out and "3 problems" in said.out
        assert "Scotland: known until 2028-12-31" in said.out
        assert "scotland event 9: date 'never'" in said.err
        call_command("load_bank_holidays", path)
        assert "Scotland: known until 2029-12-31" in capsys.readouterr().out
        call_command("load_bank_holidays", path)
        assert "0 days added, 32 kept" in capsys.readouterr().out

    def test_a_file_that_is_not_there_is_a_plain_error(self, tmp_path):
        with pytest.raises(CommandError, match="No such file"):
            call_command("load_bank_holidays", tmp_path / "absent.json")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["events", "date", "title"]), inner),
    max_leaves=12,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from(DIVISIONS), JSON, min_size=1))
def test_whatever_the_file_holds_it_is_read_or_reported(tmp_path, content):
    path = tmp_path / "any.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    report = load(path, dry_run=True)
    assert report.added or report.problems


class TestRunningOut:
    @pytest.fixture(autouse=True)
    def known_to_the_end_of_2028(self):
        load_bank_holidays(overwrite=False)

    @pytest.fixture
    def at(self):
        def on(day):
            return clock.frozen(dt.datetime.combine(dt.date.fromisoformat(day), dt.time(7), dt.UTC))

        return on

    def test_a_year_counts_when_it_is_complete_and_none_before_it_is_missing(self, at):
        with at("2026-11-22"):
            assert known_until("scotland") == dt.date(2028, 12, 31)
            BankHoliday.objects.create(nation="scotland", date="2031-01-01", name="a stray one")
            assert known_until("scotland") == dt.date(2028, 12, 31)
            BankHoliday.objects.filter(nation="scotland", date__year=2027).first().delete()
            assert known_until("scotland") == dt.date(2028, 12, 31)  # eight of nine
            BankHoliday.objects.filter(nation="scotland", date__year=2027).first().delete()
            assert known_until("scotland") == dt.date(2026, 12, 31)
        with at("2035-01-01"):
            assert known_until("scotland") == dt.date(2034, 12, 31)

    @pytest.mark.parametrize(
        ("today", "warned"), [("2028-07-01", False), ("2028-07-02", True), ("2028-12-31", True), ("2029-02-01", True)]
    )
    def test_it_is_said_half_a_year_before(self, at, today, warned):
        with at(today):
            every_morning()
            every_morning()
            assert Task.objects.filter(kind=bank_holidays.KIND, owner_role="coordinator").count() == warned
            found = check_bank_holidays(None, databases=["default"])
            assert [problem.id for problem in found] == ["rapport.W001"] * 4 * warned

    def test_the_task_is_due_in_four_weeks_or_at_once_when_the_end_is_near(self, at):
        for today, due in [("2028-07-03", "2028-08-01"), ("2028-12-29", "2029-01-01")]:
            with at(today):
                every_morning()
                task = Task.objects.latest("pk")
                assert task.due_at.date().isoformat() == due
                assert set(task.detail) == {"england", "wales", "scotland", "northern-ireland"}
                Task.objects.all().delete()

    def test_loading_the_next_year_takes_it_back_and_one_nation_left_behind_keeps_it(self, at, tmp_path):
        with at("2028-08-01"):
            every_morning()
            load(file(tmp_path, {key: whole(2029) for key in DIVISIONS[:2]}))
            assert set(nations_running_out()) == {"northern-ireland"}
            assert Task.objects.get().state == "open"
            load(file(tmp_path, {DIVISIONS[2]: whole(2029, 10)}))
            assert Task.objects.get().state == "cancelled" and not nations_running_out()

    def test_a_year_later_it_is_said_anew(self, at, tmp_path):
        with at("2028-08-01"):
            every_morning()
            load(file(tmp_path, {key: whole(2029) for key in DIVISIONS}))
        with at("2029-08-01"):
            assert len(bank_holidays_look(actor=ACTOR)) == 4
            assert [task.state for task in Task.objects.order_by("pk")] == ["cancelled", "open"]

    def test_without_any_day_it_is_said_at_once(self, at):
        BankHoliday.objects.all().delete()
        with at("2026-11-22"):
            assert nations_running_out()["wales"] == dt.date(2025, 12, 31)

    def test_the_check_waits_for_the_table(self):
        assert check_bank_holidays(None, databases=None) == []
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE core_bankholiday RENAME TO elsewhere")
        assert check_bank_holidays(None, databases=["default"]) == []


def test_a_coordinator_finds_it_on_her_desk(dev):
    every_morning()
    task = Task.objects.get(kind=bank_holidays.KIND)
    client = signed_in(dev)
    assert "Bank holidays come to an end" in client.get(reverse("referrals:desk")).content.decode()
    page = client.get(reverse("referrals:desk_task", args=[task.pk])).content.decode()
    assert "Ask an administrator to load the official file" in page and "Open what it is about" not in page
