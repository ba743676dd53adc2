"""The register of a process is current at every question, whoever wrote, however slowly, whatever befell the log."""

import datetime as dt
import threading
import time
from collections.abc import Iterator
from random import Random
from typing import Any

import numpy as np
import psycopg2
import pytest
from django.db import close_old_connections, connection, transaction

from clients.preferences import Stated
from core import actors
from matching.engine.columns import Register
from matching.engine.rank import rank
from matching.freshness import ask
from matching.models import RegisterChange, RegisterLog
from matching.services.log import changes_prune
from matching.snapshot import read_register
from matching.store import Store
from tests.matching.database import store_lists, store_person
from tests.matching.test_engine import EVIDENCE
from tests.matching.world import NOON, Person, random_person
from therapists.models import ClientGroup, Therapist
from therapists.models import Place as PlaceRow
from therapists.models import Register as AccreditedRegister

committed = pytest.mark.django_db(transaction=True)


@pytest.fixture
def other() -> Iterator[Any]:
    """A second connection to the same database, as another process has one."""
    params = connection.get_connection_params()
    for name in ("cursor_factory", "context"):
        params.pop(name, None)
    theirs = psycopg2.connect(**params)
    try:
        yield theirs
    finally:
        theirs.close()


def shown(store: Store) -> set[int]:
    return set(rank(Stated(), store.current().lens, EVIDENCE, 1, NOON, limit=99).ids.tolist())


def said(register: Register) -> dict[int, Any]:
    """Everything a register says of each therapist it lists or could list, whatever the order of rows."""
    found = {}
    for row, pk in enumerate(register.therapists.ids.tolist()):
        columns = vars(register.therapists).items()
        own = {name: column[..., row].tolist() for name, column in columns if isinstance(column, np.ndarray)}
        own["sets"] = {name: [int(word[row]) for word in words] for name, words in register.therapists.sets.items()}
        for part in (register.locations, register.places, register.windows, register.contracts):
            mine = np.flatnonzero(part.row == row)
            children = zip(
                *(column[mine].tolist() for name, column in vars(part).items() if name != "row"), strict=True
            )
            own[type(part).__name__] = sorted(children)
        found[pk] = own
    return found


@committed
def test_a_change_is_seen_at_the_next_question() -> None:
    lists = store_lists()
    for pk in (1, 2, 3):
        store_person(Person(pk), lists)
    store = Store()
    assert shown(store) == {1, 2, 3}
    before = store.current().lens
    assert store.current().lens is before
    Therapist.objects.get(pk=2).registrations.update(status="suspended")
    assert shown(store) == {1, 3}
    assert store.current().lens.register.book is before.register.book, "one therapist was read, not everybody"
    Therapist.objects.filter(pk=3).update(paused=True)
    store_person(Person(4), lists)
    assert shown(store) == {1, 4}


@committed
def test_a_transaction_that_commits_late_is_not_passed_over(other: Any) -> None:
    """The slow one writes first and commits last. A watermark of row numbers has moved on by then."""
    lists = store_lists()
    for pk in (1, 2):
        store_person(Person(pk), lists)
    store = Store()
    assert shown(store) == {1, 2}
    slow = other.cursor()
    slow.execute("UPDATE therapists_therapist SET paused = true WHERE id = 1")
    Therapist.objects.filter(pk=2).update(paused=True)
    assert shown(store) == {1}
    naive_watermark = RegisterChange.objects.latest("id").pk
    for _ in range(3):
        assert shown(store) == {1}
    other.commit()
    assert shown(store) == set()
    late = RegisterChange.objects.get(therapist_id=1, pk__lt=naive_watermark, txid__gt=0, txid=_newest_of(1))
    assert late.pk < naive_watermark, "the control: asking for rows numbered above what was seen misses this one"
    assert not RegisterChange.objects.filter(pk__gt=naive_watermark).exists()


def _newest_of(pk: int) -> int:
    return RegisterChange.objects.filter(therapist_id=pk).latest("txid").txid


