"""Two referrals that turn out to be one person's become one: the earliest time counts, and nothing she had is lost."""

from dataclasses import dataclass

from django.db import transaction

from clients.preferences import Stated
from clients.services.contact import client_contact_take
from clients.services.identity import consents_newest
from core import clock
from core.actors import Actor
from core.models import Task
from core.worklist import task_close
from referrals import codes, kinds
from referrals.answers import MAX_CHOICES
from referrals.errors import NotMergeable
from referrals.fit import needs_of
from referrals.locks import Locked, lock_referrals
from referrals.messages import topics
from referrals.messages.send import tell_client
from referrals.models import Choice, Exclusion, Offer, Referral, SafetyAnswer, WaitingListEntry
from referrals.selectors.calls import call_before_telling
from referrals.selectors.lists import entries_of
from referrals.services.calls import CALLS, REFERRAL, call_open
from referrals.services.entries import entry_end, entry_step, next_while_waiting
from referrals.services.events import referral_step
from referrals.services.moving import offer_back
from referrals.services.placements import closed
from referrals.services.reasons import reason_note, reason_require
from referrals.services.rounds import Line, line_new, present_lines, round_write
from referrals.services.walk import excluded_ids, referral_walk
from referrals.services.withdrawal import everything_let_go
from referrals.transitions import SEEKING
from therapists.queue import queues_recount

State = WaitingListEntry.State
# Promised to a person, whichever of her referrals it was promised about.
PROMISED = (*CALLS, kinds.CALL_BEFORE_TELLING, kinds.PARKED_ENTRY)
# Whom nothing is asked of any more: these give way when two lists together are longer than a list may be.
ANSWERED = (
    Choice.State.NO,
    Choice.State.UNANSWERED,
    Choice.State.UNAVAILABLE,
    Choice.State.ENDED,
    Choice.State.STOPPED,
)


@dataclass(frozen=True, slots=True)
class _Two:
    keep: Locked
    away: Locked
    actor: Actor


def referrals_merge(
    *, keep: Referral, duplicate: Referral, reason: str, actor: Actor, contact_of_duplicate: bool = False
) -> None:
    """Close `duplicate` and give `keep` what it lacks: the earlier time, lists, choices, exclusions, answers, promises.

    A place held for the duplicate goes back to its list, on which she stands with the earlier time. The duplicate's
    own safe contact hears that one of two requests goes on. `contact_of_duplicate`: messages go there from now on.
    Raises NotMergeable, ValueError without a reason.
    """
    reason_require(reason)
    with transaction.atomic():
        locked = lock_referrals([keep.pk, duplicate.pk])
        two = _Two(locked[keep.pk], locked[duplicate.pk], actor)
        _require_mergeable(two)
        _bring_facts(two, contact_of_duplicate)
        _let_go(two)
        moved = _bring_entries(two)
        _bring_choices(two)
        _close(two, reason)
        _go_on(two, moved, reason)
        _identity_known(two, reason)


def _require_mergeable(two: _Two) -> None:
    keep, away = two.keep.referral, two.away.referral
    if keep.pk == away.pk or keep.client_id == away.client_id:
        raise NotMergeable("same_client")
    if Referral.State.CLOSED in (keep.state, away.state):
        raise NotMergeable("closed")
    if away.state not in SEEKING or two.away.leaving is not None:
        raise NotMergeable("seen")


def _bring_facts(two: _Two, contact: bool) -> None:
    """Times, people who must be kept apart, what was answered about safety, permissions, promised calls."""
    keep, away = two.keep.referral, two.away.referral
    keep.queue_from = min(keep.queue_from, away.queue_from)
    keep.clock_started_at = min(keep.clock_started_at, away.clock_started_at)
    keep.noes_in_a_row = max(keep.noes_in_a_row, away.noes_in_a_row)
    keep.away_until = max(filter(None, (keep.away_until, away.away_until)), default=None)
    keep.save(update_fields=["queue_from", "clock_started_at", "noes_in_a_row", "away_until"])
    Exclusion.objects.bulk_create(
        [
            Exclusion(client_id=keep.client_id, therapist_id=row.therapist_id, side=row.side, at=clock.now())
            for row in Exclusion.objects.filter(client_id=away.client_id)
        ],
        ignore_conflicts=True,
    )
    SafetyAnswer.objects.filter(referral=away).update(referral=keep)
    consents_newest(client=keep.client, other=away.client, route="merge", actor=two.actor)
    if contact:
        client_contact_take(client=keep.client, source=away.client, actor=two.actor)
    for task in Task.objects.filter(
        kind__in=PROMISED, subject_type=REFERRAL, subject_id=away.pk, state=Task.State.OPEN
    ):
        call_open(
            referral=keep,
            why=str(task.detail.get("why", "merged")),
            actor=two.actor,
            kind=task.kind,
            due_at=task.due_at,
            role=task.owner_role,
        )


