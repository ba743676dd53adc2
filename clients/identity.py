"""When two people are the same person: exact comparison of sealed values through keyed digests."""

import datetime
import re
import unicodedata
from dataclasses import dataclass

import nhs_number as nhs

from core.crypto import keyed_digest

FIELDS = ("given", "family", "born", "postcode")


@dataclass(frozen=True, slots=True)
class Digests:
    """Empty where nothing was given. Two equal digests of one field mean equal values, and nothing more can be read."""

    given: str
    family: str
    born: str
    postcode: str
    nhs: str


def digests(
    *, given_name: str, family_name: str, born: datetime.date | None, postcode: str, nhs_number: str
) -> Digests:
    """Return the digests of somebody's identity. Spelling of case, accents, spaces and hyphens makes no difference."""
    return Digests(
        given=_digest("given", letters(given_name)),
        family=_digest("family", letters(family_name)),
        born=_digest("born", born.isoformat() if born else ""),
        postcode=_digest("postcode", re.sub(r"[^A-Z0-9]", "", postcode.upper())),
        nhs=_digest("nhs", nhs_clean(nhs_number)),
    )


def born_digest(born: datetime.date) -> str:
    """Return the digest of a date of birth, for looking up somebody who signs in."""
    return _digest("born", born.isoformat())


def letters(name: str) -> str:
    """Return a name's letters in lower case without accents."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    return "".join(character for character in plain if character.isalpha())


def nhs_clean(text: str) -> str:
    """Return ten digits when the text is a valid NHS number, else ""."""
    digits = re.sub(r"\D", "", text)
    return digits if len(digits) == 10 and nhs.is_valid(digits) else ""


def _digest(field: str, value: str) -> str:
    return keyed_digest(value, purpose=f"client.{field}") if value else ""
