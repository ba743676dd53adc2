"""Whatever befalls the log of changes, or a process that has not looked for long: everything is read anew, once."""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection, transaction

from core import actors
from matching.models import RegisterChange, RegisterLog
from matching.services.log import changes_prune
from matching.store import Store
from tests.matching.connections import another_connection, execute, shown
from tests.matching.database import Rows, store_lists, store_person
from tests.matching.world import Person
from therapists.models import Therapist

pytestmark = pytest.mark.django_db(transaction=True)

FUTURE = 10**15


def paused(pk: int, value: bool) -> None:
    Therapist.objects.filter(pk=pk).update(paused=value)


def prune() -> None:
    changes_prune(actor=actors.system("test"))


def prune_all(awake: Store) -> None:
    """Prune until no line is left, while a store that is not asleep looks between one pruning and the next.

    Other tests of this server hold transactions open as well, and pruning waits for the oldest.
    """
    for _ in range(600):
        prune()
        if not RegisterChange.objects.exists():
            return
        awake.current()
        time.sleep(0.1)
    raise AssertionError("the log is never emptied")


@pytest.fixture
def lists() -> dict[str, Rows]:
    return store_lists()


@pytest.fixture
def store(lists: dict[str, Rows]) -> Store:
    """A store that has looked, and lists 1 and 2."""
    for pk in (1, 2):
        store_person(Person(pk), lists)
    warm = Store()
    assert shown(warm) == {1, 2}
    return warm


def reads_everybody(store: Store) -> bool:
    """Return whether the next question reads everybody: reference data is read only then."""
    held = store._held
    before = held.lens.register.book if held else None
    return store.current().lens.register.book is not before


def test_a_process_that_slept_catches_up_in_one_request(store: Store, lists: dict[str, Rows]) -> None:
    """Many changes, and the log was shortened beyond where it stands: one question finds out, one reads everybody."""
    awake = Store()
    awake.current()
    for pk in range(3, 30):
        store_person(Person(pk), lists)
    paused(1, True)
    awake.current()
    book = awake.current().lens.register.book
    prune_all(awake)
    assert shown(store) == set(range(2, 30))
    assert not reads_everybody(store), "once was enough"
    assert awake.current().lens.register.book is book, "whoever looked meanwhile has missed nothing"


def test_a_process_that_slept_less_reads_only_what_changed(store: Store) -> None:
    for step in range(200):
        paused(1 + step % 2, step % 4 < 2)
    paused(1, True)
    paused(2, False)
    prune()
    assert not reads_everybody(store)
    assert shown(store) == {2}


