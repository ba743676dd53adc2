"""What people are told about waiting for a therapist, for her own page.

Forecasts are made where claims, therapies and regions come together, which therapists know nothing of: whoever makes
them registers here what to say.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from therapists.selectors.standing import Standing


@dataclass(frozen=True, slots=True)
class Teller:
    """`words`: by a therapist's pk, "" when nothing can be said. `least`: from how many people on something is said."""

    words: Callable[[int], str]
    least: int


@dataclass(frozen=True, slots=True)
class Told:
    """`forecast`: the words are one. `least`: nothing could be said, and from how many people on it can; else 0."""

    words: str
    forecast: bool = False
    least: int = 0


_tellers: list[Teller] = []


def register(teller: Teller) -> None:
    """Set who knows; the last one registered is asked."""
    _tellers[:] = [teller]


def told(therapist_id: int, judged: Standing) -> Told | None:
    """Return what people read now about waiting for her; None while they cannot find her."""
    if not judged.open:
        return None
    if judged.has_place:
        return Told(_("Place free now."))
    teller = _tellers[0]
    words = teller.words(therapist_id)
    if words:
        return Told(words, forecast=True)
    return Told(_("We cannot say yet."), least=teller.least)
