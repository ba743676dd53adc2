"""From a view to the sums of the night: what counts, what does not, and what a crash costs."""

import datetime as dt
import os
import signal
import subprocess
import sys
import uuid
from collections.abc import Iterator

import pytest
import redis
from django.conf import settings
from django.db import OperationalError, connection
from django.test import Client as Browser
from django.urls import reverse

from clients.preferences import Stated
from config import beat
from core import actors, clock
from matching.engine.rank import Lens, rank
from matching.exposure import recorder as recorders
from matching.exposure.lately import SECONDS, Lately
from matching.exposure.recorder import Recorder, Seen
from matching.exposure.tally import Batch
from matching.models import Exposure, ExposureBatch, ExposureDay
from matching.services import exposure
from matching.services.exposure import KEEP_DAYS, exposure_batch_keep, exposures_add_up
from matching.services.ranking import rank_now
from matching.weights import EVIDENCE
from tests.factories import make_place, make_therapist, make_user
from tests.guards.source import ROOT
from tests.matching.columns import register_of
from tests.matching.world import NOON, Person
from tests.referrals.views.walkers import with_answers
from tests.support.sign_in import signed_in

ACTOR = actors.system("test")
# Nobody of the tables.
LENS = Lens(register_of([Person(id=10**9 + n) for n in range(30)]))


def keep(batch_id: uuid.UUID, batch: Batch) -> None:
    exposure_batch_keep(batch_id=batch_id, batch=batch, actor=ACTOR)


def always(keys: list[str]) -> list[bool]:
    return [True for _key in keys]


def seen(seed: int, at: dt.datetime = NOON, stated: Stated = Stated()) -> Seen:  # noqa: B008 - frozen
    return Seen(seed, at, rank(stated, LENS, EVIDENCE, seed, NOON))


@pytest.fixture
def counted() -> Iterator[Recorder]:
    """The process's recorder, empty, remembering nothing of other tests."""
    redis.Redis.from_url(settings.REDIS_URL).flushdb()
    exposure.recorder.reset()
    exposure.recorder._first_time = Lately(exposure._redis).first_time
    yield exposure.recorder
    exposure.recorder.reset()


@pytest.mark.django_db
def test_a_client_who_opens_her_list_is_one_view(counted: Recorder) -> None:
    therapists = [make_therapist() for _ in range(12)]
    browser = Browser()
    with_answers(browser)
    assert browser.get(reverse("referrals:matches")).status_code == 200
    assert counted.drain() == 1 and counted.flush() == 1
    batch = ExposureBatch.objects.get()
    assert (batch.views, batch.day) == (1, clock.today())
    with clock.frozen(clock.now() + dt.timedelta(days=1)):
        assert exposures_add_up(actor=ACTOR) == 1
    rows = Exposure.objects.all()
    assert {row.therapist_id for row in rows} == {therapist.pk for therapist in therapists}
    assert sum(row.shown for row in rows) == 10
    assert {round(row.fair, 9) for row in rows} == {round(10 / 12, 9)}
    assert ExposureDay.objects.get().views == 1 and not ExposureBatch.objects.exists()


@pytest.mark.django_db
def test_reloading_is_not_another_view_and_changed_answers_are(counted: Recorder) -> None:
    make_therapist()
    browser, address = Browser(), reverse("referrals:matches")
    with_answers(browser)
    now = clock.now()
    with clock.frozen(now) as time:
        for _press in range(3):
            browser.get(address)
        assert counted.drain() == 1
        browser.get(address)
        assert counted.drain() == 0
        time.move(dt.timedelta(seconds=SECONDS + 1))
        browser.get(address)
        assert counted.drain() == 1, "half an hour later she looks again"
        browser.get(address)
        with_answers(browser, fee_ceiling_pounds=60)
        browser.get(address)
        assert counted.drain() == 1, "another draft is another person's list"


@pytest.mark.django_db
def test_what_is_no_clients_view_of_our_order_is_not_counted(counted: Recorder) -> None:
    for _ in range(25):
        make_therapist()
    browser, address = Browser(), reverse("referrals:matches")
    with_answers(browser)
    for query in ("?page=2", "?sort=fee", "?sort=wait", "?sort=distance"):
        assert browser.get(address + query).status_code == 200
    staff = signed_in(make_user("coordinator"))
    with_answers(staff)
    assert staff.get(address).status_code == 200
    rank_now(Stated(), seed=5)
    assert counted.drain() == 0
    browser.get(address)
    assert counted.drain() == 1


