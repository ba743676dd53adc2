"""What is common to all of the engine: types of arrays, special values, moments, and what slugs mean.

Moments are int64 microseconds since 1970. A boundary named `*_from` or `starts` is inclusive, `*_until` exclusive.
"""

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

I8 = NDArray[np.int8]
I16 = NDArray[np.int16]
I32 = NDArray[np.int32]
I64 = NDArray[np.int64]
U8 = NDArray[np.uint8]
U32 = NDArray[np.uint32]
U64 = NDArray[np.uint64]
Bools = NDArray[np.bool_]

NEVER = 0
ALWAYS = 2**62
# 7 days of 3 parts, Monday morning first.
HOURS = 21
ALL_HOURS = 2**HOURS - 1
ALL_BITS = 2**64 - 1
STYLE_UNKNOWN = 127
FEE_UNKNOWN = -1
# Weeks until a place comes free where nothing can be said: last of all.
WAIT_UNKNOWN = 2**15 - 1
GENDERS = ("", "woman", "man", "non_binary", "self_described")
SCALES = ("directive", "emotional", "past", "warm")

_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)


def microseconds(moment: datetime.datetime) -> int:
    """Return an aware moment as whole microseconds since 1970, exactly."""
    return (moment - _EPOCH) // datetime.timedelta(microseconds=1)


def bits_in(mask: int) -> Iterator[int]:
    """Yield the numbers of the bits set in a mask, lowest first."""
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest


@dataclass(frozen=True)
class Book:
    """What slugs mean: by set, slug -> mask (one bit). Made from the reference rows that the columns were read with.

    `names` are for people: by set, slug -> name. Ranking never looks at them.
    """

    masks: Mapping[str, Mapping[str, int]]
    family_of: Mapping[str, int] = field(default_factory=dict)
    kind_of: Mapping[str, int] = field(default_factory=dict)
    required_groups: frozenset[str] = frozenset()
    in_person: int = 0
    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def name(self, name: str, slug: str) -> str:
        """Return the name of a slug for people, or the slug itself when nobody knows it."""
        return self.names.get(name, {}).get(slug, slug)

    def mask(self, name: str, slug: str) -> int:
        """Return the bit of a slug, 0 when nobody knows it: a statement nobody can meet, never an error."""
        return self.masks.get(name, {}).get(slug, 0)
