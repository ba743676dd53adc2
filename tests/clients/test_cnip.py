"""The C-NIP is scored as published, at every boundary, and its words are the authors' own."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clients import cnip
from clients.preferences import STYLE_SCALES

# Scale -> (its items, from where strong on the first side, to where strong on the second). Written out by hand.
PUBLISHED = {
    "directive": ((1, 2, 3, 4, 5), 8, -3),
    "emotional": ((6, 7, 8, 9, 10), 7, -1),
    "past": ((11, 12, 13), 3, -3),
    "warm": ((14, 15, 16, 17, 18), 4, -4),
}
values = st.integers(-3, 3)
every_answer = st.fixed_dictionaries(dict.fromkeys(cnip.ITEMS, values))
some_answers = st.dictionaries(st.sampled_from(sorted(cnip.ITEMS)), values)


def answers_to(items: tuple[int, ...], total: int) -> dict[int, int]:
    """Answers to the items that add up to `total`."""
    found, left = {}, total
    for item in items:
        found[item] = max(-3, min(3, left))
        left -= found[item]
    assert left == 0
    return found


def side_of(scale: str, answers: dict[int, int]) -> int:
    return next(result.side for result in cnip.results(answers) if result.scale.slug == scale)


def test_the_scales_are_the_published_ones_and_those_matching_knows() -> None:
    assert {s.slug: (s.items, s.strong_first, s.strong_second) for s in cnip.SCALES} == PUBLISHED
    assert tuple(PUBLISHED) == STYLE_SCALES
    assert sorted(number for scale in cnip.SCALES for number in scale.items) == list(range(1, 19))


@pytest.mark.parametrize("scale", PUBLISHED)
def test_every_sum_of_a_scale(scale: str) -> None:
    items, first, second = PUBLISHED[scale]
    most = 3 * len(items)
    for total in range(-most, most + 1):
        expected = 1 if total >= first else -1 if total <= second else 0
        assert side_of(scale, answers_to(items, total)) == expected, total


@pytest.mark.parametrize(
    ("scale", "total", "side"),
    [
        ("directive", 8, 1), ("directive", 7, 0), ("directive", -2, 0), ("directive", -3, -1),
        ("emotional", 7, 1), ("emotional", 6, 0), ("emotional", 0, 0), ("emotional", -1, -1),
        ("past", 3, 1), ("past", 2, 0), ("past", -2, 0), ("past", -3, -1),
        ("warm", 4, 1), ("warm", 3, 0), ("warm", -3, 0), ("warm", -4, -1),
    ],
)  # fmt: skip
def test_at_the_cut_offs(scale: str, total: int, side: int) -> None:
    assert side_of(scale, answers_to(PUBLISHED[scale][0], total)) == side


@given(every_answer)
def test_a_result_is_the_sum_of_its_own_items(answers: dict[int, int]) -> None:
    for result in cnip.results(answers):
        items, first, second = PUBLISHED[result.scale.slug]
        assert result.total == sum(answers[item] for item in items)
        assert (result.side == 1) == (result.total >= first)
        assert (result.side == -1) == (result.total <= second)


@given(some_answers)
def test_a_scale_counts_only_when_it_is_complete(answers: dict[int, int]) -> None:
    complete = {scale for scale, (items, _f, _s) in PUBLISHED.items() if set(items) <= set(answers)}
    assert cnip.complete_scales(answers) == complete
    assert set(cnip.strong_sides(answers)) <= complete
    for result in cnip.results(answers):
        assert (result.total is None) == (result.scale.slug not in complete)
        assert result.answered == len(set(PUBLISHED[result.scale.slug][0]) & set(answers))


@given(every_answer, st.sampled_from(sorted(cnip.ITEMS)), values)
def test_an_item_moves_only_its_own_scale(answers: dict[int, int], item: int, value: int) -> None:
    before, after = cnip.results(answers), cnip.results({**answers, item: value})
    moved = {old.scale.slug for old, new in zip(before, after, strict=True) if old != new}
    assert moved <= {scale for scale, (items, _f, _s) in PUBLISHED.items() if item in items}


@pytest.mark.parametrize("answers", [{0: 1}, {19: 1}, {1: 4}, {1: -4}])
def test_what_is_no_answer_is_refused(answers: dict[int, int]) -> None:
    with pytest.raises(ValueError, match="cannot be"):
        cnip.results(answers)


def test_the_words_are_kept_as_they_are() -> None:
    """The authors allow the items word for word only. A changed letter changes this digest: then ask them first."""
    text = "\n".join([cnip.STEM, *(f"{number} {a} / {b}" for number, (a, b) in cnip.ITEMS.items())])
    assert hashlib.sha256(text.encode()).hexdigest() == DIGEST
    assert cnip.ITEMS[10] == ("Focus mainly on my feelings", "Focus mainly on my thoughts")


DIGEST = "ed484302383c52db89bda1eeec837ec67e32214894094a7f86d45e3d22d48169"
