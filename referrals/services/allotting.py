"""The tick's look at all free places at once: who is offered which, by matching.allocate, written down with reasons.

What is decided here rests on figures without locks. `offers_open` looks again under the locks and leaves out what has
changed, so that any number of ticks may run at once; what it left out is the next tick's.
"""

import logging
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from django.db import transaction

from core import clock
from core.actors import Actor
from matching.allocate import Freed, Waiting, allocate
from referrals.fit import Shape, shape_suits
from referrals.locks import lock_referral
from referrals.models import Allotment, Referral, WaitingListEntry
from referrals.selectors import allotments
from referrals.selectors.freed import FreePlace, Market, market
from referrals.selectors.queue import Queued
from referrals.selectors.summary import summary_digests
from referrals.services.asking import entry_ask_again
from referrals.services.entries import entry_event
from referrals.services.offering import Pair, offers_open
from referrals.services.stepping_up import request_give_way
from therapists.locks import lock_therapists
from therapists.queue import queues_recount

logger = logging.getLogger(__name__)
State = WaitingListEntry.State
REQUESTED = Referral.State.REQUESTED
# A code of referrals.selectors.allotments, and the place.
Decided = tuple[str, int | None]
ANY_FORMAT = (1 << 63) - 1
# So many offers share a transaction: more would hold many locks for long, fewer cost more round trips.
BATCH = 500


@dataclass(frozen=True, slots=True)
class _Look:
    """What was found and decided without locks. `chosen`: the entry by which each referral gets a place."""

    market: Market
    given: list[Pair]
    chosen: dict[int, int]


def places_allot(*, actor: Actor) -> int:
    """Offer every free place to whoever it is the turn of. Returns how many were offered."""
    found = market(clock.now())
    if found is None:
        return 0
    given = _given(found)
    look = _Look(found, given, {pair.row.referral: pair.row.entry for pair in given})
    offered = sum(_batch(look, batch, actor) for batch in _batches(given))
    _recount_untouched(look)
    return offered


def _given(found: Market) -> list[Pair]:
    """Return who gets which place. Where a therapist takes no more this month, who is further down asks elsewhere."""
    rows, bits = found.rows, _format_bits(found)
    by_entry, freed = {row.entry: row for row in rows}, _freed(found.places, bits)
    while True:
        allocation = allocate(_waiting(rows, bits), freed)
        given = [
            Pair(by_entry[int(entry)], int(place))
            for entry, place in zip(allocation.entries, allocation.places, strict=True)
        ]
        over = _over_limit(given, rows, found.rooms)
        if not over:
            return given
        rows = [row for row in rows if row.entry not in over]


def _over_limit(given: list[Pair], rows: list[Queued], rooms: dict[int, int]) -> set[int]:
    """Return the entries of therapists with a monthly limit who stand below the last one it has room for; none where
    nobody below got a place."""
    taken = {pair.row.entry for pair in given}
    count: Counter[int] = Counter()
    below: dict[int, list[int]] = defaultdict(list)
    for row in rows:
        if row.therapist not in rooms:
            continue
        if count[row.therapist] >= rooms[row.therapist]:
            below[row.therapist].append(row.entry)
        count[row.therapist] += row.entry in taken
    return {entry for pk, entries in below.items() if count[pk] > rooms[pk] for entry in entries}


def _format_bits(found: Market) -> dict[str, int]:
    slugs = {slug for row in found.rows for slug in row.formats} | {place.shape.format for place in found.places}
    return {slug: 1 << position for position, slug in enumerate(sorted(slugs - {""}))}


def _waiting(rows: list[Queued], bits: dict[str, int]) -> Waiting:
    # Numbered through, so that two equal ranks of one client, should there ever be such, hold up nobody else.
    rank = {row.entry: number for number, row in enumerate(sorted(rows, key=lambda row: (row.rank, row.entry)))}
    return Waiting.of(
        id=[row.entry for row in rows],
        client=[row.referral for row in rows],
        therapist=[row.therapist for row in rows],
        rank=[rank[row.entry] for row in rows],
        priority=[0 if row.priority else 1 for row in rows],
        since=[int(row.since.timestamp() * 1_000_000) for row in rows],
        hours=[row.hours for row in rows],
        formats=[sum(bits[slug] for slug in set(row.formats)) or ANY_FORMAT for row in rows],
    )


def _freed(places: list[FreePlace], bits: dict[str, int]) -> Freed:
    return Freed.of(
        id=[place.pk for place in places],
        therapist=[place.therapist for place in places],
        hours=[place.shape.hours for place in places],
        formats=[bits.get(place.shape.format, ANY_FORMAT) for place in places],
    )


def _batches(given: list[Pair]) -> Iterator[list[Pair]]:
    """Cut what is given into batches of whole lists, so that a list is written down with all its decisions."""
    ordered = sorted(given, key=lambda pair: (pair.row.therapist, pair.row.entry))
    batch: list[Pair] = []
    for pair in ordered:
        if len(batch) >= BATCH and pair.row.therapist != batch[-1].row.therapist:
            yield batch
            batch = []
        batch.append(pair)
    if batch:
        yield batch