DAMAGES: dict[str, Callable[[], object]] = {
    "emptied": lambda: execute("TRUNCATE matching_registerchange"),
    "all lines deleted": lambda: execute("DELETE FROM matching_registerchange"),
    "the last line deleted": lambda: execute(
        "DELETE FROM matching_registerchange WHERE id = (SELECT max(id) FROM matching_registerchange)"
    ),
    "lines made to name others": lambda: execute("UPDATE matching_registerchange SET therapist_id = 99"),
    "lines moved to other transactions": lambda: execute("UPDATE matching_registerchange SET txid = 1"),
    "its own row deleted": lambda: execute("DELETE FROM matching_registerlog"),
    "its own row emptied": lambda: execute("TRUNCATE matching_registerlog"),
    "another generation": lambda: execute("UPDATE matching_registerlog SET generation = gen_random_uuid()"),
    "rewritten on disk": lambda: execute("VACUUM FULL matching_registerlog"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_log_is_never_believed(store: Store, damage: str) -> None:
    paused(1, True)
    DAMAGES[damage]()
    assert reads_everybody(store)
    assert shown(store) == {2}
    paused(2, True)
    assert shown(store) == set()
    assert not reads_everybody(store), "and then it goes on as before"


def test_a_log_that_says_nothing_of_itself_proves_nothing(store: Store) -> None:
    """Its row can only be lost past the triggers. Until pruning puts it back each question reads everything."""
    with transaction.atomic():
        execute("SET LOCAL session_replication_role = replica")
        execute("DELETE FROM matching_registerlog")
        execute("DELETE FROM matching_registerchange")
        execute("UPDATE therapists_therapist SET paused = true WHERE id = 1")
    assert shown(store) == {2}
    assert reads_everybody(store)
    prune()
    assert reads_everybody(store)
    assert not reads_everybody(store)


@pytest.mark.parametrize("therapist", [99, 0, -7, None, 2**62])
def test_lines_about_nobody_do_no_harm(store: Store, therapist: int | None) -> None:
    execute(
        "INSERT INTO matching_registerchange (therapist_id, txid) VALUES (%s, pg_current_xact_id()::text::bigint)",
        therapist,
    )
    assert shown(store) == {1, 2}
    paused(1, True)
    assert shown(store) == {2}
    assert not reads_everybody(store)


def test_lines_of_transactions_that_do_not_exist_yet(store: Store) -> None:
    """As after loading a dump of a server that had counted further. Read anew once, and at the next pruning again."""
    RegisterChange.objects.create(therapist_id=2, txid=FUTURE)
    assert reads_everybody(store)
    assert not reads_everybody(store)
    paused(1, True)
    assert shown(store) == {2}
    assert not reads_everybody(store)
    prune()
    assert not RegisterChange.objects.filter(txid=FUTURE).exists()
    paused(1, False)
    assert shown(store) == {1, 2}


@pytest.mark.parametrize("column", ["pruned_below", "prune_next"])
def test_a_log_shortened_by_another_servers_count_begins_anew(store: Store, column: str) -> None:
    execute(f"UPDATE matching_registerlog SET {column} = {FUTURE}")
    paused(1, True)
    assert shown(store) == {2}
    assert not reads_everybody(store)
    lines = RegisterChange.objects.count()
    prune()
    assert RegisterChange.objects.count() == lines, "nothing was removed that somebody still has to read"
    log = RegisterLog.objects.get()
    assert max(log.pruned_below, log.prune_next) < FUTURE
    paused(2, True)
    assert shown(store) == set()


def test_restored_under_the_same_name(store: Store) -> None:
    """A copy takes the database's place: the same generation, the same lines, the same counting, other therapists."""
    name = connection.settings_dict["NAME"]
    aside, copy = f"{name}_aside", f"{name}_copy"
    generation = RegisterLog.objects.get().generation
    connection.close()
    _elsewhere(
        f'DROP DATABASE IF EXISTS "{copy}"',
        f'DROP DATABASE IF EXISTS "{aside}"',
        f'CREATE DATABASE "{copy}" TEMPLATE "{name}"',
    )
    paused(1, True)
    assert shown(store) == {2}
    connection.close()
    _elsewhere(f'ALTER DATABASE "{name}" RENAME TO "{aside}"', f'ALTER DATABASE "{copy}" RENAME TO "{name}"')
    try:
        assert RegisterLog.objects.get().generation == generation
        assert shown(store) == {1, 2}
    finally:
        connection.close()
        _elsewhere(
            f'ALTER DATABASE "{name}" RENAME TO "{copy}"',
            f'ALTER DATABASE "{aside}" RENAME TO "{name}"',
            f'DROP DATABASE "{copy}"',
        )
    assert shown(store) == {2}


def _elsewhere(*statements: str) -> None:
    """Run statements on the server's own database: nobody may be connected to the one they rename.

    A thread of an earlier test may not have let go of its connection yet.
    """
    name = connection.settings_dict["NAME"]
    with another_connection(dbname="postgres") as server:
        server.autocommit = True
        server.cursor().execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s", [name]
        )
        for statement in statements:
            server.cursor().execute(statement)


def test_transaction_ids_that_went_back_are_another_database(store: Store) -> None:
    """In another server the same name answers with smaller ids: whatever comes below would be passed over."""
    held = store._held
    assert held is not None
    later = replace(held.seen, oldest=FUTURE, newest=FUTURE, open=frozenset())
    store._held = replace(held, seen=later)
    paused(1, True)
    assert shown(store) == {2}


def test_another_server_start_is_another_log(store: Store) -> None:
    """A server that has been restored to an earlier moment was started for it."""
    place = store._held.place if store._held else ""
    started = execute("SELECT extract(epoch FROM pg_postmaster_start_time())::text")
    assert place
    assert started in place


def test_a_question_reads_nothing_when_nothing_changed(store: Store, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        store.current()
    paused(1, True)
    with django_assert_num_queries(1):
        assert shown(store) == {2}
