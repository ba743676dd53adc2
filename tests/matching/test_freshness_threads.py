"""Many threads share one register: each answer is exactly a list that was right; who is current waits for nobody."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from django.db import connections, transaction

from matching import snapshot
from matching import store as stores
from matching.snapshot import read_everybody
from matching.store import Current, Store
from tests.concurrency.race import race
from tests.matching.connections import shown
from tests.matching.database import Rows, store_lists, store_person
from tests.matching.world import Person
from therapists.models import Family, Place, Therapist

pytestmark = pytest.mark.django_db(transaction=True)

EVEN, ODD = {2, 4, 6}, {1, 3, 5}


@pytest.fixture
def lists() -> dict[str, Rows]:
    lists = store_lists()
    for pk in range(1, 7):
        store_person(Person(pk, paused=pk % 2 == 1), lists)
    return lists


def swap(*, everybody: bool = False) -> None:
    """In one transaction, those who are listed pause and the others come back; half of each by their place."""
    with transaction.atomic():
        was_even = not Therapist.objects.get(pk=2).paused
        come, go = (ODD, EVEN) if was_even else (EVEN, ODD)
        Therapist.objects.filter(pk__in=come).update(paused=False)
        if everybody:
            Family.objects.filter(slug="trauma").update(name="Trauma")
        Therapist.objects.filter(pk__in=go).update(paused=True)


@contextmanager
def in_background(*work: Callable[[], None]) -> Iterator[list[BaseException]]:
    """Run work in threads with connections of their own until it ends; collect what goes wrong."""
    wrong: list[BaseException] = []

    def run(one: Callable[[], None]) -> None:
        try:
            one()
        except BaseException as problem:
            wrong.append(problem)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[one]) for one in work]
    for thread in threads:
        thread.start()
    try:
        yield wrong
    finally:
        for thread in threads:
            thread.join()


@pytest.mark.parametrize("everybody", [False, True], ids=["a few changed", "everybody read anew"])
def test_no_answer_is_half_of_one_commit_and_half_of_another(lists: dict[str, Rows], everybody: bool) -> None:
    store = Store()
    assert shown(store) == EVEN
    done = threading.Event()
    seen: list[set[int]] = []

    def read() -> None:
        while not done.is_set():
            seen.append(shown(store))

    with in_background(*[read] * 6) as wrong:
        try:
            for _ in range(30):
                swap(everybody=everybody)
                time.sleep(0.005)
        finally:
            done.set()
    assert not wrong
    assert [one for one in seen if one not in (EVEN, ODD)] == []
    assert EVEN in seen
    assert ODD in seen
    assert len(seen) > 6


def test_read_in_several_statements_an_answer_is_torn(lists: dict[str, Rows]) -> None:
    """The negative control: therapists from before a commit beside places from after it were never a list."""
    store = Store()
    assert shown(store) == EVEN
    Place.objects.filter(therapist__in=ODD).update(closed_at=None)
    early = read_everybody()
    with transaction.atomic():
        Therapist.objects.filter(pk__in=ODD).update(paused=False)
        Place.objects.filter(therapist__in=EVEN).update(closed_at=Therapist.objects.get(pk=1).created_at)
    late = read_everybody()
    halves = {**early.parts, "places": late.parts["places"]}
    held = store._held
    assert held is not None
    lens = stores._everybody().lens
    torn = type(lens)(snapshot.register_of(halves, early.book, ""))
    store._held = replace(held, lens=torn, seen=late.answer.seen, place=late.answer.place)
    assert shown(store) not in (EVEN, ODD)
    assert shown(Store()) == ODD


def test_a_reader_never_sees_what_is_older_than_a_commit_before_its_question(lists: dict[str, Rows]) -> None:
    leaving = range(10, 50)
    for pk in leaving:
        store_person(Person(pk), lists)
    store = Store()
    gone, wrong = [0], list[set[int]]()

    def read() -> None:
        while gone[0] < len(leaving):
            at_least = gone[0]
            if late := shown(store) & set(leaving[:at_least]):
                wrong.append(late)

    with in_background(*[read] * 4) as problems:
        try:
            for number, pk in enumerate(leaving, start=1):
                Therapist.objects.filter(pk=pk).update(paused=True)
                gone[0] = number
        finally:
            gone[0] = len(leaving)
    assert not problems
    assert not wrong


class Watched:
    """A lock that notes how long each of its takers had to wait for it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.waits: list[tuple[str, float]] = []

    def __enter__(self) -> None:
        asked = time.perf_counter()
        self._lock.acquire()
        self.waits.append((threading.current_thread().name, time.perf_counter() - asked))

    def __exit__(self, *problem: object) -> None:
        self._lock.release()


