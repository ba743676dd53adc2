import datetime
import email
import mailbox
from email import policy

import pytest

from core import worklist
from core.actors import Actor
from core.models import AuditEntry, Task
from notifications import delivery, selectors, services, tasks, topics
from notifications.models import Message
from notifications.topics import Address, Rendered
from tests.notifications.conftest import NOON, enqueue

pytestmark = pytest.mark.django_db
MINUTE = datetime.timedelta(minutes=1)
MORNING = datetime.datetime(2026, 11, 24, 8, tzinfo=datetime.UTC)
DEV = Actor("user", "1", "Dev", frozenset({"coordinator"}))


@pytest.fixture(autouse=True)
def _here(postman, letters, now):
    pass


def reread():
    return Message.objects.get()


def parsed(postman):
    return email.message_from_bytes(postman.taken[-1], policy=policy.default)


class TestEnqueue:
    def test_the_same_key_gives_the_same_row(self):
        assert enqueue().pk == enqueue(subject_id=9).pk
        assert reread().subject_id == 1

    def test_an_unknown_topic_is_noticed_where_it_is_written(self):
        with pytest.raises(topics.UnknownTopic):
            enqueue(topic="gossip")

    def test_a_rolled_back_caller_leaves_no_message(self):
        from django.db import transaction

        with pytest.raises(RuntimeError), transaction.atomic():
            enqueue()
            raise RuntimeError
        assert not Message.objects.exists()

    def test_quiet_hours_are_respected_on_request(self, now):
        now.move(datetime.timedelta(hours=10))
        assert enqueue(respect_quiet_hours=True).not_before == NOON + datetime.timedelta(hours=20)
        assert enqueue(dedupe_key="b").not_before == NOON + datetime.timedelta(hours=10)

    def test_a_late_worker_does_not_send_at_night(self, now, postman):
        now.move(datetime.timedelta(hours=8, minutes=58))
        assert enqueue(respect_quiet_hours=True).not_before == now.at
        now.move(datetime.timedelta(hours=2, minutes=32))
        tasks.deliver_due()
        assert not postman.taken
        assert (reread().state, reread().attempts, reread().not_before) == ("queued", 0, MORNING)
        now.at = MORNING
        tasks.deliver_due()
        assert len(postman.taken) == 1

    def test_a_retry_that_would_fall_into_the_night_waits_for_the_morning(self, now, postman):
        now.move(datetime.timedelta(hours=8, minutes=59, seconds=30))
        postman.answers = ["451 later", "250 taken"]
        enqueue(respect_quiet_hours=True)
        tasks.deliver_due()
        assert (reread().state, reread().attempts, reread().not_before) == ("queued", 1, MORNING)

    def test_a_code_goes_out_at_any_hour(self, now, postman):
        now.move(datetime.timedelta(hours=11))
        enqueue()
        tasks.deliver_due()
        assert len(postman.taken) == 1


