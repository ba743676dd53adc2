"""A place that is offered, over each channel, from the worker's hands to her clock.

It starts when the message is handed over or posted, and stops when that comes back.
"""

import datetime

import pytest
from django.core.management import call_command

from clients.models import Client
from core import clock
from core.clock import Frozen
from core.models import Task
from notifications import bounces, tasks
from notifications.models import Message
from notifications.selectors import letters_to_print
from notifications.services import letter_posted, letter_returned, letter_unposted, message_retry, report_record
from referrals import clocks
from referrals.messages import topics
from referrals.messages.lists import PlaceOffered
from referrals.models import Offer, Referral
from referrals.tasks import tick
from tests.notifications.reports import report
from tests.referrals.given import actor_of
from tests.referrals.waiting import full, listed, offered, place_freed
from tests.support import notify_fake
from therapists.models import Therapist

pytestmark = pytest.mark.django_db
HOUR = datetime.timedelta(hours=1)
DAY = 24 * HOUR
NUMBER = "+447700900123"
ADDRESS = "Ewa Example\n1 High Street\nLeeds"


@pytest.fixture
def notify(settings):
    settings.SMS_BACKEND = notify_fake.BACKEND
    settings.NOTIFY_API_KEY, settings.NOTIFY_SMS_TEMPLATE_ID = notify_fake.API_KEY, notify_fake.TEMPLATE
    with notify_fake.running() as fake:
        settings.NOTIFY_BASE_URL = fake.address
        yield fake


def place_for(ben: Therapist, **contact: str) -> Offer:
    """Somebody who is told this way is offered the place that Ben's last client left."""
    referral = listed(full(ben))
    client = Client.objects.get(pk=referral.client_id)
    for name, value in {**contact, "channel_proved_at": clock.now()}.items():
        setattr(client, name, value)
    client.save()
    place_freed(ben)
    tick()
    offer = offered(referral)
    assert offer is not None and offer.told_at is None
    return offer


def about(offer: Offer) -> Message:
    return Message.objects.get(topic=topics.PLACE_OFFERED, detail__offer=offer.pk)


def assert_clock_runs(offer: Offer, since: datetime.datetime) -> None:
    offer.refresh_from_db()
    client = Referral.objects.select_related("client").get(pk=offer.referral_id).client
    assert (offer.told_at, offer.bounced_at) == (since, None)
    assert offer.expires_at == clocks.client_answer_due(client, since)


def assert_clock_stands(offer: Offer) -> None:
    offer.refresh_from_db()
    assert offer.told_at is None and offer.bounced_at == clock.now()
    assert offer.state == "open", "the place stays hers for now"
    assert Task.objects.filter(kind="message_bounced", subject_id=about(offer).pk, state="open").exists()


def test_by_email(ben: Therapist, now: Frozen) -> None:
    offer = place_for(ben, contact_channel="email", email="ewa@example.org")
    now.move(HOUR)
    tasks.deliver_due()
    assert_clock_runs(offer, since=now.at)
    now.move(HOUR)
    came_back = bounces.read(report(about(offer).message_id))
    assert report_record(report=came_back, actor=actor_of(ben))
    assert_clock_stands(offer)
    now.move(HOUR)
    message_retry(message=about(offer), actor=actor_of(ben))
    tasks.deliver_due()
    assert_clock_runs(offer, since=now.at)


def test_by_text(ben: Therapist, now: Frozen, notify: notify_fake.NotifyFake) -> None:
    offer = place_for(ben, contact_channel="sms", phone=NUMBER)
    now.move(HOUR)
    tasks.deliver_due()
    assert_clock_runs(offer, since=now.at)
    (text,) = [text for text in notify.texts if text.reference == about(offer).message_id]
    assert text.to == NUMBER and offer.therapist.display_name.split()[0] not in text.words
    notify.settle("permanent-failure")
    now.move(HOUR)
    tasks.ask_receipts()
    assert_clock_stands(offer)


def test_by_text_while_the_provider_is_away_no_clock_runs(
    ben: Therapist, now: Frozen, notify: notify_fake.NotifyFake
) -> None:
    offer = place_for(ben, contact_channel="sms", phone=NUMBER)
    notify.answer_with = 503
    tasks.deliver_due()
    offer.refresh_from_db()
    assert offer.told_at is None
    notify.answer_with = None
    now.move(HOUR)
    tasks.deliver_due()
    assert_clock_runs(offer, since=now.at)


def test_by_letter(ben: Therapist, now: Frozen) -> None:
    offer = place_for(ben, contact_channel="letter", address=ADDRESS)
    tasks.deliver_due()
    assert about(offer) in letters_to_print()
    now.move(DAY)
    tick()
    offer.refresh_from_db()
    assert (offer.state, offer.told_at) == ("open", None), "no time passes for a letter in a printer"
    letter_posted(message=about(offer), actor=actor_of(ben))
    assert_clock_runs(offer, since=now.at)
    assert offer.expires_at - now.at > 7 * DAY, "seven working days"
    now.move(HOUR / 2)
    letter_unposted(message=about(offer), actor=actor_of(ben))
    offer.refresh_from_db()
    assert offer.told_at is None
    now.move(HOUR)
    letter_posted(message=about(offer), actor=actor_of(ben))
    assert_clock_runs(offer, since=now.at)
    now.move(2 * DAY)
    letter_returned(message=about(offer), actor=actor_of(ben))
    assert_clock_stands(offer)


@pytest.mark.parametrize("fault", [RuntimeError("a fault"), None])
def test_a_fault_in_the_telling_is_made_good_by_the_next_tick(
    ben: Therapist, now: Frozen, monkeypatch: pytest.MonkeyPatch, fault: Exception | None
) -> None:
    offer = place_for(ben, contact_channel="email", email="ewa@example.org")

    def faulty(self: PlaceOffered, message: Message) -> None:
        if fault:
            raise fault

    monkeypatch.setattr(PlaceOffered, "sent", faulty)
    handed_over = now.at
    tasks.deliver_due()
    assert about(offer).state == "sent"
    offer.refresh_from_db()
    assert offer.told_at is None
    now.move(HOUR)
    tick()
    assert_clock_runs(offer, since=handed_over)


def test_a_bounce_read_by_the_command_stops_the_clock(
    ben: Therapist, now: Frozen, tmp_path_factory: pytest.TempPathFactory
) -> None:
    offer = place_for(ben, contact_channel="email", email="ewa@example.org")
    tasks.deliver_due()
    maildir = tmp_path_factory.mktemp("bounces")
    for part in ("new", "cur", "tmp"):
        (maildir / part).mkdir()
    (maildir / "new" / "1").write_bytes(report(about(offer).message_id))
    call_command("read_bounces", maildir=maildir)
    assert_clock_stands(offer)
