"""Names compared as people mean them: without accents, case, titles and order."""

import re
import unicodedata
from difflib import SequenceMatcher

from therapists.naming import TITLES

MOST = 160


def name_key(name: str) -> str:
    """Return the name's words in alphabetical order: "Smith, Zoë (Dr)" and "zoe smith" give the same."""
    plain = unicodedata.normalize("NFKD", name)
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter)).casefold()
    words = re.findall(r"\w+", plain.replace("'", "").replace("\u2019", ""))
    return " ".join(sorted(word for word in words if word not in TITLES))[:MOST]


def contradicts(name: str, other: str) -> bool:
    """Return whether two names have no word in common, spelling mistakes allowed.

    A new family name after a wedding is no contradiction; another given and another family name are.
    """
    mine, theirs = name_key(name).split(), name_key(other).split()
    if not mine or not theirs:
        return False
    return not any(_alike(a, b) for a in mine for b in theirs)


def has_family_name(shown: str, registered: str) -> bool:
    """Return whether `shown` has a word of the family name in `registered`: "Given Family" or "Family, Given"."""
    before, comma, _ = registered.partition(",")
    family = name_key(before).split() if comma else name_key(" ".join(registered.split()[-1:])).split()
    return not family or any(_alike(word, other) for word in family for other in name_key(shown).split())


def _alike(word: str, other: str) -> bool:
    if word == other:
        return True
    # Single letters and short words are alike by chance.
    return min(len(word), len(other)) > 3 and SequenceMatcher(None, word, other).ratio() >= 0.8
