"""What may be due on waiting lists. These are only a start: whoever acts locks the row and looks again."""

import datetime

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet

from core.working_calendar import london_date
from notifications.models import Message
from referrals import clocks
from referrals.messages import topics
from referrals.models import Offer, Placement, Referral, WaitingListEntry
from referrals.selectors.queue import queues_of
from therapists.models import Contract, Place
from therapists.selectors.doubt import doubted_at_once, in_question

State = WaitingListEntry.State
_PLACES = Offer.objects.filter(state=Offer.State.OPEN, awaiting=Offer.Awaiting.CLIENT)


def asks_over(now: datetime.datetime) -> list[int]:
    """Entries whose therapist did not answer in time."""
    late = WaitingListEntry.objects.filter(state=State.ASKED, answer_due_at__lt=now)
    return list(late.order_by("answer_due_at", "pk").values_list("pk", flat=True))


def asks_half_over(now: datetime.datetime) -> list[int]:
    """Entries somebody asks for the first time, unopened after half the therapist's time."""
    rows = WaitingListEntry.objects.filter(
        state=State.ASKED, agreed_at__isnull=True, interested_at__isnull=True, answer_due_at__gte=now
    )
    times = rows.order_by("pk").values_list("pk", "asked_at", "answer_due_at")
    half = [pk for pk, asked, due in times if due is not None and asked + (due - asked) / 2 < now]
    reminded = Message.objects.filter(topic=topics.LIST_ASK_REMINDER, subject_type="entry", subject_id__in=half)
    return sorted(set(half) - set(reminded.values_list("subject_id", flat=True)))


def entries_offerable_again(now: datetime.datetime) -> list[int]:
    """Therapists on whose lists somebody has come to the day from which she may be offered a place again."""
    rows = WaitingListEntry.objects.filter(state=State.LISTED, no_offer_before__lte=now)
    return sorted(set(rows.values_list("therapist_id", flat=True)))


def lists_with_a_place_from_today(now: datetime.datetime) -> list[int]:
    """Therapists with a place from today whose figure still says that nobody on their list could have it: at midnight
    nobody counts again."""
    places = Place.objects.filter(available_from=london_date(now), closed_at__isnull=True)
    waited_for = places.filter(therapist__list_entries__gt=0, therapist__offerable_entries=0).order_by()
    counted = queues_of(set(waited_for.values_list("therapist_id", flat=True)))
    return sorted(pk for pk, queue in counted.items() if queue.offerable)


def places_told(_now: datetime.datetime) -> list[int]:
    """Offers whose message was handed over, although nobody has started the client's clock."""
    return _with_message(_PLACES.filter(told_at__isnull=True), (Message.State.SENT,))


def places_not_told(_now: datetime.datetime) -> list[int]:
    """Offers whose message could not be delivered, although nobody has stopped the client's clock."""
    return _with_message(_PLACES.filter(bounced_at__isnull=True), (Message.State.FAILED, Message.State.BOUNCED))


def _with_message(offers: QuerySet[Offer], states: tuple[str, ...]) -> list[int]:
    referral_of = dict(offers.values_list("pk", "referral_id"))
    about = Message.objects.filter(topic=topics.PLACE_OFFERED, state__in=states, subject_type="referral")
    told = about.filter(subject_id__in=set(referral_of.values())).values_list("detail", flat=True)
    return sorted(set(referral_of) & {detail["offer"] for detail in told})


def places_half_over(now: datetime.datetime) -> list[int]:
    """Offers of which half the client's time is over, and nobody has reminded her."""
    # Half of anybody's time is at least half of the shortest.
    at_least = datetime.timedelta(hours=settings.OFFER_ANSWER_WAKING_HOURS / 2)
    rows = _PLACES.filter(told_at__lte=now - at_least, reminded_at__isnull=True, expires_at__gte=now)
    times = rows.order_by("pk").values_list("pk", "told_at", "expires_at")
    return [pk for pk, told, until in times if told is not None and clocks.half_time(told, until) <= now]


def entries_of_unlisted(now: datetime.datetime) -> list[int]:
    """Entries that go on by nobody's word: their therapist's columns or registrations say that she may not be listed.

    Found cheaply here at every tick; what only a full look at her standing finds is the hourly look's.
    """
    doubtful = doubted_at_once(now=now)
    if not doubtful:
        return []
    live = WaitingListEntry.objects.filter(state__in=WaitingListEntry.ON_LIST, therapist__in=doubtful)
    rows = live.exclude(state=State.OFFERED).values_list("pk", "therapist_id", "frozen_at")
    found = list(rows)
    # Who stands still already has nothing new to be told, unless her therapist has lost her standing for good.
    questioned = in_question({therapist for _, therapist, frozen in found if frozen is not None})
    return sorted(pk for pk, therapist, frozen in found if frozen is None or therapist in questioned)


def frozen_therapists() -> list[int]:
    """Therapists whose lists stand still."""
    rows = WaitingListEntry.objects.filter(frozen_at__isnull=False, state__in=WaitingListEntry.LIVE)
    return sorted(set(rows.values_list("therapist_id", flat=True)))


def frozen_long(now: datetime.datetime) -> list[int]:
    """Therapists whose lists have stood still for two weeks."""
    rows = WaitingListEntry.objects.filter(
        frozen_at__lt=now - clocks.FROZEN_TASK_AFTER, state__in=WaitingListEntry.LIVE
    )
    return sorted(set(rows.values_list("therapist_id", flat=True)))


def pauses_over(now: datetime.datetime) -> list[int]:
    """Placements whose pause ends today or has ended."""
    rows = Placement.objects.filter(state=Placement.State.PAUSED, paused_until__lte=london_date(now))
    return list(rows.order_by("pk").values_list("pk", flat=True))


def away_over(now: datetime.datetime) -> list[int]:
    """Referrals of people who come back today or have come back."""
    rows = Referral.objects.filter(away_until__lte=london_date(now))
    return list(rows.order_by("pk").values_list("pk", flat=True))


def entries_unpaid(now: datetime.datetime) -> list[tuple[int, int]]:
    """Return (entry, referral) of who is on a list although her funder has no contract in force with the therapist."""
    today = london_date(now)
    in_force = Contract.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=today),
        funder=OuterRef("referral__funder"),
        therapist=OuterRef("therapist"),
        starts_on__lte=today,
    )
    rows = WaitingListEntry.objects.filter(~Exists(in_force), state=State.LISTED, referral__funder__isnull=False)
    return list(rows.order_by("pk").values_list("pk", "referral_id"))
