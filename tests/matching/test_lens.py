"""A register with some read anew says what one read whole says, and a view moved on says what a new one says."""

import datetime as dt
from random import Random
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from clients.preferences import Stated
from matching.engine.columns import microseconds
from matching.engine.lens import Lens
from matching.engine.plan import plan_of
from matching.engine.rank import rank
from matching.engine.widen import widen
from tests.matching.columns import facts_of
from tests.matching.test_engine import EVIDENCE, as_rows, moments, reading_hours
from tests.matching.world import NOON, Person, Place, Room, random_person, random_stated, random_world

STEPS = st.lists(st.sampled_from(["wait", "look", "back", "change", "come", "go"]), min_size=1, max_size=6)


def of(people: dict[int, Person]) -> Lens:
    return Lens.of(facts_of(list(people.values())))


def said(lens: Lens, stated: Stated, as_of: dt.datetime) -> tuple[Any, ...]:
    moment = microseconds(as_of)
    view, ids = lens.at(moment), tuple(lens.register.ids.tolist())
    assert view.since <= moment < view.until
    with reading_hours(-1):
        found = as_rows(rank(stated, lens, EVIDENCE, 3, as_of, limit=99))
        return found, widen(plan_of(stated, lens.register.book), view), lens.weeks(ids, moment)


def changed(random: Random, lens: Lens, people: dict[int, Person], step: str) -> Lens:
    """Let somebody change, come or go, in `people` and in the register."""
    ids = {random.randrange(10_000)} if step == "come" else set(random.sample(sorted(people), min(len(people), 2)))
    for pk in ids:
        people.pop(pk, None)
        if step != "go":
            people[pk] = random_person(random, pk)
    found = lens.spliced(facts_of([people[pk] for pk in ids if pk in people]), tuple(ids))
    assert found is not None
    return found


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 2**32), STEPS)
def test_spliced_and_moved_on_is_read_anew(chance: int, steps: list[str]) -> None:
    random = Random(chance)
    people = {person.id: person for person in random_world(random, random.randint(0, 40))}
    lens, as_of = of(people), moments(random)
    for step in steps:
        stated = random_stated(random)
        if step == "wait":
            as_of += dt.timedelta(seconds=random.choice([0, 1, 3_600, 80_000, 200_000]))
        elif step == "back":
            as_of = moments(random)
        elif step != "look":
            # What is asked before decides what has been worked out, and must be right afterwards.
            before, old = said(lens, stated, as_of), lens
            lens = changed(random, lens, people, step)
            assert said(old, stated, as_of) == before, "whoever still reads the old register sees nothing of it"
        assert said(lens, stated, as_of) == said(of(people), stated, as_of), step


def test_what_nobody_changed_is_shared() -> None:
    people = {pk: Person(pk) for pk in range(1, 200)}
    lens = of(people)
    lens.at(microseconds(NOON))
    found = lens.spliced(facts_of([Person(7, places=[])]), (7,))
    assert found is not None
    for name in ("ids", "by_id", "fee", "offerable", "online_hours", "weeks", "weeks_until", "grid"):
        assert getattr(found.register, name) is getattr(lens.register, name), name
    for name, sets in lens.register.sets.items():
        assert found.register.sets[name] is sets, name
    for name, column in vars(lens.register.locations).items():
        assert getattr(found.register.locations, name) is column, name
    assert found.at(microseconds(NOON)).listed is lens.at(microseconds(NOON)).listed


def test_a_moment_passes_without_judging_everybody_anew() -> None:
    held = [Person(pk, places=[Place(held_until=NOON + dt.timedelta(minutes=pk))]) for pk in range(1, 100)]
    lens = of({person.id: person for person in held})
    first = lens.at(microseconds(NOON))
    later = lens.at(microseconds(NOON + dt.timedelta(minutes=5, seconds=1)))
    assert later.horizon == first.horizon, "patched"
    assert lens.weeks(tuple(range(100)), microseconds(NOON) + 301_000_000) == dict.fromkeys(range(1, 6), 0)


def test_no_row_left_or_too_many_moved_means_reading_everybody() -> None:
    lens = of({1: Person(1)})
    spare = lens.register.capacity - lens.register.size
    coming = [Person(pk) for pk in range(2, 2 + spare)]
    full = lens.spliced(facts_of(coming), tuple(person.id for person in coming))
    assert full is not None
    assert full.register.size == full.register.capacity
    assert full.spliced(facts_of([Person(1, fee=5)]), (1,)) is not None, "known ones still change"
    assert full.spliced(facts_of([Person(9_999)]), (9_999,)) is None


def test_somebody_new_is_found_where_she_is() -> None:
    """Her row is not in the order of the map, and neither is that of somebody who moved."""
    here, far = (530_000, 180_000), (230_000, 680_000)
    people = {pk: Person(pk, formats={"in-person"}, rooms=[Room(pk, *here)]) for pk in range(1, 300)}
    lens = of(people)
    new = [Person(pk, formats={"in-person"}, rooms=[Room(pk, *far)]) for pk in (7, 5_000)]
    found = lens.spliced(facts_of(new), (7, 5_000))
    assert found is not None
    stated = Stated(point=(*far, 10), miles=5, distance_must=True)
    assert sorted(rank(stated, found, EVIDENCE, 1, NOON).ids.tolist()) == [7, 5_000]
    assert not rank(stated, lens, EVIDENCE, 1, NOON).eligible
    gone = np.flatnonzero(found.register.ids == 7).tolist()
    assert found.register.grid.loose.tolist() == sorted([*gone, *found.register.rows_of((5_000,)).tolist()])
