"""The therapists of a simulation and their places: the register's parts in memory, which the month moves on.

Nobody joins a waiting list here: people look again. Every list is closed, whatever the loaded register says.
"""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from django.db import connection, transaction

from core.models import PlacePoint
from matching.engine.columns import ALL_HOURS, ALWAYS, I64, NEVER, WAIT_UNKNOWN, Book, microseconds
from matching.engine.lens import Lens
from matching.engine.register import Register
from matching.freshness import Parts
from matching.simulation.demand import Area, residents_of
from matching.snapshot import read_everybody, register_of
from therapists.demo.draw import MODALITIES, Draw, draw

DAY = 86_400_000_000
LONDON_AREAS = frozenset("E EC N NW SE SW W WC BR CR EN HA IG KT RM SM TW UB".split())

_OCCUPIED = """
SELECT p.therapist_id FROM therapists_place p JOIN therapists_placeclaim h ON h.place_id = p.id
WHERE h.released_at IS NULL AND h.kind = 'occupied' AND p.closed_at IS NULL ORDER BY p.therapist_id, p.id
"""
# Where a place's row says whose it is, from when it is free, and what it fixes.
OWNER, FREE_FROM, HOURS, FORMATS = 0, 1, 2, 4
CONFIRMED_UNTIL, ON_LIST = 2, 13


@dataclass
class Supply:
    """`occupied` places come free one after another; until then `places[FREE_FROM]` lies in the future."""

    book: Book
    parts: Parts
    source: str

    @property
    def therapists(self) -> int:
        return int(self.parts["therapists"].shape[1])

    @property
    def places(self) -> I64:
        return self.parts["places"]

    def lens(self, version: str) -> Lens:
        """Return the register as it stands; a new one, because nothing a register holds is ever written."""
        return Lens(self.register(version))

    def register(self, version: str) -> Register:
        return register_of(self.parts, self.book, version)


@transaction.atomic
def from_database() -> tuple[Supply, I64]:
    """Read the register, and of whom each place is that somebody has now. PostgreSQL refuses any writing meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION READ ONLY")
    reading = read_everybody()
    base = reading.parts["therapists"].copy()
    base[ON_LIST] = 0
    with connection.cursor() as cursor:
        cursor.execute(_OCCUPIED)
        occupied = np.array(cursor.fetchall(), np.int64).reshape(-1)
    return Supply(reading.book, {**reading.parts, "therapists": base}, "the loaded register"), occupied


@transaction.atomic
def areas() -> list[Area]:
    """Return the postcode areas that are loaded, with roughly how many live there."""
    found = PlacePoint.objects.filter(kind=PlacePoint.Kind.AREA).order_by("code")
    rows = found.values_list("code", "nation", "easting", "northing")
    return [
        Area(
            code,
            "London" if code in LONDON_AREAS else nation.replace("-", " ") or "on a border",
            e,
            n,
            residents_of(code),
        )
        for code, nation, e, n in rows
        if residents_of(code)
    ]


def synthetic(count: int, places: list[Area], book: Book, seed: int, now: datetime.datetime) -> tuple[Supply, I64]:
    """Draw a register of a size with the demonstration's proportions, in memory alone."""
    drawn, rng = draw(count, seed), np.random.default_rng(seed)
    ids = np.arange(1, count + 1)
    confirmed = microseconds(now) - (drawn.confirmed_days * DAY).astype(np.int64) + 14 * DAY
    genders = {"woman": 1, "man": 2, "non_binary": 3}
    style = np.where(drawn.style == 9, 127, drawn.style).T
    parts = {
        "therapists": np.array(
            [
                ids,
                (ids % 97 != 0).astype(np.int64),
                confirmed,
                *np.zeros((3, count)),
                [genders.get(one, 0) for one in drawn.gender],
                *style,
                drawn.fee,
                drawn.online_hours,
                np.zeros(count),
                np.full(count, WAIT_UNKNOWN),
                np.full(count, NEVER),
            ],
            np.int64,
        ),
        "windows": np.array([ids, np.zeros(count), np.full(count, ALWAYS)], np.int64),
        "locations": _rooms(ids, drawn, places, rng),
        "places": _places(np.repeat(ids, drawn.places)),
        "contracts": _contracts(ids, book, rng),
        **_sets(ids, drawn.in_person, book, rng),
    }
    occupied = np.repeat(ids, rng.integers(1, 4, count))
    return Supply(book, parts, f"a made-up register of {count:,}"), occupied


