"""What may be due. These lists are only a start: whoever acts locks the row and looks again."""

import datetime
from collections.abc import Iterable
from typing import Any

from django.db.models import DateTimeField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet

from core.models import Task
from notifications.models import Message
from referrals import clocks, kinds
from referrals.messages import topics
from referrals.models import Offer, Placement, Referral, Submission
from referrals.selectors.waiting import with_waiting_since
from referrals.services.calls import REFERRAL
from referrals.services.due import WAITING, barring, freezing
from therapists.models import Therapist
from therapists.selectors.doubt import doubted
from therapists.selectors.standing import Standing, standing_for

CHUNK = 500
OPEN = Offer.State.OPEN


def expired_offers(now: datetime.datetime) -> list[int]:
    """Open offers past their expiry."""
    return _ids(Offer.objects.filter(state=OPEN, expires_at__lt=now).order_by("expires_at", "pk"))


def offers_of_unlisted(now: datetime.datetime) -> list[int]:
    """Open offers whose therapist may not be asked any more."""
    in_doubt = doubted(Therapist.objects.filter(offers__state=OPEN), now=now).values("pk")
    offers = Offer.objects.filter(state=OPEN, therapist__in=in_doubt)
    rows = list(offers.order_by("pk").values_list("pk", "therapist_id", "awaiting"))
    found: dict[int, Standing] = {}
    for ids in _chunks({therapist for _, therapist, _ in rows}):
        found |= standing_for(ids, as_of=now)
    judge = {Offer.Awaiting.THERAPIST: barring, Offer.Awaiting.CLIENT: freezing}
    return [pk for pk, therapist, awaiting in rows if judge[Offer.Awaiting(awaiting)](found[therapist])]


def offers_half_over(now: datetime.datetime) -> list[int]:
    """Open requests without a sign of life after half their time, which have not been reminded of."""
    half = ExpressionWrapper(F("opened_at") + (F("expires_at") - F("opened_at")) / 2, output_field=DateTimeField())
    requests = Offer.objects.filter(state=OPEN, awaiting=Offer.Awaiting.THERAPIST, interested_at__isnull=True)
    waiting = requests.annotate(half=half)
    reminded = Message.objects.filter(topic=topics.REQUEST_REMINDER, subject_type="offer").values("subject_id")
    return _ids(waiting.filter(half__lt=now, expires_at__gte=now).exclude(pk__in=reminded).order_by("pk"))


def choosing_to_remind(now: datetime.datetime) -> list[int]:
    """Referrals whose client chooses and was not reminded as often as is due."""
    found: list[int] = []
    for sent, after in enumerate(clocks.CHOOSING_REMINDERS):
        choosing = _choosing().filter(action_owner=Referral.Owner.CLIENT, reminders_sent=sent)
        found += _ids(choosing.filter(choosing_since__lt=now - after))
    return found


def choosing_to_call(now: datetime.datetime) -> list[int]:
    """Referrals that have waited so long, choosing or asking, that a call may be due, and that had none since; working
    days are counted one by one."""
    earliest = now - datetime.timedelta(days=clocks.CHOOSING_CALL_LISTED_AFTER)
    calls = Task.objects.filter(kind=kinds.CALL_CLIENT, subject_type=REFERRAL, subject_id=OuterRef("pk"))
    called = calls.filter(Q(created_at__gte=OuterRef("waiting_since")) | Q(state=Task.State.OPEN))
    waiting = with_waiting_since(Referral.objects.filter(state__in=WAITING, queue_from__lt=earliest))
    return _ids(waiting.filter(~Exists(called), waiting_since__lt=earliest).order_by("pk"))


def overdue_referrals(now: datetime.datetime) -> list[int]:
    """Referrals whose owner of the next step, not being the coordinator, let the time pass."""
    states = (Referral.State.CHOOSING, Referral.State.MEETING, Referral.State.IN_THERAPY)
    late = Referral.objects.filter(state__in=states, due_at__lt=now)
    return _ids(late.exclude(action_owner=Referral.Owner.COORDINATOR).order_by("due_at", "pk"))


def placements_in_question(now: datetime.datetime) -> list[int]:
    """Live placements whose therapist's registration is in question."""
    live = Placement.objects.exclude(state=Placement.State.ENDED).order_by("pk")
    pairs = list(live.values_list("pk", "therapist_id"))
    questioned: set[int] = set()
    for ids in _chunks({therapist for _, therapist in pairs}):
        standings = standing_for(ids, as_of=now)
        questioned |= {pk for pk, found in standings.items() if "registration_in_question" in found.reasons}
    return [pk for pk, therapist in pairs if therapist in questioned]


def drafts_over(now: datetime.datetime) -> list[int]:
    """Drafts past their time."""
    return _ids(Submission.objects.filter(state=Submission.State.DRAFT, expires_at__lt=now).order_by("pk"))


def _choosing() -> QuerySet[Referral]:
    return Referral.objects.filter(state=Referral.State.CHOOSING).order_by("pk")


def _ids(rows: QuerySet[Any]) -> list[int]:
    return list(rows.values_list("pk", flat=True))


def _chunks(ids: set[int]) -> Iterable[list[int]]:
    ordered = sorted(ids)
    return (ordered[start : start + CHUNK] for start in range(0, len(ordered), CHUNK))
