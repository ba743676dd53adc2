"""What mail servers report, from the bytes to the row."""

import io
import subprocess
import sys

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from hypothesis import given
from hypothesis import strategies as st

from core import worklist
from core.actors import Actor
from devtools.places import ROOT
from notifications import bounces, tasks
from notifications.bounces import NotReadable, Report
from notifications.models import Message
from tests.config.production import environment
from tests.notifications.conftest import enqueue
from tests.notifications.reports import ordinary_mail, report

OURS = f"<{'a1' * 16}@messages.example>"
DEV = Actor("user", "1", "Dev", frozenset({"coordinator"}))


class TestReading:
    @pytest.mark.parametrize(
        "returned", ["text/rfc822-headers", "message/rfc822", "message/global", "message/global-headers"]
    )
    @pytest.mark.parametrize("kind", ["message/delivery-status", "message/global-delivery-status"])
    def test_whatever_form_the_original_comes_back_in(self, returned, kind):
        raw = report(OURS, returned=returned, kind=kind)
        assert bounces.read(raw) == Report(OURS, bounced=True, code="dsn-5.1.1")

    def test_lines_may_end_as_on_the_wire(self):
        raw = report(OURS).replace(b"\n", b"\r\n")
        assert bounces.read(raw) == Report(OURS, bounced=True, code="dsn-5.1.1")

    @pytest.mark.parametrize("action", ["delayed", "delivered", "relayed", "expanded", "DELAYED", "delayed (queue)"])
    def test_what_is_still_tried_or_arrived_is_no_bounce(self, action):
        assert not bounces.read(report(OURS, action, status="4.4.7")).bounced

    def test_giving_up_after_days_is_a_bounce_although_its_code_begins_with_4(self):
        assert bounces.read(report(OURS, "failed", status="4.4.7")) == Report(OURS, bounced=True, code="dsn-4.4.7")

    def test_whose_mail_goes_to_two_places_has_it_when_one_took_it(self):
        assert not bounces.read(report(OURS, "failed", "relayed")).bounced
        assert bounces.read(report(OURS, "failed", "delayed")).bounced

    def test_a_status_that_is_none_is_left_out(self):
        assert bounces.read(report(OURS, status="see below")).code == "dsn-failed"

    @pytest.mark.parametrize(
        "raw",
        [
            b"",
            b"\x00\xff\xfe",
            ordinary_mail(),
            report("<somebody@elsewhere.example>"),
            report("<" + "A" * 32 + "@x>"),
            report(OURS).replace(b"Action:", b"Caption:"),
            report(OURS).split(b"Message-ID")[0],
        ],
    )
    def test_anything_else_is_named(self, raw):
        with pytest.raises(NotReadable):
            bounces.read(raw)

    @given(st.binary(max_size=3000))
    def test_no_bytes_make_it_fall_over(self, raw):
        with pytest.raises(NotReadable):
            bounces.read(raw)

    @given(st.data())
    def test_a_damaged_report_is_read_or_named(self, data):
        """Cut, doubled, overwritten anywhere: never another message's, and never an error of another kind."""
        raw = bytearray(data.draw(st.sampled_from([report(OURS), report(OURS, returned="message/rfc822")])))
        for _ in range(data.draw(st.integers(1, 6))):
            start = data.draw(st.integers(0, len(raw)))
            end = data.draw(st.integers(start, min(len(raw), start + 60)))
            raw[start:end] = data.draw(st.one_of(st.binary(max_size=20), st.just(bytes(raw[end : end + 200]))))
        try:
            found = bounces.read(bytes(raw))
        except NotReadable:
            return
        assert bounces._OURS.fullmatch(found.message_id)
        assert len(found.code) < 40

    @given(
        actions=st.lists(st.sampled_from(["failed", "delayed", "delivered", "relayed", "expanded"]), min_size=1),
        status=st.from_regex(r"\A[245]\.[0-9]{1,3}\.[0-9]{1,3}\Z"),
        host=st.from_regex(r"\A[a-z][a-z0-9.-]{0,60}\Z"),
    )
    def test_every_well_formed_report_is_understood(self, actions, status, host):
        ours = f"<{'0f' * 16}@{host}>"
        found = bounces.read(report(ours, *actions, status=status))
        took_it = {"delivered", "relayed", "expanded"} & set(actions)
        assert found == Report(ours, bounced="failed" in actions and not took_it, code=f"dsn-{status}")


@pytest.mark.django_db
class TestCommand:
    @pytest.fixture(autouse=True)
    def _sent(self, postman, letters, now):
        self.message = enqueue()
        tasks.deliver_due()

    @pytest.fixture
    def maildir(self, tmp_path):
        for part in ("new", "cur", "tmp"):
            (tmp_path / part).mkdir()
        return tmp_path

    def read(self, **options):
        said, named = io.StringIO(), io.StringIO()
        call_command("read_bounces", stdout=said, stderr=named, **options)
        return said.getvalue().strip(), named.getvalue().strip()

    def piped(self, raw, monkeypatch):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw)))
        return self.read()

    def test_a_report_from_the_mail_server_reaches_its_row_once(self, monkeypatch):
        assert self.piped(report(self.message.message_id), monkeypatch)[0].startswith("1 read: 1 bounced")
        row = Message.objects.get()
        assert (row.state, row.last_error) == ("bounced", "dsn-5.1.1")
        assert [task.kind for task in worklist.tasks_for(DEV)] == ["message_bounced"]
        assert self.piped(report(self.message.message_id), monkeypatch)[0] == (
            "1 read: 0 bounced, 1 no news, 0 not understood"
        )

    def test_one_that_is_still_tried_changes_nothing(self, monkeypatch):
        self.piped(report(self.message.message_id, "delayed", status="4.4.1"), monkeypatch)
        assert Message.objects.get().state == "sent"

    def test_garbage_is_named_and_skipped(self, monkeypatch):
        assert self.piped(b"\x00 what", monkeypatch) == (
            "1 read: 0 bounced, 0 no news, 1 not understood",
            "standard input: no delivery status in it",
        )

    def test_a_folder_is_read_to_its_end_and_only_what_was_not_understood_is_kept(self, maildir):
        (maildir / "new" / "1.a").write_bytes(ordinary_mail())
        (maildir / "new" / "2.b").write_bytes(report(OURS))
        (maildir / "new" / "3.c").write_bytes(report(self.message.message_id))
        (maildir / "cur" / "4.d:2,S").write_bytes(report(self.message.message_id))
        said, named = self.read(maildir=maildir)
        assert said == "4 read: 1 bounced, 1 no news, 2 not understood"
        assert "message 2 (1.a): no delivery status in it" in named
        assert "message 3 (2.b): no message of ours has that Message-ID" in named
        assert "@" not in named
        assert sorted(file.name for file in maildir.rglob("*") if file.is_file()) == ["1.a:2,F", "2.b:2,F"]
        assert self.read(maildir=maildir)[0].startswith("0 read")

    def test_a_folder_that_is_none(self, tmp_path):
        with pytest.raises(CommandError, match="no Maildir"):
            self.read(maildir=tmp_path)


def test_without_a_database_the_mail_server_is_told_to_come_again():
    command = [sys.executable, "manage.py", "read_bounces"]
    nowhere = environment(DATABASE_URL="postgresql://rapport@127.0.0.1:1/rapport")
    done = subprocess.run(command, cwd=ROOT, env=nowhere, input=report(OURS), capture_output=True, check=False)
    assert done.returncode == 75
