"""A message is given up while what it is about is being closed: each holds what the other would wait for."""

import pytest
from django.db import transaction
from django.db.models import QuerySet

from accounts.models import Organisation
from core.actors import system
from notifications import tasks
from notifications.models import Message
from notifications.services import messages_cancel_for
from tests.concurrency.race import Rendezvous, race
from tests.notifications.conftest import Letters, enqueue, letters  # noqa: F401 - fixture

pytestmark = pytest.mark.django_db(transaction=True)


class Locking(Letters):
    """A handler that locks what the message is about once it is given up, as an offer's does."""

    def __init__(self, about: Organisation, meet: Rendezvous) -> None:
        super().__init__(to=None)
        self.about, self.meet, self.told = about, meet, False

    def still_wanted(self, message: Message) -> bool:
        self.meet()
        return True

    def failed(self, message: Message) -> None:
        Organisation.objects.select_for_update().get(pk=self.about.pk)
        self.told = True


def give_up_and_close(handler, message):
    """The deliverer has the message's row, the other the subject's: only then does each go on."""

    def close():
        with transaction.atomic():
            Organisation.objects.select_for_update().get(pk=handler.about.pk)
            handler.meet()
            messages_cancel_for(subject_type="referral", subject_id=1, actor=system("test"))

    return race(lambda: tasks.deliver_one(message.pk), close)


@pytest.fixture
def handler(letters, monkeypatch):  # noqa: F811
    from notifications import topics

    about = Organisation.objects.create(kind="service", name="Stands for a referral")
    locking = Locking(about, Rendezvous(2))
    monkeypatch.setitem(topics._handlers, "news", locking)
    return locking


def test_neither_waits_for_the_other(handler):
    assert give_up_and_close(handler, enqueue()) == [None, None]
    assert handler.told
    assert Message.objects.get().state == "failed"


def test_negative_control_waiting_for_the_row_ends_in_a_deadlock(handler, monkeypatch):
    really = QuerySet.select_for_update
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **kwargs: really(self))
    results = give_up_and_close(handler, enqueue())
    assert not handler.told or any(isinstance(result, Exception) for result in results)
