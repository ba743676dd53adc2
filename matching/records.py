"""What a run keeps of the first of its list: a few kilobytes from which the list can be followed again.

Of each therapist: what decided (band, wait, states of each stated item, where) and short digests of what the register
said of her then, part by part, so that it can be told later which part has changed.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db import connection

from clients.preferences import Stated, Wish
from matching.copied import matrix, rows
from matching.engine.columns import I8, I64, Book
from matching.engine.explain import STATES, Column, Shown
from matching.engine.plan import DOMAINS, plan_of
from matching.engine.rank import rotation
from matching.queries import PARTS
from matching.rows import Row

OUT_OF_REACH = "out_of_reach"
_LETTERS = {"met": "m", "partly": "p", "unmet": "u", "not_stated": "n", "unknown": "k", OUT_OF_REACH: "o"}
_STATES = {letter: state for state, letter in _LETTERS.items()}

# The meaning of fit once more, apart from the engine's own, so that the two can disagree.
_BANDS, _WHOLE = 20, 1680
_MEANS = frozenset({"style", "identity"})
_UNSPOKEN = frozenset({"gender", "style", "identity"})
_HALVES = {"met": 2, "partly": 1}

# What can change about a therapist, as parts of the register: name -> (part, its columns).
_ALL = slice(1, None)
FACTS: Mapping[str, tuple[tuple[str, slice], ...]] = {
    "taking": (("therapists", slice(1, 6)), ("windows", _ALL)),
    "profile": (("therapists", slice(6, 13)),),
    "rooms": (("locations", _ALL),),
    "places": (("places", _ALL),),
    "contracts": (("contracts", _ALL),),
    "offers": tuple(
        (name, _ALL) for name in PARTS if name not in {"therapists", "windows", "locations", "places", "contracts"}
    ),
    # Not when the forecast becomes too old: that is another moment every night.
    "list": (("therapists", slice(13, 15)),),
}

Facts = tuple[str, ...]


@dataclass(frozen=True)
class Item:
    """One stated item, in the order of explanations."""

    key: str
    domain: str
    value: str


@dataclass(frozen=True)
class Kept:
    """One therapist as she stood in the list. `states` are by item; `facts` by FACTS, None where not recorded."""

    therapist_id: int
    band: int
    wait_weeks: int | None
    metres: int | None
    about: bool
    location_id: int | None
    states: tuple[str, ...]
    facts: Facts | None


def shown_json(
    shown: Shown, shown_rows: Sequence[Row], facts: Mapping[int, Facts] | None, log: tuple[str, str] | None
) -> dict[str, Any]:
    """Return what MatchRun.shown holds of a page of the list. `log`: where the log of changes stood, see `log_now`."""
    return {
        "items": [[column.key, column.domain, column.value] for column in shown.columns],
        "rows": [
            [row.therapist_id, row.band, row.wait_weeks, row.metres, row.about, row.location_id, letters]
            for row, letters in zip(shown_rows, _letters(shown.columns, len(shown_rows)), strict=True)
        ],
        "facts": None if facts is None else [" ".join(facts.get(row.therapist_id, ())) for row in shown_rows],
        "log": log,
    }


def shown_of(data: Mapping[str, Any]) -> tuple[tuple[Item, ...], tuple[Kept, ...]]:
    """Return items and rows of what `shown_json` wrote; nothing for a run from before anything was kept."""
    items = tuple(Item(*item) for item in data.get("items", ()))
    lines = data.get("rows", ())
    return items, tuple(map(_kept, lines, data.get("facts") or [""] * len(lines)))


def _kept(line: Sequence[Any], told: str) -> Kept:
    pk, band, wait_weeks, metres, about, location_id, letters = line
    states = tuple(_STATES[letter] for letter in letters)
    return Kept(pk, band, wait_weeks, metres, about, location_id, states, tuple(told.split()) or None)


def states_of(columns: Sequence[Column], number: int) -> tuple[str, ...]:
    """Return the state of each item for one of the rows shown; who offers a format out of reach is told apart."""
    found = []
    for column in columns:
        state = STATES[int(column.states[number])]
        offered = state == "unmet" and column.offered is not None and bool(column.offered[number])
        found.append(OUT_OF_REACH if offered else state)
    return tuple(found)


def _letters(columns: Sequence[Column], count: int) -> list[str]:
    return ["".join(_LETTERS[state] for state in states_of(columns, number)) for number in range(count)]


def list_digest(ids: I64, bands: I8) -> str:
    """Return a digest of a whole list: everybody in order, each with her band."""
    return hashlib.sha256(ids.astype(">i8").tobytes() + bands.astype(">i8").tobytes()).hexdigest()


def meaning_digest(stated: Stated, book: Book) -> str:
    """Return a digest of what the words of a statement mean in the reference data."""

    def masks(name: str, slugs: Iterable[str]) -> list[list[Any]]:
        return [[slug, book.mask(name, slug)] for slug in sorted(set(slugs))]

    modalities, tags = _slugs(stated.modalities), _slugs(stated.identity)
    meaning = {
        "modality": [masks("modality", modalities), [book.family_of.get(slug, 0) for slug in modalities]],
        "identity": [masks("identity", tags), [book.kind_of.get(slug, 0) for slug in tags]],
        "format": [masks("format", book.masks.get("format", ())), book.in_person],
        "language": masks("language", _slugs(stated.languages)),
        "issue": masks("issue", (stated.main_issue, *stated.other_issues)),
        "group": [masks("group", (*stated.client_groups, *book.required_groups)), sorted(book.required_groups)],
        "access": masks("access", stated.access),
        "funder": masks("funder", (stated.funder,)),
    }
    return hashlib.sha256(json.dumps(meaning, sort_keys=True).encode()).hexdigest()


def _slugs(wishes: Iterable[Wish]) -> list[str]:
    return sorted({slug for wish in wishes for slug in wish.alternatives})


def facts_of(ids: Iterable[int]) -> dict[int, Facts]:
    """Return what the register says of therapists now, as one digest per entry of FACTS. One query.

    Those who are not there any more are left out.
    """
    some = ",".join(str(int(pk)) for pk in ids)
    texts = (part.sql(f"{{id}} = ANY('{{{some}}}'::bigint[])") for part in PARTS.values())
    (fields,) = rows(f"SELECT {', '.join(f'({text})' for text in texts)}")
    parts = {name: matrix(field, len(part.columns)) for (name, part), field in zip(PARTS.items(), fields, strict=True)}
    return {int(pk): tuple(_fact(parts, pk, told) for told in FACTS.values()) for pk in parts["therapists"][0]}


def log_now() -> tuple[str, str] | None:
    """Return which log of changes there is, and which transactions were over (pg_snapshot as text). One query."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT generation::text, pg_current_snapshot()::text FROM matching_registerlog")
        found: tuple[str, str] | None = cursor.fetchone()
    return found


