"""Names as people type them, against names as registers write them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import DamerauLevenshtein

from therapists.naming import (
    LONG,
    SHORTEST_SLIP,
    indexed_words,
    is_slip,
    slip_keys,
    slips_allowed,
    typed_of,
    typed_slip_keys,
    words_of,
)

LETTERS = st.sampled_from("abcdefgs")
WORDS = st.text(LETTERS, min_size=SHORTEST_SLIP, max_size=14)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Dr Siân Llewelyn", ["sian", "llewelyn"]),
        ("Jürgen Weiß", ["jurgen", "weiss"]),
        ("O'Neill, Mrs. Bríd", ["oneill", "brid"]),
        ("Łucja Ørsted", ["lucja", "orsted"]),
        ("Anne-Marie Smith\u2011Jones", ["anne", "marie", "smith", "jones"]),
        ("DR", ["dr"]),
        ("  ", []),
        ("李 伟", ["李", "伟"]),
        ("a" * 500, ["a" * 30]),
    ],
)
def test_words_of_a_name(text: str, words: list[str]) -> None:
    assert words_of(text) == words


def test_ways_to_write_a_name_are_all_indexed() -> None:
    found = indexed_words(["Dr Bríd O'Neill", "B. Mc Donald-Smith"], ["Newcastle upon Tyne", ""])
    assert {"brid", "oneill", "neill", "mc", "mcdonald", "donald", "smith", "donaldsmith"} <= set(found)
    assert {"@newcastle", "@upon", "@tyne", "^b", "^br", "^bri"} <= set(found)
    assert found == sorted(set(found)) and "dr" not in found


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("BACP 12 34 56", ("BACP123456", "123456")),
        ("bacp-00123", ("BACP00123", "00123")),
        ("123456 please", ("123456PLEASE", "123456")),
        ("M1b2", ("M1B2",)),
        ("Smith", ()),
    ],
)
def test_a_number_is_read_with_and_without_the_registers_name(text: str, numbers: tuple[str, ...]) -> None:
    assert typed_of(text).numbers == numbers


@pytest.mark.parametrize(
    ("text", "enough"),
    [
        ("", False),
        ("a", False),
        ("ab", False),
        ("Jo", False),
        ("Jo S", True),
        ("ann", True),
        ("王", False),
        ("王伟", True),
        ("123", False),
        ("BACP 1", True),
        ("1234", True),
        ("--", False),
        ("Dr", False),
    ],
)
def test_too_little_would_list_a_town(text: str, enough: bool) -> None:
    assert typed_of(text).enough is enough


@settings(max_examples=400, deadline=None)
@given(WORDS, WORDS)
def test_whatever_is_a_slip_away_shares_a_key(typed: str, word: str) -> None:
    if DamerauLevenshtein.distance(typed, word) <= slips_allowed(word):
        assert is_slip(typed, word)
        assert set(typed_slip_keys(typed)) & set(slip_keys(word)), (typed, word)
    else:
        assert not is_slip(typed, word)


@settings(max_examples=400, deadline=None)
@given(WORDS, st.data())
def test_edits_of_a_word_are_slips_of_it(word: str, data: st.DataObject) -> None:
    """The generated pairs above are seldom near each other: here each is, by construction."""
    typed = word
    for _ in range(2 if len(word) >= LONG else 1):
        typed = _edited(typed, data)
    if len(typed) >= SHORTEST_SLIP:
        assert is_slip(typed, word)
        assert set(typed_slip_keys(typed)) & set(slip_keys(word)), (typed, word)


def _edited(word: str, data: st.DataObject) -> str:
    at = data.draw(st.integers(0, len(word) - 1))
    letter = data.draw(LETTERS)
    return data.draw(
        st.sampled_from(
            [
                word[:at] + word[at + 1 :],
                word[:at] + letter + word[at:],
                word[:at] + letter + word[at + 1 :],
                word[:at] + word[at + 1 : at + 2] + word[at : at + 1] + word[at + 2 :],
            ]
        )
    )
