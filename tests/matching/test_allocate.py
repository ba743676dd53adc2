"""Allocation: stable, honest, the best for every client, and the same as a slow reference and as another library."""

from dataclasses import replace
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import fitting
from matching.allocate import Freed, Waiting, allocate
from tests.matching.lists import (
    FORMATS,
    HOURS,
    Answer,
    Entry,
    Place,
    blocking,
    fast,
    fits,
    outcomes,
    random_lists,
    reranked,
    slow_allocate,
    some,
    wishes_of,
)
from tests.matching.other_library import hospital_resident

MANY = settings(max_examples=400, deadline=None)
SEEDS = st.integers(0, 2**32)


def small(seed: int) -> tuple[list[Entry], list[Place]]:
    return random_lists(Random(seed), clients=5, therapists=3, places=7)


@MANY
@given(SEEDS)
def test_same_as_the_slow_way(seed: int) -> None:
    entries, places = small(seed)
    assert fast(entries, places) == slow_allocate(entries, places, Random(seed))


@MANY
@given(SEEDS, st.integers(0, 3))
def test_tables_and_moving_people_agree(seed: int, widest: int) -> None:
    entries, places = small(seed)
    expected = fast(entries, places)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fitting, "WIDEST", widest)
        assert fast(entries, places) == expected


@settings(max_examples=60, deadline=None)
@given(SEEDS)
def test_tables_and_moving_people_agree_where_many_wait(seed: int) -> None:
    entries, places = random_lists(Random(seed), clients=25, therapists=4, places=40)
    expected = fast(entries, places)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fitting, "WIDEST", 0)
        assert fast(entries, places) == expected
    assert not blocking(expected, entries, places)


@MANY
@given(SEEDS)
def test_everybody_gets_at_most_one_place_that_fits_and_none_is_given_twice(seed: int) -> None:
    entries, places = small(seed)
    answer = fast(entries, places)
    assert all(fits(entry, place) for entry, place in answer.items())
    assert len({entry.client for entry in answer}) == len(answer) == len(set(answer.values()))


@MANY
@given(SEEDS)
def test_nobody_is_passed_over(seed: int) -> None:
    entries, places = small(seed)
    assert blocking(fast(entries, places), entries, places) == []


@settings(max_examples=200, deadline=None)
@given(SEEDS)
def test_no_stable_outcome_is_better_for_anybody(seed: int) -> None:
    entries, places = random_lists(Random(seed), clients=4, therapists=3, places=5)
    got = {entry.client: entry.rank for entry in fast(entries, places)}
    stable = [one for one in outcomes(entries, places) if not blocking(one, entries, places)]
    assert stable
    for outcome in stable:
        assert all(got[entry.client] <= entry.rank for entry in outcome)
        # The same people have a place in every one of them.
        assert len(outcome) == len(got)


@MANY
@given(SEEDS)
def test_the_order_of_rows_does_not_matter(seed: int) -> None:
    entries, places = small(seed)
    random = Random(seed)
    shuffled = random.sample(entries, len(entries)), random.sample(places, len(places))
    assert fast(*shuffled) == fast(entries, places)


def what_it_is_worth(answer: Answer, truth: list[Entry]) -> int:
    """Where the place stands in a client's true order, 0 best. A place she cannot use is worse than none."""
    for entry, place in answer.items():
        if entry.client == truth[0].client:
            true = next((one for one in truth if one.therapist == entry.therapist), None)
            return true.rank if true is not None and fits(true, place) else len(truth) + 1
    return len(truth)


def misreports(truth: list[Entry], random: Random) -> list[list[Entry]]:
    """Another order, a shorter list, other therapists put in, other hours or formats than true."""
    order = random.sample(truth, len(truth))
    strangers = [
        replace(truth[0], id=2_000 + therapist, therapist=therapist)
        for therapist in range(3)
        if therapist not in {entry.therapist for entry in truth}
    ]
    more = random.sample([*truth, *strangers], len(truth) + len(strangers))
    narrow = [replace(entry, hours=entry.hours & some(random, HOURS)) for entry in truth]
    wide = [replace(entry, hours=entry.hours | some(random, HOURS), formats=FORMATS) for entry in order]
    return [reranked(one) for one in (order, truth[:-1], order[1:], more, narrow, wide)]


@settings(max_examples=600, deadline=None)
@given(SEEDS)
def test_saying_anything_but_the_truth_never_helps(seed: int) -> None:
    entries, places = small(seed)
    random = Random(seed)
    honest = fast(entries, places)
    for client in {entry.client for entry in entries}:
        truth = wishes_of(client, entries)
        others = [entry for entry in entries if entry.client != client]
        for told in misreports(truth, random):
            assert what_it_is_worth(fast([*others, *told], places), truth) >= what_it_is_worth(honest, truth)


@settings(max_examples=150, deadline=None)
@given(SEEDS)
def test_same_as_another_library_where_places_are_alike(seed: int) -> None:
    random = Random(seed)
    entries, _ = random_lists(random, clients=30, therapists=8, places=0)
    entries = [replace(entry, hours=HOURS, formats=FORMATS) for entry in entries]
    ids = iter(range(100))
    places = [Place(next(ids), therapist) for therapist in range(8) for _ in range(random.randint(0, 4))]
    answer = fast(entries, places)
    taken: dict[int, set[int]] = {}
    for entry in answer:
        taken.setdefault(entry.therapist, set()).add(entry.client)
    assert taken == hospital_resident(entries, places)


