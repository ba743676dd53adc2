"""Working style as something to talk about: what she would like beside how a therapist describes herself."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from clients.cnip import ITEMS, MOST, Result
from clients.preferences import STYLE_SCALES
from referrals.forms.needs import SIDES
from therapists.words import style_words


@dataclass(frozen=True, slots=True)
class TalkingPoint:
    """`hers`: what she said she would like. `theirs`: how the therapist puts it; "" when the therapist did not say.

    `words` says whether it is worth talking about.
    """

    hers: str
    theirs: str
    words: str


@dataclass(frozen=True, slots=True)
class ScaleLine:
    """One scale of the C-NIP: its published name, the sum, and what it comes to in words."""

    name: str
    sum: str
    words: str


def talking_points(style: Mapping[str, int], theirs: Mapping[str, int], name: str) -> list[TalkingPoint]:
    """Return a point for each scale she feels strongly about. `style`: scale -> 1 or -1; `theirs`: scale -> -3..3."""
    return [_point(scale, style[scale], theirs.get(scale), name) for scale in STYLE_SCALES if style.get(scale)]


def _point(scale: str, side: int, value: int | None, name: str) -> TalkingPoint:
    hers = wish_words(scale, side)
    if value is None:
        return TalkingPoint(hers, "", _("%(name)s has not said. You could ask.") % {"name": name})
    theirs = style_words(f"style_{scale}", value)
    if value * side > 0:
        return TalkingPoint(hers, theirs, _("This looks alike. You could still say how much of it you would like."))
    return TalkingPoint(hers, theirs, _("Worth talking about at the first meeting."))


def wish_words(scale: str, side: int) -> str:
    """Return what she would like on one scale, as she chose it."""
    return str(SIDES[scale][0 if side > 0 else 1])


def scale_lines(results: Iterable[Result]) -> list[ScaleLine]:
    """Return the C-NIP's four scales in words. A scale with an open item is not counted, and says so."""
    return [ScaleLine(result.scale.name, _sum(result), _result_words(result)) for result in results]


def item_lines(items: Mapping[int, int]) -> list[tuple[str, str]]:
    """Return (the words of an item she leans to, or both; the number she chose) for all items, in their order."""
    return [_item_line(number, items.get(number)) for number in ITEMS]


def _item_line(number: int, value: int | None) -> tuple[str, str]:
    first, second = ITEMS[number]
    if value is None:
        return f"{first} / {second}", _("not answered")
    words = first if value > 0 else second if value < 0 else f"{first} / {second}"
    return words, str(abs(value))


def _sum(result: Result) -> str:
    if result.total is None:
        return _("%(answered)d of %(of)d answered") % {"answered": result.answered, "of": len(result.scale.items)}
    most = len(result.scale.items) * MOST
    return _("Sum %(sum)s, between %(least)s and %(most)s") % {
        "sum": _signed(result.total),
        "least": _signed(-most),
        "most": _signed(most),
    }


def _signed(number: int) -> str:
    return f"{number:+d}".replace("-", "−") if number else "0"


def _result_words(result: Result) -> str:
    if result.total is None:
        return _("We count this only when all of it is answered.")
    if not result.side:
        return _("No strong wish either way.")
    return _("A strong wish: %(wish)s") % {"wish": wish_words(result.scale.slug, result.side)}
