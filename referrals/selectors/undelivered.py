"""Requests and questions that never reached the therapist: the message about them failed or came back."""

import datetime

from django.db.models import QuerySet

from core.working_calendar import at_london, london_date
from notifications.models import Message
from notifications.selectors import delivered, failed_messages, messages_about
from referrals.messages import topics
from referrals.models import Offer, WaitingListEntry

# No request is open for longer.
LONGEST_OPEN = datetime.timedelta(days=14)
# How far back to look for a mail that went out; newer than any failure, when anything goes out at all.
LATEST = 200


def undelivered_requests(now: datetime.datetime) -> list[int]:
    """Return open requests whose message has not arrived and which she has not found by herself.

    A message that came back says so at once. One that was given up says it only when other mail has gone out since:
    with the mail server down nothing arrives anywhere, and every request would walk through everybody's whole list.
    """
    lost = failed_messages().filter(topic=topics.REQUEST_NEW, claimed_at__gte=now - LONGEST_OPEN)
    rows = list(lost.values_list("subject_id", "state", "claimed_at"))
    given_up = [at for _, state, at in rows if state == Message.State.FAILED and at is not None]
    mail_works = _last_handed_over() if given_up else None
    ids = [
        pk
        for pk, state, at in rows
        if state == Message.State.BOUNCED or (mail_works is not None and at is not None and at < mail_works)
    ]
    return list(_unseen(now).filter(pk__in=ids).order_by("pk").values_list("pk", flat=True)) if ids else []


def ask_counts(entry: WaitingListEntry) -> bool:
    """Say whether silence about this question counts against the therapist: it has reached her.

    Whom she once agreed to see she is asked about in one message a day, and is silent about all of them once.
    """
    if entry.agreed_at is None:
        return delivered(topics.LIST_ASK, "entry", entry.pk)
    opens, closes = _london_day(entry.asked_at)
    message = messages_about("therapist", entry.therapist_id).filter(topic=topics.LIST_ASK_AGAIN)
    if not message.filter(created_at__gte=opens, created_at__lt=closes, state=Message.State.SENT).exists():
        return False
    together = WaitingListEntry.objects.filter(therapist=entry.therapist_id, agreed_at__isnull=False)
    first = (
        together.filter(asked_at__gte=opens, asked_at__lt=closes).order_by("pk").values_list("pk", flat=True).first()
    )
    return first == entry.pk


def _london_day(moment: datetime.datetime) -> tuple[datetime.datetime, datetime.datetime]:
    day = london_date(moment)
    return at_london(day, datetime.time()), at_london(day + datetime.timedelta(days=1), datetime.time())


def _unseen(now: datetime.datetime) -> QuerySet[Offer]:
    return Offer.objects.filter(
        state=Offer.State.OPEN,
        awaiting=Offer.Awaiting.THERAPIST,
        seen_at__isnull=True,
        interested_at__isnull=True,
        expires_at__gte=now,
    )


def _last_handed_over() -> datetime.datetime | None:
    latest = Message.objects.filter(channel=Message.Channel.EMAIL).order_by("-pk").values_list("sent_at", flat=True)
    return max((at for at in latest[:LATEST] if at is not None), default=None)
