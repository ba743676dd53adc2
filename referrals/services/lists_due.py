"""What falls due on waiting lists by the passing of time, one row at a time, as in services.due."""

from django.db import transaction

from core import clock
from core.actors import system
from core.choices import Role
from core.models import Task
from core.worklist import task_open
from notifications.models import Message
from referrals import clocks, codes, kinds
from referrals.locks import referral_locked
from referrals.messages import topics
from referrals.messages.send import tell_therapist_of_entry
from referrals.models import Offer, WaitingListEntry
from referrals.selectors.lists_due import entries_unpaid, frozen_therapists
from referrals.selectors.undelivered import ask_counts
from referrals.services.allotting import places_allot
from referrals.services.asks import ask_unanswered, entry_park
from referrals.services.dropping import list_drop, list_freeze, lists_thaw
from referrals.services.due import barring
from referrals.services.offer_times import offer_not_told, offer_told
from referrals.services.walk import unpaid_ids
from therapists.locks import lock_therapists
from therapists.models import Therapist
from therapists.queue import queues_recount
from therapists.selectors.standing import standing, standing_for
from therapists.services.listing import request_unanswered_count

TICK = system("tick")
State = WaitingListEntry.State
# So many therapists' standings are looked at in one go.
CHUNK = 500


def ask_lapse(entry_id: int) -> bool:
    """She did not answer whether somebody may wait for her. Counted only when the question had reached her."""
    referral_id = WaitingListEntry.objects.values_list("referral_id", flat=True).get(pk=entry_id)
    with referral_locked(referral_id) as locked:
        entry = WaitingListEntry.objects.get(pk=entry_id)
        if entry.answer_due_at is None or entry.answer_due_at >= clock.now():
            return False
        # Whoever is away said so: her silence is not counted.
        away = locked.therapists[entry.therapist_id].paused
        if not away and ask_counts(entry):
            request_unanswered_count(therapist_id=entry.therapist_id, actor=TICK)
        ask_unanswered(locked=locked, entry=entry, actor=TICK)
        return True


def ask_remind(entry_id: int) -> bool:
    """Half her time is over. The dedupe key makes it one message."""
    entry = WaitingListEntry.objects.get(pk=entry_id)
    if entry.state != State.ASKED or entry.interested_at is not None:
        return False
    tell_therapist_of_entry(topic=topics.LIST_ASK_REMINDER, entry=entry)
    return True


def list_recount(therapist_id: int) -> bool:
    """Somebody may be offered a place again from today: forget the date and count the list anew."""
    with transaction.atomic():
        lock_therapists([therapist_id])
        rows = WaitingListEntry.objects.filter(therapist=therapist_id, state=State.LISTED)
        rows.filter(no_offer_before__lte=clock.now()).update(no_offer_before=None)
        queues_recount(therapist_ids=[therapist_id])
    return True


def place_told(offer_id: int) -> bool:
    """Start the client's clock where the outbox could not say so itself."""
    message = _message_of(offer_id, Message.State.SENT)
    if message is None or message.sent_at is None:
        return False
    return offer_told(offer_id=offer_id, at=message.sent_at, channel=message.channel)


def place_not_told(offer_id: int) -> bool:
    """Stop the client's clock where the outbox could not say so itself."""
    return offer_not_told(offer_id=offer_id)


def list_unlisted(entry_id: int) -> bool:
    """End the entry, or let it stand still, as her standing says now."""
    entry = WaitingListEntry.objects.get(pk=entry_id)
    found = standing(entry.therapist_id, as_of=clock.now())
    if found.listed:
        return False
    if barring(found) - {"paused"}:
        return list_drop(entry_id=entry_id, actor=TICK)
    if set(found.reasons) & {"paused", "not_confirmed", "unanswered"}:
        return list_freeze(entry_id=entry_id, actor=TICK)
    return False


def lists_go_on() -> int:
    """Whoever is listed again offers places again."""
    ids, now = frozen_therapists(), clock.now()
    listed = [pk for pk, found in standing_for(ids, as_of=now).items() if found.listed]
    return lists_thaw(therapist_ids=listed) if listed else 0


def lists_look_over() -> int:
    """Look at the full standing of every therapist for whom somebody waits: dates pass without any change of a row."""
    ids = list(Therapist.objects.filter(list_entries__gt=0).order_by("pk").values_list("pk", flat=True))
    done, now = 0, clock.now()
    for start in range(0, len(ids), CHUNK):
        standings = standing_for(ids[start : start + CHUNK], as_of=now)
        unlisted = [pk for pk, found in standings.items() if not found.listed]
        entries = WaitingListEntry.objects.filter(therapist__in=unlisted, state__in=WaitingListEntry.ON_LIST)
        for pk in entries.order_by("pk").values_list("pk", flat=True):
            done += list_unlisted(pk)
    return done


def lists_unpaid() -> int:
    """Whoever's funding does not cover the therapist any more keeps her turn and is told, and a person speaks with her.
    Without it she would stand on a list from which nothing is ever offered."""
    done = 0
    for entry_id, referral_id in entries_unpaid(clock.now()):
        with referral_locked(referral_id) as locked:
            entry = WaitingListEntry.objects.get(pk=entry_id)
            if entry.state == State.LISTED and unpaid_ids(locked.referral, [entry.therapist_id]):
                entry_park(locked=locked, entry=entry, code=codes.PARKED_FUNDING, actor=TICK)
                done += 1
    return done


def list_frozen_long(therapist_id: int) -> bool:
    """A list has stood still for two weeks: a person asks the therapist. Asked anew after four weeks."""
    since = clock.now() - clocks.CHECK_IN_EVERY
    before = Task.objects.filter(kind=kinds.LIST_FROZEN_LONG, subject_type="therapist", subject_id=therapist_id)
    if before.filter(created_at__gt=since).exists():
        return False
    nation = Therapist.objects.values_list("nation", flat=True).get(pk=therapist_id)
    task_open(
        kind=kinds.LIST_FROZEN_LONG,
        subject_type="therapist",
        subject_id=therapist_id,
        owner_role=Role.COORDINATOR,
        due_at=clocks.call_due(nation, clock.now()),
        actor=TICK,
    )
    return True


def places_offer() -> int:
    """Give every free place to whoever's turn it is."""
    return places_allot(actor=TICK)


def _message_of(offer_id: int, state: str) -> Message | None:
    referral_id = Offer.objects.values_list("referral_id", flat=True).get(pk=offer_id)
    about = Message.objects.filter(topic=topics.PLACE_OFFERED, subject_type="referral", subject_id=referral_id)
    return about.filter(detail__offer=offer_id, state=state).order_by("-sent_at").first()
