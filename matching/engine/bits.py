"""Sets of therapists as packed bitmaps: bit r % 64 of word r // 64 stands for row r, so a rule is one AND of everybody.

Nothing here writes into what it was given.
"""

import numpy as np

from matching.engine.columns import I64, U8, U64, Bools

WORD = 64


def pack(flags: Bools) -> U64:
    """Return the bitmap of flags, one per row; their number is a multiple of 64."""
    return np.packbits(flags, bitorder="little").view(np.uint64)


def unpack(bits: U64) -> U8:
    """Return 0 or 1 for each row."""
    return np.unpackbits(bits.view(np.uint8), bitorder="little")


def count(bits: U64) -> int:
    return int(np.bitwise_count(bits).sum(dtype=np.int64))


def rows_in(bits: U64) -> I64:
    """Return the rows of a set, ascending. Words without any are passed over."""
    words = bits.nonzero()[0]
    at = unpack(bits[words]).view(bool).nonzero()[0]
    rows: I64 = words[at >> 6] << 6 | at & 63
    return rows


def has(bits: U64, rows: I64) -> Bools:
    """Return which of the rows are in a set."""
    found: Bools = bits.view(np.uint8)[rows >> 3] & (np.uint8(1) << (rows & 7).astype(np.uint8)) != 0
    return found


def with_rows(rows: I64, words: int) -> U64:
    """Return the set of given rows, which may repeat."""
    flags = np.zeros(words * WORD, bool)
    flags[rows] = True
    return pack(flags)


def put(bits: U64, rows: I64, values: Bools) -> U64:
    """Return a set with some rows (each once) in or out; the very same set when nothing changes."""
    changed = rows[has(bits, rows) != values]
    if not len(changed):
        return bits
    new = bits.copy()
    np.bitwise_xor.at(new, changed >> 6, _bit(changed))
    return new


def by_bit(masks: tuple[U64, ...]) -> tuple[U64, ...]:
    """Return one set per bit of the masks of all rows, in words of 64 bits, up to the last bit that anybody has."""
    used = 0
    for number, word in enumerate(masks):
        used |= int(np.bitwise_or.reduce(word)) << WORD * number
    nobody = np.zeros(len(masks[0]) // WORD, np.uint64)
    sets = [nobody] * used.bit_length()
    for bit in range(used.bit_length()):
        if used >> bit & 1:
            sets[bit] = pack(masks[bit // WORD] & np.uint64(1 << bit % WORD) != 0)
    return tuple(sets)


def put_masks(table: U64, rows: I64, masks: U64) -> U64:
    """Return a table of sets, (bits, words), with some rows' masks replaced, each once; the same if they are alike."""
    bits = np.arange(len(table), dtype=np.uint64)[:, None]
    held = table[:, rows >> 6] >> (rows & 63).astype(np.uint64) & np.uint64(1)
    bit, at = np.nonzero(held != masks >> bits & np.uint64(1))
    if not len(bit):
        return table
    new = table.copy()
    np.bitwise_xor.at(new, (bit, rows[at] >> 6), _bit(rows[at]))
    return new


def _bit(rows: I64) -> U64:
    return np.uint64(1) << (rows & 63).astype(np.uint64)