def test_somebody_moves_to_another_place_of_the_same_therapist() -> None:
    """First in the queue fits both places; second only the one with the lower id."""
    monday, tuesday = Place(1, 9, hours=frozenset({0})), Place(2, 9, hours=frozenset({1}))
    either = Entry(11, 1, 9, 0, since=1)
    only_monday = Entry(12, 2, 9, 0, since=2, hours=frozenset({0}))
    assert fast([either, only_monday], [monday, tuesday]) == {either: tuesday, only_monday: monday}
    assert fast([either], [monday, tuesday]) == {either: monday}


def test_the_queue_is_kept_where_only_one_can_be_served() -> None:
    place = Place(1, 9)
    late, early, pressing = Entry(1, 1, 9, 0, since=2), Entry(2, 2, 9, 0, since=1), Entry(3, 3, 9, 0, -1, since=9)
    assert fast([late, early], [place]) == {early: place}
    assert fast([late, early, pressing], [place]) == {pressing: place}
    twin = replace(early, id=7, client=4)
    assert fast([twin, early], [place]) == {early: place}, "equal moments: the lower id"


def test_turned_away_somebody_asks_on() -> None:
    first, second = Place(1, 1), Place(2, 2)
    a1, b1, b2 = Entry(1, 1, 1, 0, since=1), Entry(2, 2, 1, 0, since=2), Entry(3, 2, 2, 1, since=2)
    assert fast([a1, b1, b2], [first, second]) == {a1: first, b2: second}


def test_nothing_gives_nothing() -> None:
    nobody, nothing = Waiting.of(id=[], client=[], therapist=[], rank=[], since=[]), Freed.of(id=[], therapist=[])
    somebody = Waiting.of(id=[1], client=[1], therapist=[1], rank=[1], since=[0])
    for waiting, freed in ((nobody, nothing), (somebody, nothing), (nobody, Freed.of(id=[1], therapist=[1]))):
        found = allocate(waiting, freed)
        assert (found.entries.tolist(), found.places.tolist()) == ([], [])
        assert found.entries.dtype == found.places.dtype == np.int64


def test_numbers_of_any_size() -> None:
    huge = 2**63 - 1
    waiting = Waiting.of(
        id=[huge, -huge], client=[huge, -huge], therapist=[huge, huge], rank=[huge, -huge], since=[-huge, huge]
    )
    found = allocate(waiting, Freed.of(id=[-huge], therapist=[huge]))
    assert (found.entries.tolist(), found.places.tolist()) == ([huge], [-huge])


def test_a_mask_from_the_database_may_be_negative() -> None:
    """Its highest bit is set: there are no unsigned numbers there."""
    waiting = Waiting.of(id=[1], client=[1], therapist=[1], rank=[1], since=[0], formats=[-(2**63)])
    assert allocate(waiting, Freed.of(id=[5], therapist=[1], formats=[-1])).places.tolist() == [5]
    assert allocate(waiting, Freed.of(id=[5], therapist=[1], formats=[2**63 - 1])).places.tolist() == []


GOOD = {"id": [1, 2], "client": [1, 1], "therapist": [1, 2], "rank": [1, 2], "since": [0, 0]}


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("id", [1, 1]),
        ("id", [1.0, 2.0]),
        ("id", ["a", "b"]),
        ("id", [[1, 2]]),
        ("client", [1]),
        ("therapist", [1, 1]),
        ("therapist", [2**64, 1]),
        ("rank", [1, 1]),
        ("rank", None),
        ("since", [2**63, 0]),
        ("hours", [2**21, 0]),
        ("hours", [-1, 0]),
        ("formats", [0.5, 1]),
    ],
)
def test_malformed_waiting_names_the_array(column: str, values: object) -> None:
    with pytest.raises(ValueError, match=rf"^waiting\.{column}: "):
        allocate(Waiting.of(**{**GOOD, column: values}), Freed.of(id=[1], therapist=[1]))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("column", "values"), [("id", [3, 3]), ("therapist", [1]), ("hours", [2**21, 1]), ("formats", ["x", "y"])]
)
def test_malformed_places_name_the_array(column: str, values: object) -> None:
    with pytest.raises(ValueError, match=rf"^freed\.{column}: "):
        allocate(Waiting.of(**GOOD), Freed.of(**{"id": [1, 2], "therapist": [1, 2], column: values}))  # type: ignore[arg-type]


def test_arrays_of_another_type_are_refused() -> None:
    good = Waiting.of(**GOOD)  # type: ignore[arg-type]
    places = Freed.of(id=[1], therapist=[1])
    for wrong in (good.rank.astype(np.int32), good.rank[:, None], [1, 2]):
        with pytest.raises(ValueError, match=r"^waiting\.rank: must be an array"):
            allocate(replace(good, rank=wrong), places)  # type: ignore[arg-type]
