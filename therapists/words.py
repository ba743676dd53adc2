"""A therapist's stored numbers in words: hours, days, money, working style. One place, so that pages agree."""

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core.words import hour
from therapists.models import Place, Therapist

DAYS = (
    gettext_lazy("Monday"),
    gettext_lazy("Tuesday"),
    gettext_lazy("Wednesday"),
    gettext_lazy("Thursday"),
    gettext_lazy("Friday"),
    gettext_lazy("Saturday"),
    gettext_lazy("Sunday"),
)
PARTS = (gettext_lazy("morning"), gettext_lazy("afternoon"), gettext_lazy("evening"))

# Each scale runs -3..3; positive is the first pole. Our own words, not those of a published instrument.
STYLE_POLES: dict[str, tuple[Promise, Promise]] = {
    "style_directive": (
        gettext_lazy("I give structure, suggestions and things to try"),
        gettext_lazy("I follow where you want to go"),
    ),
    "style_emotional": (
        gettext_lazy("I go towards strong feelings"),
        gettext_lazy("I keep to what feels manageable"),
    ),
    "style_past": (
        gettext_lazy("We look at the past and where things come from"),
        gettext_lazy("We look at the present and what comes next"),
    ),
    "style_warm": (
        gettext_lazy("I am warm and encouraging"),
        gettext_lazy("I challenge and question you"),
    ),
}


def hours_words(mask: int) -> list[str]:
    """Return one line a day for a 21-bit mask, such as "Monday morning, evening"."""
    lines = []
    for day, name in enumerate(DAYS):
        parts = [str(PARTS[part]) for part in range(3) if mask >> (day * 3 + part) & 1]
        if len(parts) == 3:
            lines.append(_("%(day)s all day") % {"day": name})
        elif parts:
            lines.append(f"{name} {', '.join(parts)}")
    return lines


def days_words(mask: int) -> str:
    """Return the days of a 7-bit mask as a list in words."""
    names = [str(name) for day, name in enumerate(DAYS) if mask >> day & 1]
    if len(names) < 2:
        return "".join(names)
    return _("%(first)s and %(last)s") % {"first": ", ".join(names[:-1]), "last": names[-1]}


def money(pence: int | None) -> str:
    """Return "£45" or "£45.50"; "" for no amount."""
    if pence is None:
        return ""
    pounds, rest = divmod(pence, 100)
    return f"£{number_format(pounds)}" + (f".{rest:02d}" if rest else "")


def sessions_words(count: int) -> str:
    return ngettext("up to %(count)d session", "up to %(count)d sessions", count) % {"count": count}


def style_words(field: str, value: int | None) -> str:
    """Return where she put herself on one scale; "" when she did not say."""
    if value is None:
        return ""
    first, second = STYLE_POLES[field]
    if value == 0:
        return _("In between: “%(first)s” and “%(second)s”") % {"first": first, "second": second}
    pole = str(first if value > 0 else second)
    return {
        1: _("A little more: %(pole)s"),
        2: _("Mostly: %(pole)s"),
        3: _("Very much: %(pole)s"),
    }[abs(value)] % {"pole": pole}


def style_values(therapist: Therapist) -> dict[str, int]:
    """Return scale -> -3..3 for the scales a therapist spoke of; the others are absent."""
    values = {field.removeprefix("style_"): getattr(therapist, field) for field in STYLE_POLES}
    return {scale: value for scale, value in values.items() if value is not None}


def initials(name: str) -> str:
    """Return at most two letters to stand in for a photograph."""
    words = [word for word in name.replace(".", " ").split() if word[:1].isalpha()]
    if not words:
        return ""
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


def place_words(place: Place) -> str:
    """Return when a place is: "Tuesday, 6pm", "Tuesday, any time", or that it may be at any time."""
    if place.day is None:
        return _("Any time in your hours")
    if place.time is None:
        return _("%(day)s, any time") % {"day": DAYS[place.day]}
    return f"{DAYS[place.day]}, {hour(place.time)}"