class TestSending:
    def test_a_due_message_is_sent_once(self, postman):
        enqueue()
        tasks.deliver_due()
        tasks.deliver_due()
        assert len(postman.taken) == 1
        assert (reread().state, reread().sent_at, reread().attempts) == ("sent", NOON, 1)
        assert selectors.delivered("news", "referral", 1)
        assert not selectors.delivered("other", "referral", 1)

    def test_it_waits_for_its_time(self, postman, now):
        enqueue(not_before=NOON + MINUTE)
        tasks.deliver_due()
        assert not postman.taken
        now.move(MINUTE)
        tasks.deliver_due()
        assert len(postman.taken) == 1

    def test_what_arrives(self, postman):
        message = enqueue()
        tasks.deliver_one(message.pk)
        mail = parsed(postman)
        assert mail["Message-ID"] == message.message_id
        assert (mail["Subject"], mail["To"], mail["Auto-Submitted"]) == ("News", "ewa@example.org", "auto-generated")
        text = mail.get_body(("plain",)).get_content()
        html = mail.get_body(("html",)).get_content()
        assert "There is news" in text and "116 123" in text and "999" in text
        assert '<a href="https://example.org/x"' in html and "116 123" in html and "style" not in html

    def test_discreet_mail_says_nothing_about_what_this_is(self, postman, letters, settings):
        letters.to = Address("email", "ewa@example.org", discreet=True)
        letters.words = Rendered("A message", "You have a message.")
        enqueue()
        tasks.deliver_due()
        everything = postman.taken[-1].decode().lower()
        assert "rapport" not in everything and "samaritans" not in everything and "mental" not in everything
        assert parsed(postman)["From"] == settings.DISCREET_FROM_EMAIL

    @pytest.mark.parametrize("staff", ["user", "therapist"])
    def test_staff_are_not_given_the_crisis_lines(self, postman, staff):
        enqueue(recipient_type=staff)
        tasks.deliver_due()
        assert "116 123" not in parsed(postman).get_body(("plain",)).get_content()

    def test_words_are_escaped(self, postman, letters):
        letters.words = Rendered("News", "<script>alert(1)</script>")
        enqueue()
        tasks.deliver_due()
        assert "<script>" not in parsed(postman).get_body(("html",)).get_content()

    def test_what_is_no_longer_wanted_is_not_sent(self, postman, letters):
        enqueue()
        letters.wanted = False
        tasks.deliver_due()
        assert not postman.taken and reread().state == "cancelled"
        letters.wanted = True
        tasks.deliver_due()
        assert not postman.taken

    def test_the_address_is_asked_at_the_moment_of_sending(self, postman, letters):
        enqueue()
        letters.to = Address("email", "new@example.org")
        tasks.deliver_due()
        assert parsed(postman)["To"] == "new@example.org"

    def test_a_text_goes_to_the_sink_without_subject_or_footer(self, postman, letters, settings, tmp_path):
        settings.MAIL_SINK_FOLDER = str(tmp_path / "sink")
        letters.to = Address("sms", "+447700900123")
        message = enqueue()
        tasks.deliver_due()
        (kept,) = mailbox.Maildir(settings.MAIL_SINK_FOLDER)
        assert (kept["To"], kept["Message-ID"]) == ("+447700900123", message.message_id)
        assert kept.get_payload().strip() == letters.words.text
        assert (reread().state, reread().channel) == ("sent", "sms") and not postman.taken

    def test_a_text_is_printed_where_the_worker_runs(self, letters, settings, capsys):
        settings.SMS_BACKEND = "notifications.channels.sms.Console"
        letters.to = Address("sms", "+447700900123")
        message = enqueue()
        tasks.deliver_due()
        printed = capsys.readouterr().out
        assert printed == f"SMS to +447700900123 ({message.message_id}):\n{letters.words.text}\n"
        assert (reread().state, reread().receipt_due) == ("sent", None)

    def test_bounces_go_elsewhere_than_what_is_seen(self, postman, letters, settings):
        settings.BOUNCE_ADDRESS, settings.DISCREET_BOUNCE_ADDRESS = (
            "bounces@rapport.example",
            "bounces@messages.example",
        )
        for discreet, bounces in ((False, "bounces@rapport.example"), (True, "bounces@messages.example")):
            letters.to = Address("email", "ewa@example.org", discreet=discreet)
            enqueue(dedupe_key=f"news:{discreet}")
            tasks.deliver_due()
            assert postman.senders[-1] == bounces
            seen = settings.DISCREET_FROM_EMAIL if discreet else settings.DEFAULT_FROM_EMAIL
            assert parsed(postman)["From"] == seen
            assert bounces not in postman.taken[-1].decode()

    def test_a_row_whose_workers_all_died_is_given_up(self, letters, postman):
        message = enqueue()
        Message.objects.update(attempts=delivery.MOST_ATTEMPTS)
        tasks.deliver_one(message.pk)
        assert (reread().state, reread().last_error) == ("failed", "interrupted") and not postman.taken

    def test_a_fault_of_a_channel_is_tried_again(self, letters, settings, monkeypatch):
        def faulty(parcel):
            raise ZeroDivisionError

        monkeypatch.setitem(delivery.SENDERS, "email", faulty)
        enqueue()
        tasks.deliver_due()
        assert (reread().state, reread().last_error) == ("queued", "send-ZeroDivisionError")

    def test_without_a_provider_a_text_fails_visibly(self, letters, settings):
        settings.SMS_BACKEND = "notifications.channels.sms.NoProvider"
        letters.to = Address("sms", "+447700900123")
        enqueue()
        tasks.deliver_due()
        assert (reread().state, reread().last_error) == ("failed", "no-sms-provider")

    def test_a_letter_waits_for_a_person(self, letters):
        letters.to = Address("letter", "1 High Street\nLeeds")
        message = enqueue()
        tasks.deliver_due()
        assert list(selectors.letters_to_print()) == [message] and reread().state == "to_print"
        assert [task.kind for task in worklist.tasks_for(DEV)] == ["letter_to_print"]
        services.letter_posted(message=message, actor=DEV)
        assert selectors.delivered("news", "referral", 1) and not worklist.tasks_for(DEV)
        with pytest.raises(services.NotToPrint):
            services.letter_posted(message=message, actor=DEV)


