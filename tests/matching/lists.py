"""Small waiting lists as plain objects, and what allocation means, in the slowest and most obvious way.

Nothing here knows of arrays. Hours and formats are sets; who can sit where is found by trying everything.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from random import Random

from matching.allocate import Freed, Waiting, allocate

HOURS = frozenset(range(4))
FORMATS = frozenset(range(2))


@dataclass(frozen=True)
class Entry:
    """A client on a therapist's list. `rank`: how much she wants it, 0 most."""

    id: int
    client: int
    therapist: int
    rank: int
    priority: int = 0
    since: int = 0
    hours: frozenset[int] = HOURS
    formats: frozenset[int] = FORMATS

    @property
    def turn(self) -> tuple[int, int, int]:
        return (self.priority, self.since, self.id)


@dataclass(frozen=True)
class Place:
    id: int
    therapist: int
    hours: frozenset[int] = HOURS
    formats: frozenset[int] = FORMATS


Answer = dict[Entry, Place]


def fits(entry: Entry, place: Place) -> bool:
    return bool(entry.therapist == place.therapist and entry.hours & place.hours and entry.formats & place.formats)


@cache
def seatings(entries: tuple[Entry, ...], places: tuple[Place, ...]) -> tuple[tuple[Place, ...], ...]:
    """Every way to give each entry a place that fits, places in order of id."""
    if not entries:
        return ((),)
    found = []
    for place in sorted(places, key=lambda one: one.id):
        if fits(entries[0], place):
            rest = tuple(one for one in places if one != place)
            found += [(place, *others) for others in seatings(entries[1:], rest)]
    return tuple(found)


def in_order(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    return tuple(sorted(entries, key=lambda entry: entry.turn))


def can_sit(entries: Iterable[Entry], places: Sequence[Place]) -> bool:
    return bool(seatings(in_order(entries), tuple(places)))


def choose(entries: Iterable[Entry], places: Sequence[Place]) -> list[Entry]:
    """Whom one therapist takes of her list: from its top, everybody with whom all taken can still sit."""
    taken: list[Entry] = []
    for entry in in_order(entries):
        if can_sit([*taken, entry], places):
            taken.append(entry)
    return taken


def slow_allocate(entries: Sequence[Entry], places: Sequence[Place], random: Random) -> Answer:
    """Ask one at a time, whoever happens to be free."""
    todo = {client: wishes_of(client, entries) for client in {entry.client for entry in entries}}
    held: dict[int, list[Entry]] = {entry.therapist: [] for entry in entries}
    while free := sorted(client for client, wishes in todo.items() if wishes and not _holds(client, held)):
        entry = todo[random.choice(free)].pop(0)
        own = [place for place in places if place.therapist == entry.therapist]
        held[entry.therapist] = choose([*held[entry.therapist], entry], own)
    answer = {}
    for therapist, taken in held.items():
        own = tuple(place for place in places if place.therapist == therapist)
        # The first of all ways, compared from the top of the list.
        best = min(seatings(in_order(taken), own), key=lambda seats: [place.id for place in seats])
        answer.update(zip(in_order(taken), best, strict=True))
    return answer


def _holds(client: int, held: dict[int, list[Entry]]) -> bool:
    return any(entry.client == client for taken in held.values() for entry in taken)


def wishes_of(client: int, entries: Iterable[Entry]) -> list[Entry]:
    return sorted((entry for entry in entries if entry.client == client), key=lambda entry: entry.rank)


def blocking(answer: Iterable[Entry], entries: Sequence[Entry], places: Sequence[Place]) -> list[Entry]:
    """Entries somebody prefers to what she has, and that could be fitted in, or instead of somebody further down."""
    taken = list(answer)
    rank = {entry.client: entry.rank for entry in taken}
    found = []
    for entry in entries:
        if entry.rank >= rank.get(entry.client, len(entries)):
            continue
        own = [place for place in places if place.therapist == entry.therapist]
        there = [one for one in taken if one.therapist == entry.therapist]
        without = [[one for one in there if one != later] for later in there if later.turn > entry.turn]
        if any(can_sit([*group, entry], own) for group in [there, *without]):
            found.append(entry)
    return found


def outcomes(entries: Sequence[Entry], places: Sequence[Place]) -> list[list[Entry]]:
    """Every way to take at most one entry of each client so that all can sit."""
    clients = sorted({entry.client for entry in entries})
    found: list[list[Entry]] = [[]]
    for client in clients:
        found += [[*one, entry] for one in found for entry in wishes_of(client, entries)]
    therapists = {place.therapist for place in places} | {entry.therapist for entry in entries}
    return [one for one in found if all(_sits(one, therapist, places) for therapist in therapists)]


def _sits(taken: Iterable[Entry], therapist: int, places: Iterable[Place]) -> bool:
    return can_sit(
        [entry for entry in taken if entry.therapist == therapist],
        [place for place in places if place.therapist == therapist],
    )


def fast(entries: Sequence[Entry], places: Sequence[Place]) -> Answer:
    """What `allocate` says, in plain objects."""
    found = allocate(waiting_of(entries), freed_of(places))
    entry_of = {entry.id: entry for entry in entries}
    place_of = {place.id: place for place in places}
    pairs = zip(found.entries.tolist(), found.places.tolist(), strict=True)
    return {entry_of[entry]: place_of[place] for entry, place in pairs}


def waiting_of(entries: Sequence[Entry]) -> Waiting:
    columns = {
        name: [getattr(entry, name) for entry in entries]
        for name in ("id", "client", "therapist", "rank", "priority", "since")
    }
    hours, formats = ([_mask(getattr(entry, name)) for entry in entries] for name in ("hours", "formats"))
    return Waiting.of(**columns, hours=hours, formats=formats)


def freed_of(places: Sequence[Place]) -> Freed:
    hours, formats = ([_mask(getattr(place, name)) for place in places] for name in ("hours", "formats"))
    return Freed.of(
        id=[place.id for place in places],
        therapist=[place.therapist for place in places],
        hours=hours,
        formats=formats,
    )


def _mask(values: frozenset[int]) -> int:
    return sum(1 << value for value in values)


def random_lists(random: Random, *, clients: int, therapists: int, places: int) -> tuple[list[Entry], list[Place]]:
    """Up to so many of each. Ids are scattered and in no order; turns are often equal but for the id."""
    ids = random.sample(range(1_000), 200)
    entries = []
    for client in range(random.randint(0, clients)):
        wanted = random.sample(range(therapists), random.randint(0, therapists))
        hours, formats, since = some(random, HOURS), some(random, FORMATS), random.randint(0, 2)
        for rank, therapist in enumerate(wanted):
            priority = random.choice([0, 0, 0, -1])
            entries.append(Entry(ids.pop(), client, therapist, rank, priority, since, hours, formats))
    rooms = [
        # One therapist beyond those anybody waits for.
        Place(ids.pop(), random.randint(0, therapists), some(random, HOURS), some(random, FORMATS))
        for _ in range(random.randint(0, places))
    ]
    random.shuffle(entries)
    return entries, rooms


def some(random: Random, values: frozenset[int]) -> frozenset[int]:
    """Often everything, sometimes nothing."""
    if random.random() < 0.4:
        return values
    return frozenset(value for value in values if random.random() < 0.4)


def reranked(entries: Iterable[Entry]) -> list[Entry]:
    return [replace(entry, rank=rank) for rank, entry in enumerate(entries)]
