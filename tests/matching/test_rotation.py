"""Among equals everybody is first equally often; the seed is made with the draft and goes with the referral."""

from collections import Counter
from collections.abc import Callable, Iterable
from random import Random

import numpy as np
import pytest
from numpy.typing import NDArray

from clients.preferences import Stated, Wish
from matching.engine.rank import Lens, rank, rotation
from matching.weights import EVIDENCE
from referrals.answers import Answers
from referrals.services.submission import (
    submission_by_return_code,
    submission_find,
    submission_return_code,
    submission_save,
    submission_start,
)
from tests.factories import make_therapist
from tests.matching.columns import register_of
from tests.matching.world import NOON, Person
from tests.referrals.given import sent

SEEDS = [Random(n).getrandbits(63) for n in range(4_000)]
EQUALS = 40
# Chance alone gives more than this once in a thousand (39 degrees of freedom).
CRITICAL = 72.05


def chi_square(firsts: Iterable[int], among: int) -> float:
    counts = Counter(firsts)
    expected = sum(counts.values()) / among
    return sum((counts[n] - expected) ** 2 for n in counts) / expected + (among - len(counts)) * expected


def people(count: int) -> list[Person]:
    """Equals with ids as they come: one after another, with gaps."""
    return [Person(id=1_000 + n + 7 * (n // 10)) for n in range(count)]


def test_every_equal_is_first_equally_often() -> None:
    lens = Lens(register_of(people(EQUALS)))
    firsts = [int(rank(Stated(), lens, EVIDENCE, seed, NOON, limit=1).ids[0]) for seed in SEEDS]
    assert chi_square(firsts, EQUALS) < CRITICAL


def test_every_equal_is_at_every_place_of_the_first_ten_equally_often() -> None:
    lens = Lens(register_of(people(EQUALS)))
    lists = [rank(Stated(), lens, EVIDENCE, seed, NOON, limit=10).ids.tolist() for seed in SEEDS]
    for place in range(10):
        assert chi_square([found[place] for found in lists], EQUALS) < CRITICAL, place


def test_being_first_for_one_says_nothing_of_being_before_another() -> None:
    """Of two equals each stands before the other half of the time, whoever they are."""
    ids = np.array([person.id for person in people(EQUALS)], np.int64)
    turns = np.array([rotation(seed, ids) for seed in SEEDS])
    before = (turns[:, :, None] < turns[:, None, :]).mean(axis=0)
    # 780 pairs: five standard deviations of a fair coin thrown as often.
    np.fill_diagonal(before, 0.5)
    assert np.abs(before - 0.5).max() < 5 * 0.5 / len(SEEDS) ** 0.5


def test_whoever_fits_better_stays_before_the_equals() -> None:
    better = Person(id=5, gender="woman")
    lens = Lens(register_of([*people(EQUALS), better]))
    stated = Stated(genders=(Wish("woman"),))
    lists = [rank(stated, lens, EVIDENCE, seed, NOON, limit=2).ids.tolist() for seed in SEEDS]
    assert {found[0] for found in lists} == {5}, "lots are drawn among equals only"
    assert chi_square([found[1] for found in lists], EQUALS) < CRITICAL


Turns = Callable[[int, NDArray[np.int64]], NDArray[np.integer]]


@pytest.mark.parametrize(
    "turns",
    [
        pytest.param(lambda seed, ids: ids, id="by id"),
        pytest.param(lambda seed, ids: ids ^ seed, id="by seed and id, unmixed"),
        pytest.param(lambda seed, ids: (ids * 31 + seed) % 64, id="by a sum"),
    ],
)
def test_negative_control_other_orders_favour_somebody(turns: Turns) -> None:
    ids = np.array([person.id for person in people(EQUALS)], np.int64)
    firsts = [int(ids[np.argmin(turns(seed, ids))]) for seed in SEEDS]
    assert chi_square(firsts, EQUALS) > 2 * CRITICAL
    ours = [int(ids[np.argmin(rotation(seed, ids))]) for seed in SEEDS]
    assert chi_square(ours, EQUALS) < CRITICAL


@pytest.mark.django_db
def test_the_seed_is_made_with_the_draft_and_stays() -> None:
    drafts = [submission_start() for _ in range(50)]
    assert len({int(draft.seed) for draft, _token in drafts}) == 50
    draft, token = drafts[0]
    submission_save(submission=draft, answers=Answers(nation="wales"))
    found = submission_find(token)
    assert found is not None and found.seed == draft.seed, "answers change, the order among equals does not"
    again = submission_by_return_code(code=submission_return_code(submission=draft))
    assert again is not None and again[0].seed == draft.seed, "also on another device"


@pytest.mark.django_db
def test_the_seed_goes_with_the_referral() -> None:
    referral = sent(make_therapist())
    assert referral.submission is not None and referral.match_run is not None
    assert referral.seed == referral.submission.seed == referral.match_run.seed
