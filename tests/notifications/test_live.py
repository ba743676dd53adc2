"""The outbox between real processes: web, worker, beat, Redis and a mail server."""

import time

import pytest

from accounts.models import Organisation
from accounts.services.invitations import user_invite
from core.actors import system
from core.choices import Role
from notifications.models import Message

pytestmark = pytest.mark.django_db(transaction=True)


def invite(number=1):
    home, _ = Organisation.objects.get_or_create(kind="service", name="Rapport")
    return user_invite(
        email=f"new{number}@example.org",
        name="Nadia New",
        organisation=home,
        role=Role.COORDINATOR,
        actor=system("test"),
    )


def states():
    return set(Message.objects.values_list("state", flat=True))


def sign_up(page, stack):
    """Sign up through the web process. Returns how long the answer took."""
    page.goto(f"{stack.base_url}/account/signup/")
    page.fill("[name=name]", "Tess New")
    page.fill("[name=email]", "tess@example.org")
    page.fill("[name=password1]", "violet tractor umbrella")
    started = time.monotonic()
    with page.expect_navigation():
        page.locator("main button[type=submit], main [type=submit]").last.click()
    return time.monotonic() - started


def test_while_redis_is_down_people_get_their_page_and_later_their_mail(live_stack, open_page):
    page = open_page()
    live_stack.stop_redis()
    assert sign_up(page, live_stack) < 5
    assert "confirm-email" in page.url
    assert states() == {"queued"}
    live_stack.start_redis()
    (mail,) = live_stack.wait_mails(1, to="tess@example.org")
    live_stack.wait(lambda: states() == {"sent"}, "the message recorded as sent")
    assert mail.message_id == Message.objects.get().message_id


def test_a_worker_killed_among_twenty_messages_loses_and_doubles_none(live_stack):
    live_stack.kill_worker()
    for number in range(20):
        invite(number)
    live_stack.start_worker()
    live_stack.wait_mails(3)
    live_stack.kill_worker()
    live_stack.start_worker()
    # Whatever was in the dead worker's hands is sent again when its time is over: here at once.
    live_stack.wait(lambda: states() <= {"sent", "sending"}, "everything else sent")
    Message.objects.filter(state="sending").update(claimed_at="2020-01-01T00:00Z")
    live_stack.wait(lambda: states() == {"sent"}, "everything sent")
    by_recipient = {}
    for mail in live_stack.mails():
        by_recipient.setdefault(mail.to, set()).add(mail.message_id)
    assert len(by_recipient) == 20 and all(len(ids) == 1 for ids in by_recipient.values())