def add_occupied(supply: Supply, owners: I64, free_from: I64) -> None:
    """Put places somebody has now beside the free ones, in order of therapist: each comes free at its moment."""
    theirs = _places(owners)
    theirs[FREE_FROM] = free_from
    both = np.concatenate([supply.places, theirs], axis=1)
    supply.parts["places"] = both[:, np.argsort(both[OWNER], kind="stable")]


def keep_confirming(supply: Supply, now: datetime.datetime) -> None:
    """Let everybody who has confirmed go on confirming: a month is longer than a confirmation lasts."""
    base = supply.parts["therapists"].copy()
    base[CONFIRMED_UNTIL] = np.where(base[CONFIRMED_UNTIL] > microseconds(now), ALWAYS, base[CONFIRMED_UNTIL])
    supply.parts["therapists"] = base


def _places(owners: I64) -> I64:
    found = np.zeros((6, len(owners)), np.int64)
    found[OWNER], found[HOURS], found[FORMATS] = owners, ALL_HOURS, -1
    return found


def _rooms(ids: I64, drawn: Draw, places: list[Area], rng: np.random.Generator) -> I64:
    centres = {one.code: (one.easting, one.northing) for one in places}
    rows = [n for n in np.flatnonzero(drawn.in_person) if drawn.area[n] in centres]
    points = np.array([centres[drawn.area[n]] for n in rows], np.int64).reshape(-1, 2) + (
        drawn.spread[rows] * 7_000
    ).astype(int)
    step_free = (rng.random(len(rows)) < 0.45).astype(np.int64)
    return np.array(
        [
            ids[rows],
            ids[rows],
            points[:, 0],
            points[:, 1],
            np.full(len(rows), 1_500),
            step_free,
            drawn.room_hours[rows],
        ],
        np.int64,
    )


def _contracts(ids: I64, book: Book, rng: np.random.Generator) -> I64:
    bits = [mask.bit_length() - 1 for mask in book.masks["funder"].values()]
    holders = ids[rng.random(len(ids)) < 0.3] if bits else ids[:0]
    funders = rng.choice(bits, len(holders)) if bits else holders
    return np.array([holders, funders, np.zeros(len(holders)), np.full(len(holders), ALWAYS)], np.int64)


def _sets(ids: I64, in_person: I64, book: Book, rng: np.random.Generator) -> Parts:
    masks, count = book.masks, len(ids)

    def some(name: str, least: int, most: int, weights: list[float] | None = None) -> list[set[str]]:
        slugs = list(masks[name])
        if not slugs:
            return [set() for _id in ids]
        shares = None if weights is None else np.array(weights) / sum(weights)
        sizes = np.minimum(rng.integers(least, most + 1, count), len(slugs))
        drawn = rng.choice(len(slugs), (count, max(most, 1)), p=shares)
        return [{slugs[k] for k in row[:size]} for row, size in zip(drawn, sizes, strict=True)]

    def often(slug: str, share: float) -> list[set[str]]:
        return [{slug} if one else set() for one in rng.random(count) < share]

    remote = [video | phone for video, phone in zip(often("video", 0.86), often("phone", 0.55), strict=True)]
    formats = [
        found | ({"in-person"} if there or not found else set()) for found, there in zip(remote, in_person, strict=True)
    ]

    def now_and_then(found: list[set[str]], share: float) -> list[set[str]]:
        return [one if there else set() for one, there in zip(found, rng.random(count) < share, strict=True)]

    weights = [float(MODALITIES.get(slug, 1)) for slug in masks["modality"]]
    chosen = {
        "modality": some("modality", 1, 5, weights),
        "issue": some("issue", 4, 10),
        "language": [{"en"} | more for more in now_and_then(some("language", 1, 1), 0.09)],
        "group": [{"adults"} | more for more in some("group", 0, 2)],
        "identity": now_and_then(some("identity", 1, 1), 0.25),
        "access": now_and_then(some("access", 1, 2), 0.3),
        "format": formats,
    }
    second = {"modality": book.family_of, "identity": book.kind_of}
    return {name: _links(ids, found, masks[name], second.get(name, {})) for name, found in chosen.items()}


def _links(ids: I64, found: list[set[str]], masks: Mapping[str, int], second: Mapping[str, int]) -> I64:
    rows = []
    for pk, slugs in zip(ids.tolist(), found, strict=True):
        mask = more = 0
        for slug in slugs:
            mask |= masks.get(slug, 0)
            more |= second.get(slug, 0)
        low, high = mask & (2**64 - 1), mask >> 64
        rows.append((pk, low - 2**64 if low >= 2**63 else low, high, more))
    return np.array(rows, np.int64).reshape(-1, 4).T.copy()