class OneLock(Store):
    """The negative control: the lock is held around the whole question, as one writes it first."""

    def current(self) -> Current:
        with self._around:  # type: ignore[attr-defined]
            return super().current()


SLOW = 0.4


def longest_wait(store: Store, monkeypatch: pytest.MonkeyPatch) -> tuple[float, float, int]:
    """While one thread reads everybody for SLOW seconds, for itself, let others who are current ask.

    Return their longest wait for a lock and longest answer, in seconds, and how many answers they got meanwhile.
    """
    locks, reading = [Watched(), Watched()], threading.Event()
    store._reading, store._around = locks  # type: ignore[assignment,attr-defined]
    times: list[float] = []

    def slowly() -> Any:
        reading.set()
        time.sleep(SLOW)
        return read_everybody()

    def rebuild() -> None:
        with transaction.atomic():
            # Its own change concerns everybody, and nobody else before it is committed.
            Family.objects.filter(slug="trauma").update(name="Trauma")
            store.current()
            transaction.set_rollback(True)

    def ask() -> None:
        threading.current_thread().name = "reader"
        assert reading.wait(30)
        until = time.perf_counter() + SLOW / 2
        while time.perf_counter() < until:
            asked = time.perf_counter()
            store.current()
            times.append(time.perf_counter() - asked)

    store.current()
    monkeypatch.setattr(stores, "read_everybody", slowly)
    with in_background(rebuild, ask, ask, ask) as wrong:
        pass
    assert not wrong
    waits = [wait for lock in locks for name, wait in lock.waits if name == "reader"]
    return max(waits, default=0.0), max(times), len(times)


def test_who_is_current_waits_for_nobody_who_reads_everybody(
    lists: dict[str, Rows], monkeypatch: pytest.MonkeyPatch
) -> None:
    waited, _, answers = longest_wait(Store(), monkeypatch)
    assert waited < 0.001
    assert answers > 10


def test_the_same_with_one_lock_around_it_waits(lists: dict[str, Rows], monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: a reader waits for as long as somebody else reads."""
    waited, slowest, _ = longest_wait(OneLock(), monkeypatch)
    assert waited > SLOW / 2
    assert slowest > SLOW / 2


def test_a_few_changes_are_read_without_waiting_for_who_reads_everybody(lists: dict[str, Rows]) -> None:
    store = Store()
    assert shown(store) == EVEN
    with store._reading:
        swap()
        assert race(lambda: shown(store), lambda: shown(store)) == [ODD, ODD]


def test_many_threads_that_find_everything_changed_read_it_once(
    lists: dict[str, Rows], monkeypatch: pytest.MonkeyPatch
) -> None:
    store, readings = Store(), []
    assert shown(store) == EVEN

    def counted() -> Any:
        readings.append(threading.current_thread())
        return read_everybody()

    monkeypatch.setattr(stores, "read_everybody", counted)
    swap(everybody=True)
    assert race(*[lambda: shown(store)] * 6) == [ODD] * 6
    assert len(readings) == 1


def test_a_store_is_never_taken_back_by_a_thread_that_comes_late(lists: dict[str, Rows]) -> None:
    """Two threads read the same change; one of them hands its register over after a later one stands there."""
    store = Store()
    store.current()
    early = store._held
    swap()
    assert shown(store) == ODD
    newer = store._held
    assert early is not None
    store._keep(early)
    assert store._held is newer