class TestTrouble:
    @pytest.mark.parametrize(
        ("where", "answer", "error"),
        [
            ("recipient", "550 no such mailbox ewa@example.org", "smtp-550"),
            ("data", "554 we do not like ewa@example.org", "smtp-554"),
        ],
    )
    def test_a_refusal_is_final_and_a_person_is_told(self, postman, where, answer, error, caplog):
        postman.answers = [answer]
        if where == "recipient":
            postman.recipient_answer = answer
        message = enqueue()
        tasks.deliver_due()
        assert (reread().state, reread().last_error) == ("failed", error)
        assert list(selectors.failed_messages()) == [message]
        task = Task.objects.get()
        assert (task.kind, task.subject_id, task.owner_role) == ("message_failed", message.pk, "coordinator")
        ours = [record.getMessage() for record in caplog.records if record.name.startswith("notifications")]
        assert ours and "ewa" not in f"{ours} {task.detail}"

    def test_a_retry_by_a_person_sends_the_same_message_id(self, postman):
        postman.answers = ["550 no", "250 taken"]
        message = enqueue()
        tasks.deliver_due()
        services.message_retry(message=message, actor=DEV)
        assert not worklist.tasks_for(DEV)
        tasks.deliver_due()
        assert postman.message_ids == [f"Message-ID: {message.message_id}"]
        assert AuditEntry.objects.filter(verb="message_retry").exists()
        with pytest.raises(services.NotFailed):
            services.message_retry(message=message, actor=DEV)

    @pytest.mark.parametrize("where", ["recipient", "data"])
    def test_a_deferral_is_tried_again_later_and_not_before(self, postman, now, where):
        if where == "recipient":
            postman.recipient_answer = "451 greylisted"
        else:
            postman.answers = ["451 busy", "250 taken"]
        enqueue()
        tasks.deliver_due()
        assert (reread().state, reread().not_before, reread().last_error) == ("queued", NOON + MINUTE, "smtp-451")
        postman.recipient_answer = "250 fine"
        now.move(59 * datetime.timedelta(seconds=1))
        tasks.deliver_due()
        assert not postman.taken
        now.move(datetime.timedelta(seconds=1))
        tasks.deliver_due()
        assert len(postman.taken) == 1 and reread().state == "sent"

    def test_after_the_last_try_the_row_is_visibly_failed(self, postman, now):
        postman.answers = ["451 busy"]
        enqueue()
        for _ in range(len(delivery.BACK_OFF_MINUTES) + 1):
            assert reread().state == "queued"
            now.move(reread().not_before - now.at)
            tasks.deliver_due()
        assert reread().state == "failed" and Task.objects.filter(kind="message_failed").count() == 1
        assert now.at - NOON > datetime.timedelta(hours=12)

    def test_a_server_that_is_not_there_stops_the_round_and_loses_nothing(self, settings, postman, letters):
        port, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
        enqueue()
        enqueue(dedupe_key="news:2")
        tasks.deliver_due()
        assert [m.attempts for m in Message.objects.order_by("pk")] == [1, 0]
        settings.EMAIL_PORT = port
        tasks.deliver_due()
        assert len(postman.taken) == 1

    def test_a_server_that_hangs_is_left_after_its_time(self, postman):
        postman.hang_seconds = 6
        enqueue()
        tasks.deliver_due()
        assert (reread().state, reread().last_error) == ("queued", "smtp-SMTPServerDisconnected")

    def test_no_safe_address_is_for_a_person_to_look_at(self, letters):
        letters.to = None
        enqueue()
        tasks.deliver_due()
        assert (reread().state, reread().last_error) == ("failed", "no-address")

    def test_somebody_who_is_only_to_be_rung_is_rung_by_a_person(self, letters):
        letters.to = Address("phone", "+447700900123")
        enqueue()
        tasks.deliver_due()
        assert (reread().state, reread().last_error) == ("failed", "by-phone")
        assert [task.kind for task in worklist.tasks_for(DEV)] == ["message_failed"]

    @pytest.mark.parametrize("subject", ["two\nlines", "x\r\nBcc: other@example.org"])
    def test_a_subject_cannot_smuggle_headers(self, letters, postman, subject):
        letters.words = Rendered(subject, "text")
        enqueue()
        tasks.deliver_due()
        assert not postman.taken and reread().state == "failed"

    def test_words_that_cannot_be_made_are_tried_again_and_do_not_stop_others(self, letters, postman):
        letters.words = RuntimeError("a fault in one topic")
        enqueue()
        tasks.deliver_due()
        assert (reread().state, reread().last_error) == ("queued", "prepare-RuntimeError")

    def test_a_topic_gone_with_a_deployment_fails_visibly(self, monkeypatch):
        enqueue()
        monkeypatch.setattr(topics, "_handlers", {})
        tasks.deliver_due()
        assert (reread().state, reread().last_error) == ("failed", "unknown-topic")


class TestSweeper:
    def test_a_row_left_in_sending_is_sent_again_after_a_while(self, postman, now, settings):
        message = enqueue()
        Message.objects.update(state="sending", claimed_at=NOON, attempts=1)
        now.move(datetime.timedelta(seconds=settings.MESSAGE_STUCK_SECONDS))
        tasks.deliver_due()
        assert not postman.taken
        now.move(datetime.timedelta(seconds=1))
        tasks.deliver_due()
        assert postman.message_ids == [f"Message-ID: {message.message_id}"]
        assert (reread().state, reread().attempts) == ("sent", 2)

    def test_a_late_worker_does_not_overwrite_what_the_next_one_recorded(self, now, settings):
        message = enqueue()
        late = delivery._claim(message.pk)
        now.move(datetime.timedelta(seconds=settings.MESSAGE_STUCK_SECONDS + 1))
        tasks.deliver_due()
        delivery._record_problem(late, delivery.TryAgain("late"))
        assert (reread().state, reread().last_error) == ("sent", "")
