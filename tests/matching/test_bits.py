"""Bitmaps of rows say what sets of rows say, and are never written."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from matching.engine import bits

WORDS = 3
ROWS = st.sets(st.integers(0, WORDS * bits.WORD - 1))


def bitmap(rows: set[int]) -> bits.U64:
    found = bits.with_rows(np.array(sorted(rows), np.int64), WORDS)
    found.flags.writeable = False
    return found


@given(ROWS, ROWS)
def test_rows_come_out_as_they_went_in(these: set[int], asked: set[int]) -> None:
    one, rows = bitmap(these), np.array(sorted(asked), np.int64)
    assert bits.rows_in(one).tolist() == sorted(these)
    assert bits.count(one) == len(these)
    assert bits.has(one, rows).tolist() == [row in these for row in sorted(asked)]
    assert np.array_equal(bits.pack(bits.unpack(one).view(bool)), one)


@given(ROWS, ROWS, ROWS)
def test_rows_are_put_in_and_out_of_a_copy(these: set[int], into: set[int], out: set[int]) -> None:
    one, changed = bitmap(these), sorted(into | out)
    found = bits.put(one, np.array(changed, np.int64), np.array([row in into for row in changed], bool))
    expected = (these - out) | into
    assert set(bits.rows_in(found).tolist()) == expected
    assert (found is one) == (expected == these)


@given(st.lists(st.integers(0, 2**70 - 1), min_size=2 * bits.WORD, max_size=2 * bits.WORD))
def test_one_set_per_bit(masks: list[int]) -> None:
    words = tuple(np.array([mask >> bits.WORD * n & 2**64 - 1 for mask in masks], np.uint64) for n in range(2))
    sets = bits.by_bit(words)
    assert len(sets) == max(mask.bit_length() for mask in masks)
    for bit, one in enumerate(sets):
        assert bits.rows_in(one).tolist() == [row for row, mask in enumerate(masks) if mask >> bit & 1]


@given(st.dictionaries(st.integers(0, WORDS * bits.WORD - 1), st.integers(0, 2**21 - 1)))
def test_masks_of_some_rows_are_replaced_in_a_copy(changes: dict[int, int]) -> None:
    table = np.arange(21 * WORDS, dtype=np.uint64).reshape(21, WORDS)
    before = table.copy()
    rows = np.array(sorted(changes), np.int64)
    found = bits.put_masks(table, rows, np.array([changes[row] for row in sorted(changes)], np.uint64))
    assert np.array_equal(table, before)
    for bit in range(21):
        expected = set(bits.rows_in(before[bit]).tolist()) - set(changes)
        expected |= {row for row, mask in changes.items() if mask >> bit & 1}
        assert set(bits.rows_in(found[bit]).tolist()) == expected
