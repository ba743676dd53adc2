"""The engine gives the same answers as the slow reference, on any register, for any statement, at any moment."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from random import Random

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from clients.preferences import Stated, Wish
from matching.engine import view
from matching.engine.columns import WAIT_UNKNOWN, microseconds
from matching.engine.explain import STATES, judge, shown_of
from matching.engine.plan import plan_of
from matching.engine.rank import ORDERS, Lens, Ranked, rank
from matching.engine.rotation import first_of, rotation
from matching.engine.rules import rule_names
from matching.engine.widen import widen
from tests.matching import reference
from tests.matching.columns import BOOK, register_of
from tests.matching.meaning import accepts_waiting, has_place, judged, listed
from tests.matching.world import NOON, Person, random_moment, random_stated, random_world, some

EVIDENCE = {
    "modality": 2900,
    "time": 2000,
    "format": 1800,
    "gender": 1800,
    "language": 1500,
    "experience": 1500,
    "style": 1000,
    "identity": 1000,
}

MANY = settings(max_examples=600, deadline=None)

# How an answer may be found: candidates one by one; by combinations of groups, however many; all rows at once.
PATHS = ({"few": 10**9}, {"few": -1, "steps": 10**9}, {"few": -1, "steps": -1})


@contextmanager
def reading_hours(few: int) -> Iterator[None]:
    """Let hours be worked out from places for up to so many rows, and be read from everybody's for more."""
    before, view.FEW = view.FEW, few
    try:
        yield
    finally:
        view.FEW = before


def moments(random: Random) -> dt.datetime:
    """Now and then exactly on a boundary, or a microsecond past it."""
    later = dt.timedelta(microseconds=random.choice([0, 0, 1, 3_600_000_000]), days=random.choice([0, 0, 3, 20]))
    return random_moment(random) + later


def as_rows(ranked: Ranked) -> list[reference.Row]:
    """What the engine says, in the reference's words."""
    columns = [column for column in shown_of(ranked).columns if column.domain in reference.MEANT]
    rows = []
    for n, pk in enumerate(ranked.ids.tolist()):
        room = int(ranked.rooms[n])
        known = room >= 0 and ranked.plan.stated.point is not None
        rows.append(
            reference.Row(
                id=pk,
                band=int(ranked.bands[n]),
                wait=None if ranked.weeks[n] == WAIT_UNKNOWN else int(ranked.weeks[n]),
                room=int(ranked.view.register.locations.ids[room]) if room >= 0 else None,
                square=int(ranked.squares[n]) if known else None,
                states={column.key: STATES[int(column.states[n])] for column in columns},
            )
        )
    return rows


@MANY
@given(st.integers(0, 2**32), st.integers(0, 2**64 - 1), st.sampled_from(ORDERS))
def test_same_list_as_the_reference_however_it_is_found(chance: int, seed: int, order: str) -> None:
    random = Random(chance)
    people = random_world(random, size := random.randint(0, 60))
    stated, as_of = random_stated(random), moments(random)
    silent = tuple(p.id for p in people[:2])
    expected = reference.rank(people, stated, EVIDENCE, seed, as_of, silent=silent, order=order)
    lens = Lens(register_of(people))
    for path in PATHS:
        with reading_hours(random.choice([-1, view.FEW])):
            ranked = rank(stated, lens, EVIDENCE, seed, as_of, silent=silent, limit=size + 1, order=order, **path)
            assert as_rows(ranked) == expected, path
        assert ranked.eligible == len(expected)


@MANY
@given(st.integers(0, 2**32), st.integers(0, 7), st.integers(0, 30))
def test_a_page_is_a_slice_of_the_whole(chance: int, limit: int, offset: int) -> None:
    random = Random(chance)
    people, stated = random_world(random, random.randint(0, 60)), random_stated(random)
    order = random.choice(ORDERS)
    expected = reference.rank(people, stated, EVIDENCE, 7, NOON, order=order)[offset : offset + limit]
    lens = Lens(register_of(people))
    for path in ({}, *PATHS):
        found = rank(stated, lens, EVIDENCE, 7, NOON, limit=limit, offset=offset, order=order, **path)
        assert as_rows(found) == expected, path


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 12))
def test_of_many_equals_the_whole_band_takes_part_in_the_rotation(chance: int, limit: int) -> None:
    """People who differ in little, so that a band has several combinations of what they meet."""
    random = Random(chance)
    people = [
        Person(
            pk, modalities=some(random, ["cbt", "emdr"]), gender=random.choice(["", "woman", "man"]), issues={"grief"}
        )
        for pk in random.sample(range(10_000), 150)
    ]
    stated = Stated(
        modalities=(Wish("cbt"), Wish("gestalt")),
        genders=(Wish("woman", random.choice([1, 2])),),
        languages=(Wish("cy"),),
        main_issue="low-mood",
        other_issues=("grief",),
        experience=1,
    )
    weights = {name: random.choice([100, 110, 2_000]) for name in EVIDENCE}
    expected = reference.rank(people, stated, weights, chance, NOON)[:limit]
    lens = Lens(register_of(people))
    for path in ({}, *PATHS):
        assert as_rows(rank(stated, lens, weights, chance, NOON, limit=limit, **path)) == expected, path