def _let_go(two: _Two) -> None:
    """A held place goes back to its list, where she stands; a request is taken back by what every closing does."""
    offer = two.away.offer
    if offer is not None and offer.awaiting == Offer.Awaiting.CLIENT and offer.entry is not None:
        offer_back(offer=offer, action="withdraw", actor=two.actor, code=codes.DUPLICATE)
        entry_step(entry=offer.entry, action="back")


def _bring_entries(two: _Two) -> list[int]:
    """Of two entries on one list the one with a yes stays, of two alike the earlier. Returns the moved ones.

    Who is being asked, sees her, or has said no on the referral that goes on is not waited for.
    """
    keep, moved = two.keep.referral, []
    settled = _settled(two.keep)
    own = {entry.therapist_id: entry for entry in entries_of(keep)}
    for entry in entries_of(two.away.referral):
        other = own.get(entry.therapist_id)
        over = keep.state == Referral.State.IN_THERAPY or entry.therapist_id in settled
        if over or (other is not None and _worth(other) <= _worth(entry)):
            if other is not None and entry.priority and not other.priority:
                WaitingListEntry.objects.filter(pk=other.pk).update(priority=True)
            entry_end(entry=entry, action="remove", code=codes.DUPLICATE)
            continue
        priority = entry.priority
        if other is not None:
            priority = priority or other.priority
            entry_end(entry=other, action="remove", code=codes.DUPLICATE)
        _move(entry, keep, priority)
        moved.append(entry.pk)
    return moved


def _settled(locked: Locked) -> set[int]:
    keep, states = locked.referral, Choice.State
    over = Choice.objects.filter(referral=keep, state__in=(states.NO, states.ENDED))
    now = keep.choices.filter(round=keep.round, state__in=(states.ASKED, states.YES))
    hers = {row.therapist_id for row in (locked.placement, locked.leaving) if row is not None}
    return hers | {*over.values_list("therapist_id", flat=True), *now.values_list("therapist_id", flat=True)}


def _worth(entry: WaitingListEntry) -> tuple[bool, bool, object]:
    """The smaller one stays."""
    return (entry.state != State.OFFERED, entry.agreed_at is None, entry.joined_at)


def _move(entry: WaitingListEntry, keep: Referral, priority: bool) -> None:
    """The same row goes on: its history, and the record of who was offered what before it, stay true.

    What she must have is read from the referral that goes on. Its summary is another one than the therapist said yes
    to, so that she is asked again before a place is offered.
    """
    needs = needs_of(Stated.from_canonical(keep.preferences.data))
    changes = {"referral": keep, "priority": priority, "hours": needs.hours, "formats": list(needs.formats)}
    WaitingListEntry.objects.filter(pk=entry.pk).update(**changes)
    for name, value in changes.items():
        setattr(entry, name, value)
    if keep.state == Referral.State.MEETING and entry.state != State.KEPT:
        entry_step(entry=entry, action="keep")