@committed
def test_what_is_not_committed_stays_private() -> None:
    lists = store_lists()
    store_person(Person(1), lists)
    store = Store()
    assert shown(store) == {1}
    with transaction.atomic():
        Therapist.objects.filter(pk=1).update(paused=True)
        assert shown(store) == set()
        with transaction.atomic():
            store_person(Person(2), lists)
            assert shown(store) == {2}
            transaction.set_rollback(True)
        assert shown(store) == set()
        transaction.set_rollback(True)
    assert shown(store) == {1}


@committed
def test_a_transaction_reads_only_what_it_changed_since_it_last_asked() -> None:
    """Long transactions that write and rank in turn must not read the whole register again each time."""
    lists = store_lists()
    store_person(Person(1), lists)
    store = Store()
    with transaction.atomic():
        lists["group"]["adults"].save()
        store_person(Person(2), lists)
        assert shown(store) == {1, 2}
        book = store.current().lens.register.book
        store_person(Person(3), lists)
        assert shown(store) == {1, 2, 3}
        with transaction.atomic():
            Therapist.objects.filter(pk=1).update(paused=True)
            assert shown(store) == {2, 3}
            assert store.current().lens.register.book is book
            transaction.set_rollback(True)
        assert shown(store) == {1, 2, 3}
    assert shown(store) == {1, 2, 3}


@committed
def test_a_store_that_begins_inside_a_transaction_keeps_nothing_of_it() -> None:
    lists = store_lists()
    store_person(Person(1), lists)
    store = Store()
    with transaction.atomic():
        store_person(Person(2), lists)
        assert shown(store) == {1, 2}
        transaction.set_rollback(True)
    assert shown(store) == {1}


@committed
def test_random_commits_each_followed_by_the_same_answer_as_reading_everything() -> None:
    random = Random(5)
    lists = store_lists()
    people = {pk: store_person(random_person(random, pk), lists) for pk in range(1, 25)}
    store = Store()
    kept = store.current().lens.register.book
    for step in range(100):
        _change_something(random, people, lists, step)
        register = store.current().lens.register
        expected = said(read_register())
        found = said(register)
        gone = set(found) - set(expected)
        assert all(not found[pk]["settled"] and not found[pk]["Places"] for pk in gone)
        assert {pk: found[pk] for pk in expected} == expected
    assert store.current().lens.register.book is kept


def _change_something(random: Random, people: dict[int, Therapist], lists: dict[str, Any], step: int) -> None:
    therapist = random.choice(list(people.values()))
    place = PlaceRow.objects.filter(therapist=therapist).first()
    match random.randrange(9):
        case 0:
            Therapist.objects.filter(pk=therapist.pk).update(paused=random.random() < 0.5, fee_pence=step)
        case 1:
            therapist.registrations.update(status=random.choice(["active", "suspended", "lapsed"]))
        case 2:
            therapist.client_groups.set(random.sample(list(lists["group"].values()), 1))
        case 3:
            therapist.formats.set(random.sample(list(lists["format"].values()), 2))
        case 4:
            therapist.locations.update(hours=random.getrandbits(21), active=random.random() < 0.8)
        case 5 if place:
            place.claims.filter(released_at=None).update(released_at=NOON)
            claim = {"holder_type": "offer", "holder_id": step, "opened_at": NOON}
            place.claims.create(kind="hold", expires_at=NOON + dt.timedelta(hours=random.randint(0, 9)), **claim)
        case 6 if place:
            place.claims.filter(released_at=None).update(released_at=NOON)
        case 7:
            new = store_person(random_person(random, 100 + step), lists)
            people[new.pk] = new
        case _:
            therapist.contracts.all().delete()
            therapist.modality_links.all().delete()