@given(st.integers(0, 2**64 - 1), st.integers(1, 30), st.booleans())
def test_the_first_by_rotation_are_the_first_of_all(seed: int, count: int, late: bool) -> None:
    ids = np.arange(2_000)
    # Nobody early at all: what is expected of chance must not decide.
    ids = ids[rotation(seed, ids) > np.uint64(2**63)] if late else ids
    expected = np.argsort(rotation(seed, ids))[:count]
    assert first_of(ids, seed, count).tolist() == expected.tolist()


@MANY
@given(st.integers(0, 2**32))
def test_same_verdicts_as_the_reference(chance: int) -> None:
    """On anybody, listed or not: what keeps her out, how she does on each item, and how well she fits."""
    random = Random(chance)
    people, stated, as_of = random_world(random, random.randint(0, 40)), random_stated(random), moments(random)
    lens, moment = Lens(register_of(people)), microseconds(as_of)
    verdicts = judge(stated, lens, EVIDENCE, moment, (*(p.id for p in people), 10**9))
    columns = [column for column in verdicts.shown.columns if column.domain in reference.MEANT]
    by_id = {p.id: p for p in people}
    assert verdicts.shown.ids == [p.id for p in people]
    for n, pk in enumerate(verdicts.shown.ids):
        person = by_id[pk]
        assert int(verdicts.shown.bands[n]) == reference.band(person, stated, EVIDENCE, as_of)
        states = {f"{domain}:{value}": reference.state(m) for domain, value, _, m in judged(person, stated, as_of)}
        assert {column.key: STATES[int(column.states[n])] for column in columns} == states
        accepting = has_place(person, as_of) or accepts_waiting(person)
        assert (pk in verdicts.not_taking) == (not (listed(person, as_of) and accepting))
        ways = reference.fails_of_ways(person, stated, as_of)
        every = [reference.profile_fails(person, stated, as_of) | way for way in ways]
        blamed = [reference.fails(person, stated, as_of)] if reference.fails(person, stated, as_of) else every
        fewest = min(map(len, blamed)) if all(every) else 0
        expected = [way - {"full_list_closed"} for way in blamed if len(way) == fewest] if fewest else [set()]
        assert set(verdicts.failed[pk]) in expected


@MANY
@given(st.integers(0, 2**32))
def test_same_costs_and_gains_as_asking_again(chance: int) -> None:
    random = Random(chance)
    people, stated, as_of = random_world(random, random.randint(0, 40)), random_stated(random), moments(random)
    silent = tuple(p.id for p in people[:2])
    plan = plan_of(stated, BOOK)
    rules = list(rule_names(plan))
    removed, gains, best = reference.widen(people, stated, as_of, rules, silent=silent)
    with reading_hours(random.choice([-1, view.FEW])):
        found = widen(plan, Lens(register_of(people)).at(microseconds(as_of)), silent=silent)
    assert found.removed_by == removed
    assert {gain.rules[0]: (gain.gain, gain.soonest) for gain in found.gains} == gains
    pair = found.best_pair
    assert best == (pair and (pair.rules, (pair.gain, pair.soonest)))
    listed_now = reference.rank(people, stated, EVIDENCE, 0, as_of, silent=silent)
    assert found.eligible == len(listed_now)
    waits = [row.wait for row in listed_now if row.wait is not None]
    assert found.soonest_now == min(waits, default=None)


@MANY
@given(st.integers(0, 2**32))
def test_a_gain_is_what_easing_the_rule_brings(chance: int) -> None:
    """Asked the other way round: change what was stated, as a person would, and rank again."""
    random = Random(chance)
    people, stated, as_of = random_world(random, random.randint(0, 40)), random_stated(random), moments(random)
    lens = Lens(register_of(people))
    found = widen(plan_of(stated, BOOK), lens.at(microseconds(as_of)))
    for gain in found.gains:
        eased = rank(relaxed(stated, gain.rules[0]), lens, EVIDENCE, 0, as_of)
        assert eased.eligible - found.eligible == gain.gain, gain
        assert gain.gain <= gain.removes


def relaxed(stated: Stated, rule: str) -> Stated:
    """The statement with one rule eased: a must becomes important, a limit goes."""
    if rule == "distance":
        return replace(stated, distance_must=False)
    if rule == "funding":
        return replace(stated, funder="", fee_ceiling_pence=None)
    if rule == "access":
        return replace(stated, access=(), step_free=False)
    if rule == "language_need":
        return replace(stated, languages=eased(stated.languages))
    _must, domain, value = rule.split(":", 2)
    if domain == "experience":
        return replace(stated, experience=2)
    if domain == "style":
        return replace(stated, style=tuple(pair for pair in stated.style if pair[0] != value))
    name = {"modality": "modalities", "time": "times", "format": "formats", "gender": "genders"}.get(domain, domain)
    return replace(stated, **{name: eased(getattr(stated, name), value)})


def eased(wishes: tuple[Wish, ...], value: str | None = None) -> tuple[Wish, ...]:
    return tuple(replace(w, strength=min(w.strength, 2)) if value in (None, w.value) else w for w in wishes)
