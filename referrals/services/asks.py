"""A therapist answers whether somebody may wait for her. Her yes has two steps, as with a request.

Whom she has said yes to before is asked about again without the check for people she knows.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.db import transaction

from core import clock
from core.actors import Actor
from core.audit import record_write
from core.choices import Role
from referrals import clocks, codes, kinds
from referrals.errors import NotListed, OfferGone
from referrals.locks import Locked, referral_locked
from referrals.messages import topics
from referrals.messages.send import tell_client
from referrals.models import Exclusion, Referral, ReferralEvent, WaitingListEntry
from referrals.selectors.summary import summary_digest
from referrals.services.calls import call_after_noes, call_open
from referrals.services.entries import entry_end, entry_event, entry_step
from referrals.services.events import choice_step
from referrals.services.moving import no_counted
from referrals.services.walk import referral_walk
from referrals.transitions import ENTRY, NotAllowed
from therapists.locks import lock_therapists
from therapists.models import Therapist
from therapists.queue import queues_recount
from therapists.selectors.standing import standing
from therapists.services.listing import therapist_confirm

State = WaitingListEntry.State
LIST_LIMIT = 200


@contextmanager
def _her_ask(entry: WaitingListEntry, actor: Actor) -> Iterator[tuple[Locked, WaitingListEntry]]:
    """Lock, read again, and require that her answer is still awaited. Raises OfferGone."""
    with referral_locked(entry.referral_id) as locked:
        fresh = WaitingListEntry.objects.get(pk=entry.pk)
        if fresh.answer_due_at is None or fresh.answer_due_at < clock.now():
            raise OfferGone
        therapist_confirm(therapist_id=fresh.therapist_id, actor=actor)
        yield locked, fresh


def ask_seen(*, entry: WaitingListEntry, actor: Actor) -> None:
    """Note when it was first opened. Opening a page answers nothing and confirms nothing."""
    seen = WaitingListEntry.objects.filter(pk=entry.pk, seen_at__isnull=True).update(seen_at=clock.now())
    if seen:
        record_write(actor=actor, verb="list_ask_seen", obj_type="entry", obj_id=entry.pk)


def ask_interest(*, entry: WaitingListEntry, actor: Actor) -> WaitingListEntry:
    """She could see this person: name, age and area are shown now, for at least a working day.

    Raises OfferGone, NotListed. Pressing twice changes nothing.
    """
    with _her_ask(entry, actor) as (locked, fresh):
        if fresh.interested_at is not None:
            return fresh
        _require_listed(fresh)
        now = clock.now()
        check_due = clocks.conflict_check_due(locked.therapists[fresh.therapist_id], now)
        assert fresh.answer_due_at is not None  # noqa: S101 - _her_ask has looked
        fresh.interested_at, fresh.answer_due_at = now, max(fresh.answer_due_at, check_due)
        fresh.save(update_fields=["interested_at", "answer_due_at"])
        entry_event(referral=locked.referral, action="interest_list", entry=fresh, actor=actor)
        return fresh


def ask_agree(*, entry: WaitingListEntry, actor: Actor) -> None:
    """Put this person on her list, or say again that she may stay. Raises OfferGone, NotListed, and NotAllowed before
    the check for people she knows."""
    with _her_ask(entry, actor) as (locked, fresh):
        first = fresh.agreed_at is None
        if first and fresh.interested_at is None:
            raise NotAllowed(ENTRY.name, fresh.state, "agree")
        _require_listed(fresh)
        _agree(locked, fresh, actor)
        event = entry_event(referral=locked.referral, action="agree_list", entry=fresh, actor=actor, first=first)
        if first:
            tell_client(topic=topics.LIST_AGREED, referral=locked.referral, event=event, entry=fresh.pk)


def asks_agree_again(*, entries: Iterable[WaitingListEntry], actor: Actor) -> int:
    """Say "still yes" to several she had agreed to. Returns how many; whoever has gone meanwhile is passed over."""
    done = 0
    for entry in entries:
        if entry.agreed_at is None:
            continue
        try:
            ask_agree(entry=entry, actor=actor)
        except (OfferGone, NotListed, NotAllowed):
            continue
        done += 1
    return done


def ask_refuse(*, entry: WaitingListEntry, code: str, actor: Actor) -> None:
    """Say no with a code of DECLINE_CODES. Raises OfferGone, ValueError."""
    if code not in codes.DECLINE_CODES:
        raise ValueError(code)
    with _her_ask(entry, actor) as (locked, fresh):
        _refuse(locked, fresh, code, actor)


def ask_known(*, entry: WaitingListEntry, actor: Actor) -> None:
    """She knows the person or someone close: no detail, never explained, never asked again. Raises OfferGone."""
    with _her_ask(entry, actor) as (locked, fresh):
        Exclusion.objects.get_or_create(
            client=locked.referral.client,
            therapist_id=fresh.therapist_id,
            side=Exclusion.Side.THERAPIST,
            defaults={"at": clock.now()},
        )
        _refuse(locked, fresh, codes.KNOWN, actor)


def ask_unanswered(*, locked: Locked, entry: WaitingListEntry, actor: Actor) -> None:
    """Her time is over. Who asked for the first time goes on; who was on her list keeps her turn, and a person asks."""
    referral = locked.referral
    if entry.agreed_at is not None:
        entry_park(locked=locked, entry=entry, code=codes.PARKED_THERAPIST, actor=actor)
        return
    entry_end(entry=entry, action="lapse", code="unanswered")
    choice_step(referral=referral, therapist_id=entry.therapist_id, action="lapse")
    no_counted(referral)
    event = entry_event(referral=referral, action="lapse_list", entry=entry, actor=actor)
    list_move_on(locked=locked, entry=entry, event=event, topic=topics.LIST_NO_ANSWER, actor=actor)


def entry_remove(*, entry: WaitingListEntry, code: str, actor: Actor) -> None:
    """The therapist takes somebody off her list with a code of REMOVE_CODES. A place that is offered is not taken back
    like this. Raises NotAllowed, ValueError."""
    if code not in codes.REMOVE_CODES:
        raise ValueError(code)
    with referral_locked(entry.referral_id) as locked:
        fresh = WaitingListEntry.objects.get(pk=entry.pk)
        if fresh.state not in (State.LISTED, State.PARKED, State.ASKED) or fresh.agreed_at is None:
            raise NotAllowed(ENTRY.name, fresh.state, "remove")
        therapist_confirm(therapist_id=fresh.therapist_id, actor=actor)
        entry_take_off(locked=locked, entry=fresh, code=code, actor=actor)


def entry_take_off(*, locked: Locked, entry: WaitingListEntry, code: str, actor: Actor) -> None:
    """End an entry by the therapist's side, walk on and tell the client; in the caller's transaction."""
    entry_end(entry=entry, action="remove", code=code)
    _choice_done(locked.referral, entry, "decline")
    event = entry_event(referral=locked.referral, action="remove_list", entry=entry, actor=actor)
    list_move_on(locked=locked, entry=entry, event=event, topic=topics.LIST_REMOVED, actor=actor)


def entry_park(*, locked: Locked, entry: WaitingListEntry, code: str, actor: Actor) -> None:
    """Keep an entry's place in the order without offering it anything, and ask a coordinator to find out."""
    referral = locked.referral
    entry_step(entry=entry, action="park", code=code)
    task = call_open(referral=referral, why=code, actor=actor, kind=kinds.PARKED_ENTRY, role=Role.COORDINATOR)
    event = entry_event(referral=referral, action="park", entry=entry, actor=actor, task=task.pk, code=code)
    tell_client(topic=topics.PARKED, referral=referral, event=event, entry=entry.pk, code=code)