def _bring_choices(two: _Two) -> None:
    """Every list of the duplicate stands in the history, so that nobody who said no is asked again; then both as one.

    Entries for which the list of five has no line, or of whom she must not be put together with, are ended.
    """
    keep, away = two.keep.referral, two.away.referral
    own = present_lines(keep)
    for number in away.choices.order_by("round").values_list("round", flat=True).distinct():
        lines = [Line.of(choice) for choice in away.choices.filter(round=number).order_by("rank")]
        round_write(referral=keep, lines=[_not_asked(line) for line in lines])
    entries = {entry.therapist_id: entry for entry in entries_of(keep)}
    lines = _together([_open_again(line, entries) for line in own], present_lines(away), set(entries))
    round_write(referral=keep, lines=lines)
    ranks = {line.therapist_id: rank for rank, line in enumerate(lines, start=1)}
    barred = excluded_ids(keep, list(entries))
    for therapist_id, entry in entries.items():
        if therapist_id in ranks and therapist_id not in barred:
            WaitingListEntry.objects.filter(pk=entry.pk).update(rank=ranks[therapist_id])
        else:
            entry_end(entry=entry, action="remove", code=codes.LIST_CHANGED)
    queues_recount(therapist_ids=entries)


def _together(own: list[Line], others: list[Line], waited_for: set[int]) -> list[Line]:
    """Her own lines first, in order, then the other's; the longest settled give way when there are more than five."""
    known = {line.therapist_id for line in own}
    lines = [*own, *(_not_asked(line) for line in others if line.therapist_id not in known)]
    while len(lines) > MAX_CHOICES:
        settled = [line for line in lines if line.state in ANSWERED and line.therapist_id not in waited_for]
        lines.remove(min(settled, key=lambda line: line.changed_at) if settled else lines[-1])
    return lines


def _open_again(line: Line, entries: dict[int, WaitingListEntry]) -> Line:
    """What had come of a therapist for whom she waits now is not over."""
    over = line.state in ANSWERED and line.therapist_id in entries
    return line_new(line.therapist_id, will_wait=True) if over else line


def _not_asked(line: Line) -> Line:
    """Nobody is asked for the duplicate any more."""
    if line.state != Choice.State.ASKED:
        return line
    return Line(line.therapist_id, line.will_wait, Choice.State.UNTRIED, clock.now())


def _close(two: _Two, reason: str) -> None:
    away = two.away.referral
    if two.away.offer is not None and two.away.offer.awaiting == Offer.Awaiting.THERAPIST:
        everything_let_go(locked=two.away, code=codes.DUPLICATE, actor=two.actor)
    away.closed_code = codes.DUPLICATE
    event = referral_step(referral=away, action="close", actor=two.actor, detail={"kept": two.keep.referral.pk})
    reason_note(event=event, referral=away, verb="referrals_merge", reason=reason, actor=two.actor)
    closed(away, event, two.actor)


def _go_on(two: _Two, moved: list[int], reason: str) -> None:
    """Whoever waits or chooses is walked on with the whole list; the kept referral's own request or place stays."""
    keep = two.keep.referral
    detail = {"merged": two.away.referral.pk, "entries": moved}
    owner, due_at = next_while_waiting(keep) if keep.state == Referral.State.WAITING else (None, None)
    event = referral_step(referral=keep, action="merge", actor=two.actor, owner=owner, due_at=due_at, detail=detail)
    reason_note(event=event, referral=keep, verb="referrals_merge", reason=reason, actor=two.actor)
    if keep.state == Referral.State.WAITING:
        referral_step(referral=keep, action="rewalk", actor=two.actor)
    if keep.state == Referral.State.CHOOSING:
        call = call_before_telling(keep)
        if call is not None:
            referral_step(
                referral=keep,
                action="hand_over",
                actor=two.actor,
                owner=Referral.Owner.COORDINATOR,
                due_at=call.due_at,
                detail={"task": call.pk},
            )
        referral_walk(locked=lock_referrals([keep.pk])[keep.pk], actor=two.actor)
    tell_client(topic=topics.MERGED, referral=keep, event=event)


def _identity_known(two: _Two, reason: str) -> None:
    """The tasks that asked whether these are one person are done, unless they ask about somebody else as well."""
    clients = {two.keep.referral.client_id, two.away.referral.client_id}
    asked = Task.objects.filter(kind=kinds.IDENTITY_CHECK, subject_type="client", subject_id__in=clients)
    for task in asked.filter(state=Task.State.OPEN):
        if set(task.detail.get("perhaps", [])) <= clients:
            task_close(task=task, actor=two.actor, outcome="done", note=reason.strip())
