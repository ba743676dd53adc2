"""A slow transaction writes first and commits last. Who remembers a number or a time has gone past its line by then.

The two watermarks that one writes first stand here, in a few lines each, as negative controls: on the same tables, with
the same commits, each goes on listing a therapist who has paused.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection, transaction

from core import clock
from matching.models import RegisterChange
from matching.store import Store
from tests.matching.connections import another_connection, execute, shown
from tests.matching.database import store_lists, store_person
from tests.matching.world import Person
from therapists.models import Therapist

pytestmark = pytest.mark.django_db(transaction=True)

NOTE = "INSERT INTO test_notes (therapist_id, at) VALUES (%s, %s)"
PAUSE = "UPDATE therapists_therapist SET paused = true WHERE id = %s"


@pytest.fixture
def other() -> Iterator[Any]:
    with another_connection() as theirs:
        yield theirs


@pytest.fixture
def notes() -> Iterator[None]:
    """A log as one writes it first: numbered by a sequence, and with the time of writing."""
    execute("CREATE TABLE test_notes (number bigserial, therapist_id bigint, at timestamptz)")
    try:
        yield
    finally:
        execute("DROP TABLE test_notes")


class Watermark:
    """Negative control: rereads those whose notes stand above the highest number, or latest time, that it has seen."""

    def __init__(self, column: str) -> None:
        self.column = column
        self.highest = execute(f"SELECT max({column}) FROM test_notes")
        self.shown = self._able(list(Therapist.objects.values_list("pk", flat=True)))

    def current(self) -> set[int]:
        with connection.cursor() as cursor:
            query = f"SELECT therapist_id, {self.column} FROM test_notes WHERE {self.column} > %s"
            cursor.execute(query, [self.highest])
            news = cursor.fetchall()
        changed = [therapist for therapist, _ in news]
        self.shown = self.shown - set(changed) | self._able(changed)
        self.highest = max([self.highest, *(mark for _, mark in news)])
        return self.shown

    def _able(self, ids: list[int]) -> set[int]:
        return set(Therapist.objects.filter(pk__in=ids, paused=False).values_list("pk", flat=True))


def pause(cursor: Any, pk: int) -> None:
    cursor.execute(PAUSE, [pk])
    cursor.execute(NOTE, [pk, clock.now()])


def test_a_transaction_that_commits_late_is_missed_by_numbers_and_times_and_not_by_ours(
    other: Any, notes: None
) -> None:
    lists = store_lists()
    for pk in (1, 2, 3):
        store_person(Person(pk), lists)
    with connection.cursor() as cursor:
        cursor.execute(NOTE, [3, clock.now()])
        ours, by_number, by_time = Store(), Watermark("number"), Watermark("at")
        assert shown(ours) == by_number.current() == by_time.current() == {1, 2, 3}
        slow = other.cursor()
        pause(slow, 1)
        pause(cursor, 2)
        assert shown(ours) == by_number.current() == by_time.current() == {1, 3}
        other.commit()
        for _ in range(3):
            assert shown(ours) == {3}
            # The negative controls: each has gone past the line, and whatever comes later does not bring it back.
            assert by_number.current() == by_time.current() == {1, 3}
        Therapist.objects.filter(pk=3).update(paused=True)
        cursor.execute(NOTE, [3, clock.now()])
        assert shown(ours) == set()
        assert by_number.current() == by_time.current() == {1}


def test_the_order_of_row_numbers_is_not_the_order_of_commits(other: Any) -> None:
    """What the slow transaction noted stands below what was seen already, in our own log too."""
    lists = store_lists()
    for pk in (1, 2):
        store_person(Person(pk), lists)
    store = Store()
    store.current()
    other.cursor().execute(PAUSE, [1])
    Therapist.objects.filter(pk=2).update(paused=True)
    assert shown(store) == {1}
    seen_up_to = RegisterChange.objects.latest("id").pk
    other.commit()
    assert not RegisterChange.objects.filter(pk__gt=seen_up_to).exists()
    assert shown(store) == set()


def test_many_slow_transactions_that_commit_in_any_order() -> None:
    lists = store_lists()
    for pk in range(1, 7):
        store_person(Person(pk), lists)
    store = Store()
    assert shown(store) == {1, 2, 3, 4, 5, 6}
    with another_connection() as a, another_connection() as b, another_connection() as c:
        for pk, slow in enumerate((a, b, c), start=1):
            slow.cursor().execute(PAUSE, [pk])
            Therapist.objects.filter(pk=pk + 3).update(paused=True)
            assert shown(store) == {1, 2, 3} | set(range(pk + 4, 7))
        b.commit()
        assert shown(store) == {1, 3}
        a.rollback()
        assert shown(store) == {1, 3}
        c.commit()
        assert shown(store) == {1}


def test_a_transaction_open_for_long_costs_neither_exactness_nor_memory(other: Any) -> None:
    """It holds back one transaction id in each process, however much is committed meanwhile, and no question grows."""
    lists = store_lists()
    for pk in (1, 2):
        store_person(Person(pk), lists)
    store = Store()
    assert shown(store) == {1, 2}
    other.cursor().execute(PAUSE, [1])
    for step in range(300):
        Therapist.objects.filter(pk=2).update(paused=step % 2 == 0)
        if step % 50 < 2:
            assert shown(store) == ({1} if step % 2 == 0 else {1, 2})
    held = store._held
    assert held is not None
    slow = execute("SELECT max(txid) FROM matching_registerchange WHERE txid < %s", held.seen.newest)
    assert held.seen.oldest < slow, "the long one holds back where the log may be shortened"
    sessions = execute("SELECT count(*) FROM pg_stat_activity")
    assert len(held.seen.open) <= sessions, "what is remembered is bounded by the sessions, not by the changes"
    store.current()
    assert lines_examined(store.current) < 20
    # The negative control: asking for all since the oldest open transaction goes over every line again each time.
    everything = "SELECT count(id + 0 * txid) FROM matching_registerchange WHERE txid >= %s"
    assert lines_examined(lambda: execute(everything, held.seen.oldest)) >= 300
    Therapist.objects.filter(pk=2).update(paused=False)
    other.commit()
    assert shown(store) == {2}


def lines_examined(question: Callable[[], object]) -> int:
    """Return how many lines of the log (by heap and by index) a question looks at."""
    execute("SELECT pg_stat_force_next_flush()")
    counted = (
        "SELECT coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) FROM pg_stat_user_tables "
        "WHERE relname = 'matching_registerchange'"
    )
    before = execute(counted)
    question()
    execute("SELECT pg_stat_force_next_flush()")
    return int(execute(counted) - before)


def test_a_transaction_that_asked_before_it_changed_anything_is_not_taken_for_over(other: Any) -> None:
    """It has an id already, which its own snapshot does not list as open, and somebody else has a later one.

    What it asked is shared; what it changes afterwards must be new to everybody all the same.
    """
    lists = store_lists()
    for pk in (1, 2):
        store_person(Person(pk), lists)
    store = Store()
    assert shown(store) == {1, 2}
    with transaction.atomic():
        execute("SELECT pg_current_xact_id()::text")
        other.cursor().execute(PAUSE, [2])
        other.commit()
        assert shown(store) == {1}
        assert store._held is not None
        assert store._held.own is None
        Therapist.objects.filter(pk=1).update(paused=True)
    assert shown(store) == set()


def test_a_transaction_that_never_commits_leaves_nothing_behind(other: Any) -> None:
    lists = store_lists()
    store_person(Person(1), lists)
    store = Store()
    assert shown(store) == {1}
    other.cursor().execute(PAUSE, [1])
    assert shown(store) == {1}
    other.rollback()
    lens = store.current().lens
    assert shown(store) == {1}
    assert store.current().lens is lens
    assert store._held is not None
    assert not store._held.seen.open or min(store._held.seen.open) >= store._held.seen.oldest
