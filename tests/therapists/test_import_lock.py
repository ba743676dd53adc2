"""Two imports of one register at once would each judge the other's rows as absent: the second is refused."""

import contextlib
import threading

import pytest
from django.db import connection

from core.actors import system
from tests.factories import make_register
from therapists.models import ImportRun, Registration
from therapists.services.imports import run as run_module
from therapists.services.imports.run import ImportRefused, import_register

pytestmark = pytest.mark.django_db(transaction=True)
DATA = b"number,name,status,valid_until\n" + b"".join(
    b"%d,Person %d,active,2027-11-01\n" % (number, number) for number in range(1000, 1020)
)


def load(register, **options):
    return import_register(data=DATA, register=register, file_name="x.csv", actor=system("test"), **options)


def in_a_thread(work):
    """Run `work` on a connection of its own and return what it returned or raised."""
    found = []

    def run():
        try:
            found.append(work())
        except ImportRefused as refused:
            found.append(refused)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(30)
    return found[0]


def test_a_second_import_of_the_same_register_is_refused_while_the_first_runs():
    register, other = make_register(), make_register("UKCP")
    second = []

    def meanwhile(stage, done, total):
        if stage == "write" and not second:
            second.append(in_a_thread(lambda: load(register)))
            second.append(in_a_thread(lambda: load(other, force=True)))

    assert load(register, progress=meanwhile).created == 20
    assert isinstance(second[0], ImportRefused)
    assert "is running" in str(second[0])
    assert second[1].created == 20, "another register is nobody's business"
    assert in_a_thread(lambda: load(register)).unchanged == 20, "and afterwards the way is free"
    assert ImportRun.objects.filter(register=register).count() == 2


def test_negative_control_without_the_lock_the_second_comes_in(monkeypatch):
    monkeypatch.setattr(run_module, "_only_import_of", lambda register: contextlib.nullcontext())
    register = make_register()
    second = []

    def meanwhile(stage, done, total):
        if stage == "write" and not second:
            second.append(in_a_thread(lambda: load(register)))

    load(register, progress=meanwhile)
    assert second[0].unchanged == 20


def test_a_refused_import_leaves_the_way_free():
    register = make_register()
    with pytest.raises(ImportRefused):
        import_register(data=b"", register=register, file_name="x", actor=system("test"))
    assert in_a_thread(lambda: load(register)).created == 20


def test_an_import_that_stops_keeps_whole_batches(monkeypatch):
    monkeypatch.setattr(run_module, "BATCH", 5)
    register = make_register()

    def stop(stage, done, total):
        if stage == "write" and done == 10:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load(register, progress=stop)
    assert Registration.objects.count() == 10
    outcome = in_a_thread(lambda: load(register))
    assert (outcome.created, outcome.unchanged) == (10, 10)
    assert ImportRun.objects.filter(finished_at__isnull=True).count() == 0