@pytest.mark.django_db
def test_a_view_writes_nothing_and_asks_nothing(counted: Recorder, django_assert_num_queries) -> None:
    make_therapist()
    ranking = rank_now(Stated(), seed=5)
    with django_assert_num_queries(0):
        exposure.exposure_note(ranking=ranking, seed=5, actor=ACTOR)


def test_another_process_knows_what_was_shown(counted: Recorder) -> None:
    one, other = Lately(exposure._redis), Lately(exposure._redis)
    assert one.first_time(["a", "b", "a"]) == [True, True, False]
    assert other.first_time(["a", "c"]) == [False, True]
    with clock.frozen(clock.now() + dt.timedelta(seconds=SECONDS + 1)):
        assert other.first_time(["a"]) == [True]


def test_without_redis_a_process_goes_by_its_own_memory() -> None:
    lost = Lately(lambda: redis.Redis(unix_socket_path="/nowhere.sock"))
    assert lost.first_time(["a", "b"]) == [True, True]
    assert lost.first_time(["a", "c"]) == [False, True]


def test_the_key_tells_nothing_of_draft_or_statement() -> None:
    key = seen(12345).key
    assert key == seen(12345).key and key != seen(12346).key
    assert len(key) == 64 and "12345" not in key


@pytest.mark.django_db
def test_a_day_is_a_day_in_london(counted: Recorder) -> None:
    """At 23:30 UTC in summer it is past midnight in London; the night after adds it up, not before."""
    late = dt.datetime(2026, 7, 1, 23, 30, tzinfo=dt.UTC)
    recorder = Recorder(first_time=always, keep=keep)
    with clock.frozen(late):
        recorder.note(seen(1, late - dt.timedelta(hours=1)))
        recorder.note(seen(2, late))
        assert recorder.drain() == 2 and recorder.flush() == 2
        days = sorted(ExposureBatch.objects.values_list("day", flat=True))
        assert days == [dt.date(2026, 7, 1), dt.date(2026, 7, 2)]
        assert exposures_add_up(actor=ACTOR) == 1, "in London the second of July is still on"
    with clock.frozen(dt.datetime(2026, 7, 2, 22, 59, tzinfo=dt.UTC)):
        assert exposures_add_up(actor=ACTOR) == 0
    with clock.frozen(dt.datetime(2026, 7, 2, 23, 1, tzinfo=dt.UTC)):
        assert exposures_add_up(actor=ACTOR) == 1
    assert list(ExposureDay.objects.order_by("day").values_list("views", flat=True)) == [1, 1]


@pytest.mark.django_db
def test_batches_that_come_late_are_added_to_what_stands(counted: Recorder) -> None:
    yesterday = clock.now() - dt.timedelta(days=1)
    therapist = make_therapist(places=0)
    make_place(therapist, available_from=yesterday.date())
    for seed in (1, 2):
        with clock.frozen(yesterday):
            exposure.exposure_note(ranking=rank_now(Stated(), seed=seed), seed=seed, actor=ACTOR)
            counted.drain()
            counted.flush()
        assert exposures_add_up(actor=ACTOR) == 1
    row = Exposure.objects.get(therapist_id=therapist.pk)
    assert (row.shown, row.fair, row.spread) == (2, 2.0, 0.0)
    assert ExposureDay.objects.get().views == 2


@pytest.mark.django_db
def test_sums_of_somebody_deleted_meanwhile_are_left_out_and_old_ones_forgotten() -> None:
    recorder = Recorder(first_time=always, keep=keep)
    recorder.note(seen(1))
    recorder.drain()
    recorder.flush()
    old = clock.today() - dt.timedelta(days=KEEP_DAYS + 1)
    Exposure.objects.create(therapist=make_therapist(), day=old, shown=1, fair=1, spread=0)
    ExposureDay.objects.create(day=old, views=1)
    with clock.frozen(clock.now() + dt.timedelta(days=1)):
        assert exposures_add_up(actor=ACTOR) == 1
    assert not Exposure.objects.exists(), "the thirty of the test's register are in no table"
    assert [row.views for row in ExposureDay.objects.all()] == [1]


