"""The counts are exactly those of a slow count, whatever the register does; and equals get their fair share."""

import datetime as dt
from collections import defaultdict
from fractions import Fraction
from random import Random

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from clients.preferences import Stated, Wish
from matching.engine.rank import Lens, Ranked, rank
from matching.exposure.tally import Counts, Tally, share_of
from matching.weights import EVIDENCE
from tests.matching import reference
from tests.matching.columns import register_of
from tests.matching.world import NOON, Person, random_stated, random_world

MANY = settings(max_examples=150, deadline=None)
SLOW = dict[int, list[Fraction]]


def count_slowly(total: SLOW, people: list[Person], stated: Stated, seed: int, silent: tuple[int, ...] = ()) -> None:
    """Add one list to {id: [shown, fair, spread]}, from the meaning: first ten, equals at the edge, chances."""
    rows = reference.rank(people, stated, EVIDENCE, seed, NOON, silent=silent)
    first = rows[:10]
    if not first:
        return
    equals = [row for row in rows if (row.band, row.wait) == (first[-1].band, first[-1].wait)]
    chance = Fraction(sum(row in equals for row in first), len(equals))
    for row in first:
        total[row.id][0] += 1
        total[row.id][1] += row not in equals
    for row in equals:
        total[row.id][1] += chance
        total[row.id][2] += chance * (1 - chance)


def assert_same(counts: Counts, slow: SLOW) -> None:
    assert counts.ids.tolist() == sorted(pk for pk, sums in slow.items() if sums[1])
    for pk, shown, fair, spread in zip(counts.ids, counts.shown, counts.fair, counts.spread, strict=True):
        expected = slow[int(pk)]
        assert int(shown) == expected[0]
        assert abs(fair - float(expected[1])) < 1e-9 and abs(spread - float(expected[2])) < 1e-9


@MANY
@given(st.integers(0, 2**32), st.integers(0, 40))
def test_the_counts_are_those_of_a_slow_count(chance: int, size: int) -> None:
    random = Random(chance)
    people = random_world(random, size)
    tally, slow = Tally(), defaultdict(lambda: [Fraction(0)] * 3)
    for _list in range(4):
        # Now and then the register is another one: somebody came, somebody went, rows mean other people.
        if random.random() < 0.5:
            people = random.sample(people, random.randint(0, len(people)))
        stated, seed, silent = random_stated(random), random.getrandbits(63), tuple(p.id for p in people[:1])
        lens = Lens(register_of(people))
        ranked = rank(stated, lens, EVIDENCE, seed, NOON, silent=silent)
        share = share_of(ranked)
        if share is not None:
            tally.add(lens.register.ids, share)
        count_slowly(slow, people, stated, seed, silent)
    assert_same(tally.counts(), slow)


@MANY
@given(st.integers(0, 2**32), st.integers(1, 40), st.integers(1, 25))
def test_equals_are_everybody_of_the_same_band_and_wait(chance: int, size: int, limit: int) -> None:
    random = Random(chance)
    people, stated = random_world(random, size), random_stated(random)
    ranked = rank(stated, Lens(register_of(people)), EVIDENCE, 7, NOON, limit=limit)
    rows = reference.rank(people, stated, EVIDENCE, 7, NOON)
    ids = ranked.view.register.ids
    for n in range(1, len(ranked.ids) + 1):
        mine = rows[n - 1]
        expected = sorted(row.id for row in rows if (row.band, row.wait) == (mine.band, mine.wait))
        assert sorted(ids[ranked.equals(n)].tolist()) == expected


def equals_and_better() -> Lens:
    """Three who fit better than the other sixty: seven places of ten are drawn for."""
    people = [Person(id=n, gender="woman" if n % 20 == 0 else "") for n in range(1, 64)]
    return Lens(register_of(people))


def spread_of(lists: list[Ranked]) -> tuple[Counts, float]:
    """Return the sums, and the mean of (shown - fair) squared in units of what fair lots give: 1 when fair."""
    tally = Tally()
    for ranked in lists:
        share = share_of(ranked)
        assert share is not None
        tally.add(ranked.view.register.ids, share)
    counts = tally.counts()
    drawn = counts.spread > 0
    return counts, float((((counts.shown - counts.fair) ** 2)[drawn] / counts.spread[drawn]).mean())


def test_over_many_lists_everybody_gets_her_fair_share() -> None:
    lens, random = equals_and_better(), Random(3)
    stated = Stated(genders=(Wish("woman"),))
    counts, ratio = spread_of([rank(stated, lens, EVIDENCE, random.getrandbits(63), NOON) for _ in range(4_000)])
    fair = dict(zip(counts.ids.tolist(), counts.fair, strict=True))
    assert {fair[20], fair[40], fair[60]} == {4_000.0}, "whoever stands above the edge is there every time"
    assert abs(fair[1] - 4_000 * 7 / 60) < 1e-6
    assert abs(counts.fair.sum() - 40_000) < 1e-6 and counts.shown.sum() == 40_000
    assert 0.6 < ratio < 1.5


def test_negative_control_the_same_seed_every_time_favours_somebody() -> None:
    lens, stated = equals_and_better(), Stated(genders=(Wish("woman"),))
    _counts, ratio = spread_of([rank(stated, lens, EVIDENCE, 7, NOON)] * 4_000)
    assert ratio > 1_000


def test_a_list_without_anybody_counts_for_nobody() -> None:
    assert share_of(rank(Stated(), Lens(register_of([])), EVIDENCE, 7, NOON)) is None
    assert Tally().counts().ids.tolist() == []


@given(st.lists(st.tuples(st.integers(1, 2**40), st.integers(0, 99), st.floats(0, 1e6), st.floats(0, 1e6)), max_size=9))
def test_counts_survive_being_written(rows: list[tuple[int, int, float, float]]) -> None:
    rows = sorted({row[0]: row for row in rows}.values())
    columns = [np.array([row[n] for row in rows]) for n in range(4)]
    counts = Counts(
        columns[0].astype(np.int64), columns[1].astype(np.int64), columns[2].astype(float), columns[3].astype(float)
    )
    again = Counts.decode(counts.encode())
    for name in ("ids", "shown", "fair", "spread"):
        assert getattr(again, name).tolist() == getattr(counts, name).tolist()
    twice = Counts.together([counts, again])
    assert twice.ids.tolist() == counts.ids.tolist() and twice.fair.tolist() == (counts.fair * 2).tolist()


def test_later_moments_see_the_register_as_it_is_then() -> None:
    """The equals are those of the moment that was ranked, however late they are asked for."""
    people = [Person(id=n, confirmed_at=NOON - dt.timedelta(days=n % 3)) for n in range(1, 31)]
    lens = Lens(register_of(people))
    early = rank(Stated(), lens, EVIDENCE, 7, NOON)
    rank(Stated(), lens, EVIDENCE, 7, NOON + dt.timedelta(days=13))
    assert len(early.equals(10)) == 30
