"""References people can read out: "RP-7K4C-9XQM". Seven random characters and one check character.

The alphabet has 23 characters, a prime, without vowels (no words by accident) and without what is mistaken for
something else on paper or on the phone (0 O, 1 I L, 8 B, 5 S, 2 Z, U V, D T). With a different weight for each place,
every wrong character and every two swapped ones change the sum, so they are always noticed.
"""

import secrets

from django.utils.translation import gettext as _

ALPHABET = "23456789CFGHJKMNPQRTWXY"
PREFIX = "RP"
_LENGTH = 8
# The other member of a pair that looks the same, where only one of the two is in the alphabet.
_READ_AS = str.maketrans({"B": "8", "S": "5", "Z": "2"})
_SEPARATORS = str.maketrans("", "", " \t\u00a0-\u2010\u2011\u2012\u2013\u2014\u2212._/")


def new_reference() -> str:
    """Return a random reference in its canonical form. Uniqueness is the column's to guard."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(_LENGTH - 1))
    return _canonical(body + _check_character(body))


def reference_clean(text: str) -> str:
    """Return the canonical form of what somebody typed. Raises ValueError with a sentence saying what is wrong."""
    typed = text.upper().translate(_SEPARATORS)
    if len(typed) != _LENGTH and typed.startswith(PREFIX):
        typed = typed[len(PREFIX) :]
    if not typed:
        raise ValueError(_("Enter your reference. It looks like RP-7K4C-9XQM."))
    typed = typed.translate(_READ_AS)
    for character in typed:
        if character not in ALPHABET:
            raise ValueError(
                _("A reference never has “%(character)s” in it. Check that character again.") % {"character": character}
            )
    if len(typed) != _LENGTH:
        raise ValueError(
            _("A reference has 8 letters and numbers after RP. This one has %(count)d.") % {"count": len(typed)}
        )
    if _weighted(typed) % len(ALPHABET):
        raise ValueError(_("One letter or number of this reference is not right. Check it again."))
    return _canonical(typed)


def _weighted(characters: str) -> int:
    return sum(
        weight * ALPHABET.index(character) for weight, character in zip(range(_LENGTH, 0, -1), characters, strict=False)
    )


def _check_character(body: str) -> str:
    # The check character has weight one, so it is what brings the sum to a multiple of 23.
    return ALPHABET[-_weighted(body) % len(ALPHABET)]


def _canonical(body: str) -> str:
    return f"{PREFIX}-{body[:4]}-{body[4:]}"
