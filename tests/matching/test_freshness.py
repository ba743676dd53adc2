"""The register of a process is current at every question, whoever wrote, however slowly, whatever befell the log."""

import re

import pytest
from django.db import connection, transaction

from matching.book import QUERY as BOOK
from matching.functions import NEWS, QUIET, create
from matching.models import RegisterChange
from matching.queries import PARTS
from matching.store import Store
from tests.matching.connections import another_connection, execute, shown
from tests.matching.database import store_lists, store_person
from tests.matching.world import NOON, Person
from therapists.models import ClientGroup, Therapist
from therapists.models import Register as AccreditedRegister

committed = pytest.mark.django_db(transaction=True)


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
def test_a_transaction_writes_few_lines_however_much_it_changes() -> None:
    """Then everything is read anew, and while it goes on nobody has to step over thousands of its lines."""
    lists = store_lists()
    store_person(Person(1), lists)
    store = Store()
    assert shown(store) == {1}
    RegisterChange.objects.all().delete()
    with transaction.atomic():
        for first in range(10, 5_010, 500):
            Therapist.objects.bulk_create(
                Therapist(pk=pk, display_name="x", nation="england", created_at=NOON)
                for pk in range(first, first + 500)
            )
        assert shown(store) == {1}
        Therapist.objects.filter(pk=1).update(paused=True)
        assert shown(store) == set(), "what it changes later is seen all the same"
    assert shown(store) == set()
    lines = list(RegisterChange.objects.values_list("therapist_id", flat=True))
    assert lines.count(-1) == 1
    assert len(lines) == 2_001


@committed
def test_a_savepoint_taken_back_takes_back_what_was_counted() -> None:
    store_person(Person(1), store_lists())
    everybody = Therapist.objects.filter(pk__gte=10)
    with transaction.atomic():
        with transaction.atomic():
            Therapist.objects.bulk_create(
                Therapist(pk=pk, display_name="x", nation="england", created_at=NOON) for pk in range(10, 3_000)
            )
            transaction.set_rollback(True)
        RegisterChange.objects.all().delete()
        Therapist.objects.filter(pk=1).update(paused=True)
    assert not everybody.exists()
    assert [line.therapist_id for line in RegisterChange.objects.all()] == [1]


@pytest.mark.django_db
def test_every_table_that_is_read_notes_its_changes() -> None:
    """A query that reads one more table without a trigger on it would be stale for ever."""
    texts = [part.sql("true") for part in PARTS.values()] + [BOOK]
    tables = {name for text in texts for name in re.findall(r"(?:FROM|JOIN)\s+(therapists_\w+)", text)}
    assert len(tables) > 20
    events = {"INSERT": 4, "DELETE": 8, "UPDATE": 16, "TRUNCATE": 32}
    for table in [*sorted(tables), "matching_weightset"]:
        of = "WHERE tgrelid = %s::regclass AND tgenabled = 'O' AND tgname ~ '^note_'"
        found = execute(f"SELECT bit_or(tgtype) FROM pg_trigger {of}", table) or 0
        assert [name for name, bit in events.items() if not found & bit] == [], table


@pytest.mark.django_db
def test_the_database_holds_the_functions_of_this_code() -> None:
    """Migrating brings them (matching.functions.ensure), so a database that was migrated has those of its code."""
    for name in (QUIET, NEWS, NEWS.replace("news", "read")):
        assert execute("SELECT prosrc FROM pg_proc WHERE proname = %s", name) in create()
        volatile = execute("SELECT provolatile::text FROM pg_proc WHERE proname = %s", name)
        assert volatile == "s", "STABLE: all of it sees one moment"


@committed
def test_a_connection_that_was_closed_is_opened_again() -> None:
    """The plans go with it, nothing else does."""
    store_person(Person(1), store_lists())
    store = Store()
    lens = store.current().lens
    connection.close()
    assert store.current().lens is lens
    with another_connection() as theirs:
        theirs.autocommit = True
        theirs.cursor().execute("SELECT pg_terminate_backend(%s)", [connection.connection.info.backend_pid])
    with pytest.raises(Exception, match=r"terminat|closed"):
        store.current()
    connection.close_if_unusable_or_obsolete()
    Therapist.objects.filter(pk=1).update(paused=True)
    assert shown(store) == set()