@pytest.mark.django_db
def test_a_write_that_fails_is_tried_again_and_a_doubtful_one_counts_once() -> None:
    answers = iter(["refused", "lost", "fine"])

    def unsure(batch_id: uuid.UUID, batch: Batch) -> None:
        answer = next(answers)
        if answer != "refused":
            keep(batch_id, batch)
        if answer != "fine":
            raise OperationalError("the connection went away")

    recorder = Recorder(first_time=always, keep=unsure)
    recorder.note(seen(1))
    recorder.drain()
    for _try in range(2):
        with pytest.raises(OperationalError):
            recorder.flush()
    recorder.note(seen(2))
    recorder.drain()
    assert recorder.flush() == 1, "written, and not written twice"
    assert [batch.views for batch in ExposureBatch.objects.all()] == [1]


@pytest.mark.django_db
def test_negative_control_with_a_new_id_each_time_it_counts_twice() -> None:
    recorder = Recorder(first_time=always, keep=lambda _id, batch: keep(uuid.uuid4(), batch))
    recorder.note(seen(1))
    recorder.drain()
    recorder._unsent = [(uuid.uuid4(), Batch(clock.today(), 1, recorder._tallies.popitem()[1].counts()))] * 2
    recorder.flush()
    assert ExposureBatch.objects.count() == 2


def test_there_is_an_end_to_what_waits() -> None:
    recorder = Recorder(first_time=always, keep=keep)
    for seed in range(recorders.MOST_PENDING + 3):
        recorder.note(seen(seed))
    assert recorder.dropped == 3
    assert recorder.drain() == recorders.MOST_PENDING


def test_a_list_that_cannot_be_counted_stops_no_other(caplog: pytest.LogCaptureFixture) -> None:
    recorder = Recorder(first_time=always, keep=keep)
    broken = seen(2)
    object.__setattr__(broken.ranked, "rows", "not rows")
    recorder.note(broken)
    recorder.note(seen(3))
    assert recorder.drain() == 2
    assert [tally.views for tally in recorder._tallies.values()] == [1]
    assert "could not be counted" in caplog.text


def test_a_database_that_is_away_is_said_once_until_it_is_back(caplog: pytest.LogCaptureFixture) -> None:
    """It is tried again every two seconds: a line each time, in each process, would bury what else is wrong."""
    away = [True]

    def perhaps(batch_id: uuid.UUID, batch: Batch) -> None:
        if away:
            raise OperationalError("rows that were counted")

    recorder = Recorder(first_time=always, keep=perhaps)
    for seed in range(2):
        recorder.note(seen(seed))
        for _ in range(5):
            recorder._work(last=True)
        away.clear()
        recorder._work(last=True)
        assert not recorder._unsent
        away.append(True)
    assert caplog.text.count("nothing written") == 2


def process(how: str) -> subprocess.Popen[str]:
    """A web process that has shown seven lists, counted them and written none."""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
        "TEST_PROCESS_DATABASE": connection.settings_dict["NAME"],
        "REDIS_URL": settings.REDIS_URL,
    }
    command = [sys.executable, "-m", "tests.matching.exposure_process", how]
    child = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None and child.stdout.readline().strip() == "counted"
    return child


@pytest.mark.django_db(transaction=True)
def test_a_killed_process_loses_what_it_had_not_written_and_nothing_else() -> None:
    child = process("3600")
    child.send_signal(signal.SIGKILL)
    child.wait(10)
    assert not ExposureBatch.objects.exists()
    child = process("0.1")
    child.wait(20)
    assert [batch.views for batch in ExposureBatch.objects.all()] == [7], "written within the time, then killed"


@pytest.mark.django_db(transaction=True)
def test_a_process_that_is_asked_to_stop_writes_first() -> None:
    child = process("3600")
    child.send_signal(signal.SIGTERM)
    child.wait(20)
    assert [batch.views for batch in ExposureBatch.objects.all()] == [7]


def test_the_night_adds_up() -> None:
    assert "matching.tasks.add_up_exposure" in {entry.task for entry in beat.TABLE}
