"""The columns read from the tables say what the tables, the selectors and the reference say, at any moment."""

import datetime as dt
from random import Random

import pytest

from clients.preferences import Stated
from matching.engine.bits import rows_in
from matching.engine.columns import microseconds
from matching.engine.rank import Lens, rank
from matching.snapshot import read_register
from tests.matching import reference
from tests.matching.database import store_lists, store_people
from tests.matching.test_engine import EVIDENCE, as_rows, moments
from tests.matching.world import NOON, Person, Place, random_stated, random_world
from therapists.selectors.standing import standing_for

pytestmark = pytest.mark.django_db


def test_columns_and_selectors_agree_at_any_moment() -> None:
    random = Random(1)
    people = random_world(random, 120)
    store_people(people, store_lists())
    lens = Lens(read_register())
    seen = set()
    for _ in range(25):
        as_of = moments(random)
        view = lens.at(microseconds(as_of))
        standing = standing_for([p.id for p in people], as_of=as_of)
        listed = set(lens.register.ids[rows_in(view.listed)].tolist())
        assert listed == {pk for pk, one in standing.items() if one.listed}, as_of
        free = {pk: one.free_for_new for pk, one in standing.items() if one.listed and one.free_for_new > 0}
        assert lens.free_places(tuple(standing), microseconds(as_of)) == free, as_of
        seen |= {(one.listed, one.free_for_new) for one in standing.values()}
    assert {(True, 0), (True, 1), (False, 0), (False, 1)} <= seen


def test_columns_and_reference_agree_on_lists() -> None:
    random = Random(2)
    people = random_world(random, 60)
    store_people(people, store_lists())
    lens = Lens(read_register())
    eligible = 0
    for seed in range(150):
        stated, as_of = random_stated(random), moments(random)
        expected = reference.rank(people, stated, EVIDENCE, seed, as_of)
        assert as_rows(rank(stated, lens, EVIDENCE, seed, as_of, limit=99)) == expected
        eligible += len(expected)
    assert eligible > 500


def test_some_therapists_are_read_as_among_all() -> None:
    people = random_world(Random(3), 30)
    store_people(people, store_lists())
    ids = sorted(p.id for p in people)[5:9]
    everybody, some = Lens(read_register()), Lens(read_register(ids=ids))
    assert some.register.size == len(ids)
    others = tuple(p.id for p in people if p.id not in ids)
    random = Random(4)
    for _ in range(50):
        stated, as_of = random_stated(random), moments(random)
        among = rank(stated, everybody, EVIDENCE, 7, as_of, silent=others, limit=99)
        assert as_rows(rank(stated, some, EVIDENCE, 7, as_of, limit=99)) == as_rows(among)


def test_no_therapist_at_all() -> None:
    store_lists()
    lens = Lens(read_register())
    assert rank(random_stated(Random(1)), lens, EVIDENCE, 1, NOON).eligible == 0


def test_time_passes_and_nothing_is_written() -> None:
    """A hold runs out, then a confirmation, and the list changes by itself."""
    held = Person(id=1, places=[Place(held_until=NOON + dt.timedelta(hours=2))])
    quiet = Person(id=2, confirmed_at=NOON - dt.timedelta(days=13))
    store_people([held, quiet], store_lists())
    lens = Lens(read_register())

    def listed(after: dt.timedelta) -> set[int]:
        return set(rank(Stated(), lens, EVIDENCE, 1, NOON + after).ids.tolist())

    assert listed(dt.timedelta()) == {2}
    assert listed(dt.timedelta(hours=2)) == {2}
    assert listed(dt.timedelta(hours=2, microseconds=1)) == {1, 2}
    assert listed(dt.timedelta(days=1)) == {1, 2}
    assert listed(dt.timedelta(days=1, microseconds=1)) == {1}
    assert listed(dt.timedelta(days=13, microseconds=1)) == set()