def list_settings(*, therapist_id: int, limit: int, closed: bool, actor: Actor) -> None:
    """Say how many people may wait for her (0 to 200; 0: nobody), and whether the list takes anybody now. Nobody who
    is on it is put off. Raises ValueError."""
    if not 0 <= limit <= LIST_LIMIT:
        raise ValueError(limit)
    with transaction.atomic():
        lock_therapists([therapist_id])
        Therapist.objects.filter(pk=therapist_id).update(list_limit=limit, list_closed=closed)
        queues_recount(therapist_ids=[therapist_id])
        therapist_confirm(therapist_id=therapist_id, actor=actor)
        record_write(
            actor=actor,
            verb="list_settings",
            obj_type="therapist",
            obj_id=therapist_id,
            detail={"limit": limit, "closed": closed},
        )


def list_move_on(*, locked: Locked, entry: WaitingListEntry, event: ReferralEvent, topic: str, actor: Actor) -> None:
    """After an entry has ended: walk if nothing else is open, open the calls that are due, and tell the client both."""
    following = None
    if locked.referral.state == Referral.State.CHOOSING:
        following = referral_walk(locked=locked, actor=actor)
    call = call_after_noes(referral=locked.referral, actor=actor)
    tell_client(
        topic=topic,
        referral=locked.referral,
        event=event,
        entry=entry.pk,
        next=following.pk if following else None,
        call_by=call.due_at.isoformat() if call else None,
    )


def _agree(locked: Locked, entry: WaitingListEntry, actor: Actor) -> None:
    digest = summary_digest(locked.referral, entry.therapist_id)
    entry_step(entry=entry, action="agree", agreed_at=clock.now(), agreed_to=digest)


def _refuse(locked: Locked, entry: WaitingListEntry, code: str, actor: Actor) -> None:
    """A no. When she says the person needs more, a human calls before anything else happens."""
    referral = locked.referral
    entry_end(entry=entry, action="refuse", code=code)
    _choice_done(referral, entry, "decline")
    no_counted(referral)
    if code != codes.NEEDS_MORE:
        event = entry_event(referral=referral, action="refuse_list", entry=entry, actor=actor)
        list_move_on(locked=locked, entry=entry, event=event, topic=topics.LIST_REFUSED, actor=actor)
        return
    task = call_open(
        referral=referral,
        why="needs_more",
        actor=actor,
        kind=kinds.CALL_BEFORE_TELLING,
        role=Role.SAFETY_CLINICIAN,
    )
    entry_event(referral=referral, action="refuse_list", entry=entry, actor=actor, call_first=task.pk)
    if referral.state == Referral.State.CHOOSING:
        referral.action_owner, referral.due_at = Referral.Owner.COORDINATOR, task.due_at
        referral.save(update_fields=["action_owner", "due_at"])


def _choice_done(referral: Referral, entry: WaitingListEntry, action: str) -> None:
    choice_step(referral=referral, therapist_id=entry.therapist_id, action=action)


def _require_listed(entry: WaitingListEntry) -> None:
    """Raises NotListed. Her own act has just confirmed her; a late renewal stops only what is new, and how many new
    people she takes this month says nothing about who may wait."""
    found = standing(entry.therapist_id, as_of=clock.now())
    late = {"no_active_registration"} if found.renewing and entry.agreed_at is not None else set()
    if reasons := [reason for reason in found.reasons if reason not in {*late, "monthly_limit"}]:
        raise NotListed(reasons)
