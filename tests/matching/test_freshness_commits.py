"""After any commit, whatever it changed, the next list is the one worked out from the tables at that moment."""

from dataclasses import replace
from random import Random
from typing import Any

import pytest
from django.db import connection, transaction

from benchmarks.demand import Demand
from benchmarks.peers import normalised_sql
from clients.preferences import Stated
from matching.engine.rank import Lens, rank
from matching.services.weights import weight_set_ensure
from matching.snapshot import read_everybody, read_register
from matching.store import Current, Store
from matching.weights import EVIDENCE
from tests.matching.changing import KINDS, Scene
from tests.matching.test_engine import moments
from tests.matching.world import random_stated
from therapists.selectors.standing import standing_for

PEOPLE = 20

committed = pytest.mark.django_db(transaction=True)


def listed(stated: Stated, lens: Lens, weights: dict[str, int] | None, seed: int, as_of: Any) -> tuple[Any, ...]:
    ranked = rank(stated, lens, weights or EVIDENCE, seed, as_of, limit=999)
    return ranked.eligible, ranked.ids.tolist(), ranked.bands.tolist(), ranked.weeks.tolist()


def assert_current(found: Current, random: Random, ids: list[int]) -> int:
    """Compare with columns read anew, with weights read by the ORM, and with the selectors' standing."""
    from matching.models import WeightSet

    newest = WeightSet.objects.first()
    assert (found.weight_set_id, found.weights) == (newest and newest.pk, newest and newest.weights)
    truth = Lens(read_register())
    as_of = moments(random)
    statements = [Stated(), *(random_stated(random) for _ in range(3))]
    for stated in statements:
        expected = listed(stated, truth, found.weights, 7, as_of)
        assert listed(stated, found.lens, found.weights, 7, as_of) == expected
    standing = standing_for(ids, as_of=as_of)
    able = {pk for pk, one in standing.items() if one.open}
    everybody = set(listed(Stated(), found.lens, found.weights, 7, as_of)[1])
    assert everybody == able
    assert_as_sql(found, random, as_of)
    return len(able)


def assert_as_sql(found: Current, random: Random, as_of: Any) -> None:
    """Compare with one query over the tables, of what it knows: profiles, standing and places, not rooms and hours."""
    slugs = {name: list(found.lens.register.book.masks[name]) for name in ("modality", "issue", "language", "identity")}
    stated = replace(
        Demand(slugs, [(0, 0, 0)], seed=random.randrange(2**31)).statement("online"),
        **dict.fromkeys(("formats", "times"), ()),
        client_groups=(),
        step_free=False,
    )
    _eligible, ids, bands, weeks = listed(stated, found.lens, EVIDENCE, 7, as_of)
    # It has a row for each room.
    everybody = normalised_sql.query(stated, 7, as_of).replace("LIMIT 20", "")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT DISTINCT id, band, wait FROM ({everybody}) found")
        assert sorted(cursor.fetchall()) == sorted(zip(ids, bands, weeks, strict=True)), stated


def commits(count: int, seed: int) -> None:
    scene = Scene(Random(seed))
    for _ in range(PEOPLE):
        scene.newcomer()
    # One store looks after every commit, another one now and then.
    often, seldom = Store(), Store()
    shown = 0
    for step in range(count):
        scene.change()
        shown += assert_current(often.current(), scene.random, scene.ids)
        if step % 7 == 6:
            assert_current(seldom.current(), scene.random, scene.ids)
    assert shown > count, "an empty register agrees with anything"
    assert set(scene.done) == set(KINDS), "each kind of change was made"


@committed
def test_a_hundred_random_commits_each_followed_by_the_right_list() -> None:
    commits(100, seed=5)


@committed
@pytest.mark.soak
def test_a_thousand_random_commits_each_followed_by_the_right_list() -> None:
    commits(1_000, seed=11)


@committed
def test_inside_a_transaction_the_list_is_the_one_it_will_commit() -> None:
    """Also between savepoints that come and go; and nobody else sees any of it before."""
    scene = Scene(Random(3))
    for _ in range(PEOPLE):
        scene.newcomer()
    store = Store()
    for _ in range(12):
        before = set(scene.ids)
        with transaction.atomic():
            for _ in range(3):
                scene.change()
                assert_current(store.current(), scene.random, scene.ids)
                assert store._held is None or store._held.own is None
            keeps = scene.random.random() < 0.5 or set(scene.ids) != before
            transaction.set_rollback(not keeps)
        assert_current(store.current(), scene.random, scene.ids)


@committed
def test_new_weights_need_no_reading_of_the_register() -> None:
    scene = Scene(Random(4))
    scene.newcomer()
    store = Store()
    lens = store.current().lens
    assert store.current().weights is None
    from core.actors import system

    row = weight_set_ensure(actor=system("test"))
    assert store.current().weights == row.weights
    assert store.current().lens.register.book is lens.register.book
    assert read_everybody().answer.weights == row.weights