@committed
def test_a_therapist_who_is_deleted_is_gone() -> None:
    lists = store_lists()
    for pk in (1, 2):
        store_person(Person(pk, registrations=[], places=[]), lists)
    store = Store()
    store.current()
    store_person(Person(3), lists)
    Therapist.objects.filter(pk=1).delete()
    assert shown(store) == {3}


@committed
def test_reference_data_concerns_everybody() -> None:
    lists = store_lists()
    store_person(Person(1), lists)
    store = Store()
    assert shown(store) == {1}
    AccreditedRegister.objects.filter(code="good").update(accreditation="withdrawn")
    assert shown(store) == set()
    ClientGroup.objects.create(slug="new", name="New", bit=40)
    assert store.current().lens.register.book.mask("group", "new") == 1 << 40


@committed
def test_many_changes_are_one_line_in_the_log() -> None:
    lists = store_lists()
    store_person(Person(1), lists)
    PlaceRow.objects.bulk_create([PlaceRow(therapist_id=1, created_at=NOON) for _ in range(3)])
    RegisterChange.objects.all().delete()
    Therapist.objects.bulk_create(
        [Therapist(pk=pk, display_name="x", nation="england", created_at=NOON) for pk in range(10, 511)]
    )
    assert [change.therapist_id for change in RegisterChange.objects.all()] == [None]


@committed
def test_pruning_sends_a_sleeper_back_to_the_start_and_nobody_else() -> None:
    lists = store_lists()
    store_person(Person(1), lists)
    sleeper, awake = Store(), Store()
    assert shown(sleeper) == shown(awake) == {1}
    Therapist.objects.filter(pk=1).update(paused=True)
    book = awake.current().lens.register.book
    # Tests in other databases of this server hold transactions open as well, and pruning waits for the oldest.
    for _ in range(200):
        awake.current()
        changes_prune(actor=actors.system("test"))
        if not RegisterChange.objects.exists():
            break
        time.sleep(0.2)
    assert not RegisterChange.objects.exists()
    assert awake.current().lens.register.book is book
    assert shown(sleeper) == set()


@committed
@pytest.mark.parametrize("damage", ["TRUNCATE matching_registerchange", "DELETE FROM matching_registerlog"])
def test_a_damaged_log_leads_to_a_new_beginning(damage: str) -> None:
    lists = store_lists()
    store_person(Person(1), lists)
    store = Store()
    assert shown(store) == {1}
    Therapist.objects.filter(pk=1).update(paused=True)
    with connection.cursor() as cursor:
        cursor.execute(damage)
    assert shown(store) == set()
    if not RegisterLog.objects.exists():
        # Without its one row the log proves nothing: every question reads everything, and none is answered wrongly.
        Therapist.objects.filter(pk=1).update(paused=False)
        RegisterChange.objects.all().delete()
        assert shown(store) == {1}
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE matching_registerchange")


@committed
def test_one_question_when_nothing_changed(django_assert_num_queries: Any) -> None:
    store_person(Person(1), store_lists())
    store = Store()
    store.current()
    with django_assert_num_queries(1):
        store.current()


@committed
def test_the_question_asks_for_little_again_and_again() -> None:
    """What was seen and is over is not asked for again."""
    store_person(Person(1), store_lists())
    store = Store()
    store.current()
    store.current()
    held = store._held
    assert held is not None and not held.seen and not ask(held.watermark).changes


@committed
def test_threads_share_one_register_and_never_see_an_old_one() -> None:
    lists = store_lists()
    store_person(Person(1, fee=0), lists)
    store = Store()
    store.current()
    wrong: list[str] = []
    written = [0]

    def read() -> None:
        try:
            for _ in range(60):
                at_least = written[0]
                fee = int(store.current().lens.register.therapists.fee[0])
                if fee < at_least:
                    wrong.append(f"read {fee} after {at_least} was written")
        finally:
            close_old_connections()
            connection.close()

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    for fee in range(1, 40):
        Therapist.objects.filter(pk=1).update(fee_pence=fee)
        written[0] = fee
    for reader in readers:
        reader.join()
    assert not wrong
