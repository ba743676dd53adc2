"""What a topic's handler is told, and that no fault of it loses the record."""

import datetime

import pytest
from django.db import connection

from core import worklist
from core.actors import Actor, system
from core.models import AuditEntry
from notifications import delivery, selectors, services, tasks
from notifications.models import Message
from notifications.topics import Address
from tests.notifications.conftest import NOON, Letters, enqueue

pytestmark = pytest.mark.django_db
HOUR = datetime.timedelta(hours=1)
DEV = Actor("user", "1", "Dev", frozenset({"coordinator"}))
MTA = system("mta")


class Listening(Letters):
    """A handler that writes down what it is told, and can fail at it."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[tuple[str, str, datetime.datetime | None]] = []
        self.fault: str = ""

    def sent(self, message: Message) -> None:
        self._told("sent", message)

    def failed(self, message: Message) -> None:
        self._told("failed", message)

    def _told(self, outcome: str, message: Message) -> None:
        assert Message.objects.get(pk=message.pk).state == message.state, "in the transaction of the record"
        assert connection.in_atomic_block
        if self.fault == "python":
            raise RuntimeError("a fault in one topic")
        if self.fault == "database":
            connection.cursor().execute("SELECT no_such_column FROM no_such_table")
        self.told.append((outcome, message.state, message.sent_at))


@pytest.fixture
def letters(monkeypatch, letters):
    handler = Listening()
    monkeypatch.setitem(delivery.topics._handlers, "news", handler)
    return handler


@pytest.fixture(autouse=True)
def _here(postman, letters, now):
    pass


def reread():
    return Message.objects.get()


def sent():
    message = enqueue()
    tasks.deliver_due()
    return message


class TestTold:
    def test_of_handing_over_with_its_time(self, letters):
        sent()
        assert letters.told == [("sent", "sent", NOON)]
        assert selectors.handed_over_at("news", "referral", 1) == NOON

    def test_of_giving_up(self, letters, postman):
        postman.recipient_answer = "550 no"
        sent()
        assert letters.told == [("failed", "failed", None)]
        assert selectors.handed_over_at("news", "referral", 1) is None

    def test_of_there_being_no_address(self, letters):
        letters.to = None
        sent()
        assert letters.told == [("failed", "failed", None)]

    def test_nothing_of_a_deferral(self, letters, postman):
        postman.recipient_answer = "451 later"
        sent()
        assert letters.told == []

    def test_of_a_letter_once_it_is_posted(self, letters, now):
        letters.to = Address("letter", "1 High Street\nLeeds")
        message = sent()
        assert letters.told == []
        now.move(HOUR)
        services.letter_posted(message=message, actor=DEV)
        assert letters.told == [("sent", "sent", NOON + HOUR)]

    def test_of_a_bounce_and_of_the_next_success(self, letters, now):
        message = sent()
        services.message_bounced(message=message, code="dsn-5.1.1", actor=MTA)
        assert selectors.handed_over_at("news", "referral", 1) is None
        now.move(HOUR)
        services.message_retry(message=reread(), actor=DEV)
        tasks.deliver_due()
        assert [told[:2] for told in letters.told] == [("sent", "sent"), ("failed", "bounced"), ("sent", "sent")]
        assert selectors.handed_over_at("news", "referral", 1) == NOON + HOUR

    @pytest.mark.parametrize("fault", ["python", "database"])
    @pytest.mark.parametrize(("answer", "state"), [("250 fine", "sent"), ("550 no", "failed")])
    def test_a_fault_of_the_handler_loses_no_record(self, letters, postman, fault, answer, state, caplog):
        letters.fault, postman.recipient_answer = fault, answer
        sent()
        assert reread().state == state
        assert "was not told" in caplog.text
        assert bool(worklist.tasks_for(DEV)) == (state == "failed")


class TestBounce:
    def test_it_is_recorded_once_and_a_coordinator_has_it(self, letters, now):
        message = sent()
        now.move(HOUR)
        assert services.message_bounced(message=message, code="dsn-5.1.1", actor=MTA)
        assert not services.message_bounced(message=message, code="dsn-5.1.1", actor=MTA)
        row = reread()
        assert (row.state, row.bounced_at, row.sent_at, row.last_error) == ("bounced", NOON + HOUR, NOON, "dsn-5.1.1")
        assert [task.kind for task in worklist.tasks_for(DEV)] == ["message_bounced"]
        assert not selectors.delivered("news", "referral", 1)
        assert list(selectors.failed_messages()) == [message]
        assert AuditEntry.objects.filter(verb="message_bounced").count() == 1
        assert len(letters.told) == 2

    def test_sending_it_again_closes_the_task(self, postman):
        message = sent()
        services.message_bounced(message=message, code="dsn-5.1.1", actor=MTA)
        services.message_retry(message=message, actor=DEV)
        assert not worklist.tasks_for(DEV)
        tasks.deliver_due()
        assert reread().state == "sent" and len(set(postman.message_ids)) == 1

    def test_one_that_is_faster_than_the_record_wins(self):
        message = enqueue()
        claimed = delivery._claim(message.pk)
        assert services.message_bounced(message=message, code="dsn-5.1.1", actor=MTA)
        delivery._record_sent(claimed)
        assert reread().state == "bounced"

    def test_what_was_never_out_cannot_come_back(self):
        message = enqueue()
        assert not services.message_bounced(message=message, code="dsn-5.1.1", actor=MTA)
        assert reread().state == "queued"


class TestCancel:
    def cancel(self, **more):
        return services.messages_cancel_for(
            **{"subject_type": "referral", "subject_id": 1, "except_topics": ("bye",), "actor": DEV, **more}
        )

    def test_what_waits_is_cancelled_but_for_the_closing_notice(self, letters, monkeypatch, postman):
        monkeypatch.setitem(delivery.topics._handlers, "bye", letters)
        enqueue()
        enqueue(topic="bye", dedupe_key="bye:1")
        enqueue(subject_id=2, dedupe_key="news:2")
        assert self.cancel() == 1
        states = dict(Message.objects.values_list("dedupe_key", "state"))
        assert states == {"news:1": "cancelled", "bye:1": "queued", "news:2": "queued"}
        assert self.cancel() == 0
        tasks.deliver_due()
        assert len(postman.taken) == 2

    def test_a_letter_is_not_printed_any_more(self, letters):
        letters.to = Address("letter", "1 High Street\nLeeds")
        sent()
        assert worklist.tasks_for(DEV)
        assert self.cancel() == 1
        assert not worklist.tasks_for(DEV) and not selectors.letters_to_print()

    def test_what_went_out_stays_as_it_is(self):
        sent()
        assert self.cancel() == 0
        assert reread().state == "sent"


class TestLetters:
    @pytest.fixture(autouse=True)
    def _by_post(self, letters):
        letters.to = Address("letter", "1 High Street\nLeeds")

    def test_several_are_posted_at_once_and_those_already_posted_are_not_counted(self, letters):
        rows = [enqueue(dedupe_key=f"news:{n}") for n in range(3)]
        tasks.deliver_due()
        services.letter_posted(message=rows[0], actor=DEV)
        assert services.letters_posted(messages=rows, actor=DEV) == 2
        assert len(letters.told) == 3 and not worklist.tasks_for(DEV)

    def test_a_wrong_mark_is_taken_back_within_the_hour(self, letters, now):
        message = sent()
        services.letter_posted(message=message, actor=DEV)
        now.move(HOUR - datetime.timedelta(seconds=1))
        services.letter_unposted(message=message, actor=DEV)
        assert (reread().state, reread().sent_at) == ("to_print", None)
        assert [told[:2] for told in letters.told] == [("sent", "sent"), ("failed", "to_print")]
        assert [task.kind for task in worklist.tasks_for(DEV)] == ["letter_to_print"]
        with pytest.raises(services.NotJustPosted):
            services.letter_unposted(message=message, actor=DEV)

    def test_later_it_stays_posted(self, now):
        message = sent()
        services.letter_posted(message=message, actor=DEV)
        now.move(HOUR)
        with pytest.raises(services.NotJustPosted):
            services.letter_unposted(message=message, actor=DEV)
        assert reread().state == "sent"

    def test_a_letter_that_was_posted_does_not_bounce(self):
        message = sent()
        services.letter_posted(message=message, actor=DEV)
        assert not services.message_bounced(message=message, code="x", actor=MTA)