def _batch(look: _Look, batch: list[Pair], actor: Actor) -> int:
    """Open the offers of one batch, and ask again where a yes is old. What fails is logged; the next tick tries."""
    offered = 0
    try:
        fresh, stale = _by_yes(batch, look.market)
    except Exception:
        logger.exception("allot: what a batch of %d was agreed to cannot be read", len(batch))
        return 0
    plain = [pair for pair in fresh if pair.row.referral_state != REQUESTED]
    steps: list[tuple[Callable[[list[Pair]], dict[int, Decided]], list[Pair]]] = [
        (partial(_open, actor), plain),
        *((partial(_step_up, actor), [pair]) for pair in fresh if pair.row.referral_state == REQUESTED),
        *((partial(_ask_again, actor), [pair]) for pair in stale),
    ]
    for act, pairs in steps:
        try:
            with transaction.atomic():
                done = act(pairs) if pairs else {}
                _write_down(look, done, {pair.row.therapist for pair in pairs if pair.row.entry in done})
            offered += sum(code == allotments.OFFERED for code, _place in done.values())
        except Exception:
            logger.exception("allot: %d of a batch failed", len(pairs))
    return offered


def _open(actor: Actor, pairs: list[Pair]) -> dict[int, Decided]:
    return {pair.row.entry: (allotments.OFFERED, pair.place) for pair in offers_open(pairs=pairs, actor=actor)}


def _step_up(actor: Actor, pairs: list[Pair]) -> dict[int, Decided]:
    return {
        pair.row.entry: (allotments.OFFERED, pair.place) for pair in pairs if request_give_way(pair=pair, actor=actor)
    }


def _by_yes(batch: list[Pair], found: Market) -> tuple[list[Pair], list[Pair]]:
    """Part those whose therapist's yes counts from those about whom she is asked again; for whom she is being asked
    already the place waits."""
    listed = [pair for pair in batch if pair.row.state == State.LISTED]
    agreed = dict(
        WaitingListEntry.objects.filter(pk__in=[pair.row.entry for pair in listed]).values_list("pk", "agreed_to")
    )
    digests = summary_digests((pair.row.referral, pair.row.therapist) for pair in listed)
    fresh: list[Pair] = []
    stale: list[Pair] = []
    for pair in listed:
        row = pair.row
        same = agreed.get(row.entry) == digests.get((row.referral, row.therapist))
        (fresh if same and row.agreed_freshly(found.now) else stale).append(pair)
    return fresh, stale


def _ask_again(actor: Actor, pairs: list[Pair]) -> dict[int, Decided]:
    done: dict[int, Decided] = {}
    for pair in pairs:
        locked = lock_referral(pair.row.referral)
        entry = WaitingListEntry.objects.get(pk=pair.row.entry)
        if entry.state == State.LISTED:
            entry_ask_again(locked=locked, entry=entry, actor=actor)
            entry_event(referral=locked.referral, action="ask_list_again", entry=entry, actor=actor)
            done[entry.pk] = (allotments.ASKED_AGAIN, None)
    return done


def _write_down(look: _Look, done: dict[int, Decided], therapists: set[int]) -> None:
    """Keep, for each of these therapists, the order of her list and what decided for everybody on it."""
    if not therapists:
        return
    places: dict[int, list[FreePlace]] = defaultdict(list)
    for place in look.market.places:
        places[place.therapist].append(place)
    rows = []
    for therapist, entries in allotments.everybody_on(therapists, look.market).items():
        shapes = [place.shape for place in places[therapist]]
        said = [
            [entry, *(done.get(entry) or (why if row is None else _code(look, row, shapes), None))]
            for row, entry, why in entries
        ]
        free = [place.pk for place in places[therapist]]
        rows.append(Allotment(therapist_id=therapist, at=look.market.now, places=free, entries=said))
    Allotment.objects.bulk_create(rows)


def _code(look: _Look, row: Queued, shapes: list[Shape]) -> str:
    """Return why somebody who could have been offered a place was not."""
    chosen = look.chosen.get(row.referral)
    if chosen == row.entry:
        return allotments.WAITS_FOR_YES
    if chosen is not None:
        return allotments.ELSEWHERE
    if not any(shape_suits(row.hours, row.formats, shape) for shape in shapes):
        return allotments.NO_FIT
    return allotments.BEHIND


def _recount_untouched(look: _Look) -> None:
    """Count the lists again on which places stay free: should a figure be wrong, nobody new would be let in."""
    touched = {pair.row.therapist for pair in look.given}
    left = {place.therapist for place in look.market.places} - touched
    if left:
        with transaction.atomic():
            lock_therapists(left)
            queues_recount(therapist_ids=left)
