"""Many deliverers, one message: the recipient gets it once."""

import pytest
from django.db.models import QuerySet

from notifications import tasks
from notifications.models import Message
from tests.concurrency.race import Rendezvous, race
from tests.notifications.conftest import enqueue, letters, postman  # noqa: F401 - fixtures

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def meeting(letters, monkeypatch):  # noqa: F811
    """Deliverers meet while they ask whether the message is still wanted: after claiming, before committing it."""
    monkeypatch.setattr(letters, "still_wanted", Rendezvous(2))


def test_two_deliverers_send_one_message_once(postman, meeting):  # noqa: F811
    message = enqueue()
    race(*[lambda: tasks.deliver_one(message.pk)] * 2)
    assert len(postman.taken) == 1
    assert Message.objects.get().state == "sent"


def test_eight_rounds_over_twenty_messages_send_each_once(postman, letters):  # noqa: F811
    for number in range(20):
        enqueue(dedupe_key=f"news:{number}")
    problems = [result for result in race(*[tasks.deliver_due] * 8) if result is not None]
    tasks.deliver_due()
    assert not problems
    assert len(postman.taken) == 20 == len(set(postman.message_ids))


def test_negative_control_without_the_row_lock_it_is_sent_twice(postman, meeting, monkeypatch):  # noqa: F811
    message = enqueue()
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, *args, **kwargs: self)
    race(*[lambda: tasks.deliver_one(message.pk)] * 2)
    assert len(postman.taken) == 2
