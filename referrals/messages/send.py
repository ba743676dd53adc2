"""Putting a message into the outbox: to the client's safe channel, or to a therapist's e-mail.

The dedupe key is the event's, so that whatever runs twice writes once.
"""

from datetime import datetime
from typing import Any

from clients.models import Client
from core import clock
from notifications.models import Message
from notifications.services import message_enqueue
from referrals.models import Offer, Placement, Referral, ReferralEvent, WaitingListEntry


def tell_client(
    *, topic: str, referral: Referral, event: ReferralEvent, not_before: datetime | None = None, **detail: Any
) -> Message:
    """Tell the client what an event means for her, outside quiet hours. `detail`: ids, codes and ISO times."""
    client: Client = referral.client
    return message_enqueue(
        topic=topic,
        subject_type="referral",
        subject_id=referral.pk,
        recipient_type="client",
        recipient_id=client.pk,
        channel=client.contact_channel,
        dedupe_key=f"{topic}:{event.pk}",
        not_before=not_before,
        detail={"event": event.pk, **detail},
        respect_quiet_hours=True,
    )


def tell_therapist_of_offer(*, topic: str, offer: Offer) -> Message:
    """Tell a therapist about a request. One message per topic and request."""
    return _to_therapist(topic, "offer", offer.pk, offer.therapist_id)


def tell_therapist_of_placement(*, topic: str, placement: Placement, event: ReferralEvent | None = None) -> Message:
    """Tell a therapist about somebody she meets. One message per topic and placement; per `event`, where the same can
    happen again: a second pause is news like the first.
    """
    times = f":{event.pk}" if event is not None else ""
    return _to_therapist(topic, "placement", placement.pk, placement.therapist_id, times)


def tell_therapist_of_entry(*, topic: str, entry: WaitingListEntry) -> Message:
    """Tell a therapist about somebody who would like to wait for her. One message per topic and time of asking."""
    times = f":{entry.asked_at:%Y%m%dT%H%M%S%f}"
    return _to_therapist(topic, "entry", entry.pk, entry.therapist_id, times)


def tell_therapist_of_list(*, topic: str, therapist_id: int) -> Message:
    """Tell a therapist about her list as a whole: at most one message per topic and London day."""
    return _to_therapist(topic, "therapist", therapist_id, therapist_id, f":{clock.today()}")


def _to_therapist(topic: str, subject_type: str, subject_id: int, therapist_id: int, times: str = "") -> Message:
    return message_enqueue(
        topic=topic,
        subject_type=subject_type,
        subject_id=subject_id,
        recipient_type="therapist",
        recipient_id=therapist_id,
        dedupe_key=f"{topic}:{subject_id}{times}",
        respect_quiet_hours=True,
    )