def _fact(parts: Mapping[str, I64], pk: int, told: Sequence[tuple[str, slice]]) -> str:
    digest = hashlib.blake2b(digest_size=4)
    for name, columns in told:
        hers = parts[name][:, parts[name][0] == pk][columns]
        # In an order of their own: the database promises none among the rows of one therapist.
        ordered = hers[:, np.lexsort(hers[::-1])] if hers.size else hers
        digest.update(f"{name} {ordered.shape} ".encode() + ordered.astype(">i8").tobytes())
    return digest.hexdigest()


def follows(
    items: Sequence[Item],
    kept: Sequence[Kept],
    *,
    stated: Stated,
    book: Book,
    weights: Mapping[str, int],
    seed: int,
) -> bool:
    """Return whether bands and order of a list kept, by fit, follow from its states, these weights and this seed.

    Reckoned anew, in the plainest way: every must met, each band from its states, the order from band, wait and lots.
    """
    plan = plan_of(stated, book)
    for row in kept:
        states = {item.key: state for item, state in zip(items, row.states, strict=True)}
        if not {item.key for item in plan.items} <= set(states):
            return False
        if any(item.must and states[item.key] != "met" for item in plan.items):
            return False
        wishes = [(item.domain, item.strength, states[item.key]) for item in plan.items if not item.must]
        if row.band != band_of(wishes, weights):
            return False
    turns = rotation(seed, np.array([row.therapist_id for row in kept], np.int64)).tolist()
    places = [
        (-row.band, row.wait_weeks is None, row.wait_weeks or 0, turn) for row, turn in zip(kept, turns, strict=True)
    ]
    return places == sorted(places)


def band_of(wishes: Sequence[tuple[str, int, str]], weights: Mapping[str, int]) -> int:
    """Return the band, 0 to 20, of wishes as (domain, strength, state)."""
    total = gained = 0
    for domain in DOMAINS:
        own = [(strength, _half(domain, state)) for wanted, strength, state in wishes if wanted == domain]
        weight = weights.get(domain, 0) * max((strength for strength, _ in own), default=0)
        if weight <= 0:
            continue
        halves = [half for _, half in own]
        share = sum(halves) * _WHOLE // (2 * len(halves)) if domain in _MEANS else max(halves) * (_WHOLE // 2)
        total += weight
        gained += share * weight
    return _BANDS * gained // (_WHOLE * total) if total else _BANDS


def _half(domain: str, state: str) -> int:
    if state == "not_stated":
        return 1 if domain in _UNSPOKEN else 0
    return _HALVES.get(state, 0)
