"""Whoever is out of the list is told which of the person's own rules keep her out; whoever is in it is told none."""

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from clients.preferences import DAY_PART_MASKS, Stated, Wish
from matching.engine.columns import microseconds
from matching.engine.explain import judge
from matching.engine.rank import Lens, rank
from matching.engine.rules import FULL, NOT_LISTED
from tests.matching.columns import register_of
from tests.matching.test_engine import EVIDENCE, moments
from tests.matching.world import NOON, Person, Room, random_stated, random_world


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 2**32), st.integers(0, 30))
def test_out_of_the_list_means_a_reason_and_in_it_none(chance: int, size: int) -> None:
    random = Random(chance)
    people = random_world(random, size)
    stated, as_of = random_stated(random), moments(random)
    silent = tuple(person.id for person in people[:2])
    lens, ids = Lens(register_of(people)), tuple(person.id for person in people)
    listed = set(rank(stated, lens, EVIDENCE, 1, as_of, silent=silent, limit=size + 1).ids.tolist())
    verdicts = judge(stated, lens, EVIDENCE, microseconds(as_of), ids, silent=silent)
    assert set(verdicts.failed) == set(ids)
    for pk in ids:
        out = pk in verdicts.not_taking or bool(verdicts.failed[pk])
        assert out is (pk not in listed), (pk, verdicts.failed[pk])
        assert not {FULL, NOT_LISTED} & set(verdicts.failed[pk]), "what is none of her business is not named"
    assert set(silent) <= verdicts.not_taking


def test_each_way_to_meet_may_fail_several_rules_and_none_alone() -> None:
    """The near room has steps and closes early, the other is far and shut on Saturdays: no rule alone is to blame."""
    monday_evening, saturday_morning = (DAY_PART_MASKS[slug] for slug in ("mon-evening", "sat-morning"))
    near = Room(1, 530_000, 180_000, step_free=False, hours=saturday_morning)
    far = Room(2, 630_000, 180_000, step_free=True, hours=monday_evening)
    person = Person(7, formats={"in-person"}, rooms=[near, far])
    stated = Stated(
        times=(Wish("mon-evening", 3), Wish("sat-morning", 3)),
        step_free=True,
        point=(530_000, 180_000, 100),
        miles=5,
        distance_must=True,
    )
    lens = Lens(register_of([person]))
    assert not rank(stated, lens, EVIDENCE, 1, NOON).eligible
    verdicts = judge(stated, lens, EVIDENCE, microseconds(NOON), (7,))
    assert verdicts.failed[7] in [("access", "must:time:mon-evening"), ("distance", "must:time:sat-morning")]
