"""Names, towns and register numbers as people type them: without accents, case, titles and order, typing slips allowed.

A typed word stands for an indexed one when it is the same, begins it, or is a slip away from it. Slips are found by
deletion: two words are one slip apart only if they share a text that is left when at most one letter of each is taken
out, so that looking up a few such texts replaces comparing with every word there is.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations, pairwise
from zlib import crc32

from rapidfuzz.distance import DamerauLevenshtein

TITLES = frozenset({"mr", "mrs", "ms", "miss", "mx", "dr", "prof", "professor", "rev", "revd", "sir", "dame"})
# Letters that are no letter with a mark, so that Unicode does not take them apart.
_WHOLE_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "ŋ": "n"}
)
_APOSTROPHES = "'\u2019\u2018\u02bc`\u00b4"

MOST_LETTERS = 30
MOST_WORDS = 6
MOST_INDEXED = 24
# So short a word is no name part on its own: "de", "van", "o" are also looked up together with what follows.
PARTICLE = 3
SHORTEST_SLIP = 3
# From this length on two slips are allowed; words this much shorter may still be meant by it.
LONG = 8
# Marks what is not a word of a name itself: a town, and how words of names begin.
TOWN, BEGINS = "@", "^"
SHORT_BEGINNINGS = (1, 2, 3)


def folded(text: str) -> str:
    """Return the text in small letters without accents: "Siân" as "sian", "Jürgen" as "jurgen", "Łucja" as "lucja"."""
    apart = unicodedata.normalize("NFKD", text.casefold().translate(_WHOLE_LETTERS))
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def words_of(text: str) -> list[str]:
    """Return the words of a name or town in their order. Titles go, unless there is nothing else."""
    plain = folded(text).translate(dict.fromkeys(map(ord, _APOSTROPHES)))
    words = [word[:MOST_LETTERS] for word in re.findall(r"[^\W_]+", plain)]
    return [word for word in words if word not in TITLES] or words


def indexed_words(names: Iterable[str], towns: Iterable[str]) -> list[str]:
    """Return everything somebody is found by, sorted: words of her names, how they begin, words of her towns."""
    found: set[str] = set()
    for name in names:
        found |= set(_ways_to_write(name))
    found = set(sorted(found)[:MOST_INDEXED])
    begins = {BEGINS + word[:count] for word in found for count in SHORT_BEGINNINGS}
    places = {TOWN + word for town in towns for word in words_of(town)[:MOST_WORDS]}
    return sorted(found | begins | places)


def _ways_to_write(name: str) -> Iterator[str]:
    words = words_of(name)
    yield from words
    yield from _joined_after_particles(words)
    for token in folded(name).split():
        parts = re.findall(r"[^\W_]+", token)
        if len(parts) > 1:
            # "O'Neill" is also looked for as "Neill", "Smith-Jones" as "Smithjones".
            yield from (part for part in parts if len(part) >= PARTICLE and part not in TITLES)
            yield "".join(parts)[:MOST_LETTERS]


def _joined_after_particles(words: list[str]) -> Iterator[str]:
    for first, second in pairwise(words):
        if len(first) <= PARTICLE:
            yield (first + second)[:MOST_LETTERS]


def slips_allowed(word: str) -> int:
    """Return how many slips away from an indexed word one may type."""
    return 2 if len(word) >= LONG else 1 if len(word) >= SHORTEST_SLIP else 0


def is_slip(typed: str, word: str) -> bool:
    """Say whether a typed word may mean an indexed one: a letter too many, too few, another, or two changed about."""
    allowed = slips_allowed(word)
    return DamerauLevenshtein.distance(typed, word, score_cutoff=allowed) <= allowed


def slip_keys(word: str) -> list[int]:
    """Return the keys under which an indexed word is found in spite of slips: 32-bit digests, signed."""
    return _deletions(word, slips_allowed(word))


def typed_slip_keys(typed: str) -> list[int]:
    """Return the keys to look up for a typed word. It may lack letters of the word it means."""
    if len(typed) < SHORTEST_SLIP:
        return []
    return _deletions(typed, 2 if len(typed) >= LONG - 2 else 1)


def _deletions(word: str, most: int) -> list[int]:
    if not most:
        return []
    left = {word}
    for count in range(1, most + 1):
        for gone in combinations(range(len(word)), count):
            left.add("".join(letter for at, letter in enumerate(word) if at not in gone))
    return sorted({crc32(text.encode()) - 2**31 for text in left if text})


FEWEST_LETTERS = 3
FEWEST_OF_NUMBER = 4


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody typed to find one person: words of a name or town, or ways to read a register's number."""

    words: tuple[str, ...]
    numbers: tuple[str, ...] = ()

    @property
    def joins(self) -> dict[int, str]:
        """Return for each word that is a particle, or follows one, both written as one: "mc donald" as "mcdonald"."""
        found: dict[int, str] = {}
        for at, (first, second) in enumerate(pairwise(self.words)):
            if len(first) <= PARTICLE:
                found[at] = found[at + 1] = (first + second)[:MOST_LETTERS]
        return found

    @property
    def as_number(self) -> "Typed":
        """Return the words read as a number without digits, which some registers give."""
        return Typed((), ("".join(self.words)[:40].upper(),))

    @property
    def enough(self) -> bool:
        """Say whether it is enough to look for one person. A letter or two would list a whole town."""
        if self.numbers:
            return max(map(len, self.numbers)) >= FEWEST_OF_NUMBER
        letters = "".join(self.words)
        return len(letters) >= FEWEST_LETTERS or (len(letters) >= 2 and not letters.isascii())


def typed_of(text: str) -> Typed:
    """Read what was typed. Where there are digits it is a number, perhaps with the register's name before it."""
    tokens = re.findall(r"[^\W_]+", folded(text))
    with_digits = [at for at, token in enumerate(tokens) if any(letter.isdigit() for letter in token)]
    if not with_digits:
        return Typed(tuple(words_of(text)[:MOST_WORDS]))
    whole = "".join(tokens)
    inner = "".join(tokens[with_digits[0] : with_digits[-1] + 1])
    return Typed((), tuple(dict.fromkeys(number[:40].upper() for number in (whole, inner))))
