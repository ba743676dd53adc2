import pytest
from django.db import IntegrityError, connection, transaction

from core import audit
from core.actors import Actor, for_client, system
from core.models import AccessEntry, AuditEntry

pytestmark = pytest.mark.django_db
DEV = Actor("user", "7", "Dev", frozenset({"coordinator"}))


def test_actors_know_what_they_are():
    assert (DEV.user_id, DEV.client_id) == (7, None)
    assert (for_client(3).client_id, for_client(3).user_id, for_client(3).label) == (3, None, "client")
    assert system("tick").user_id is None
    assert DEV.holds("coordinator", "therapist") and not DEV.holds("therapist")


def test_a_write_and_a_read_are_recorded_with_who_what_and_why():
    audit.record_write(actor=DEV, verb="task_close", obj_type="task", obj_id=5, reason="called", detail={"a": 1})
    audit.record_read(actor=DEV, obj_type="client", obj_id=9, purpose="call")
    written, read = AuditEntry.objects.get(), AccessEntry.objects.get()
    assert (written.actor_type, written.actor_id, written.actor_label) == ("user", "7", "Dev")
    assert (written.verb, written.object_type, written.object_id, written.reason) == (
        "task_close",
        "task",
        "5",
        "called",
    )
    assert (read.object_type, read.object_id, read.purpose) == ("client", "9", "call")


def test_a_very_long_name_does_not_stop_the_record():
    audit.record_write(actor=Actor("user", "1", "x" * 500), verb="v", obj_type="t", obj_id=1, obj_label="y" * 500)
    assert len(AuditEntry.objects.get().actor_label) == 120


@pytest.mark.parametrize("model", [AuditEntry, AccessEntry])
@pytest.mark.parametrize("change", ["update", "delete", "raw"])
def test_records_can_only_be_added(model, change):
    audit.record_write(actor=DEV, verb="v", obj_type="t", obj_id=1)
    audit.record_read(actor=DEV, obj_type="t", obj_id=1, purpose="p")
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        if change == "update":
            model.objects.update(actor_label="nobody")
        elif change == "delete":
            model.objects.all().delete()
        else:
            with connection.cursor() as cursor:
                cursor.execute(f"DELETE FROM {model._meta.db_table}")
    assert model.objects.get().actor_label == "Dev"
