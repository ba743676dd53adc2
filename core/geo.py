"""Postcodes and how far they lie apart, in metres on the British national grid.

What is known of a place depends on what was loaded: with nothing but the table of postcode areas every distance is
"about"; `load_postcodes` adds outcodes, sectors and units.
"""

import re
import time
from functools import lru_cache
from typing import NamedTuple

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.models import PlacePoint
from core.reference.files import read_rows

METRES_PER_MILE = 1609.344
# What the health service writes for somebody without a fixed place to live. It lies nowhere.
NO_FIXED_PLACE = "ZZ99 3VZ"
# A point less certain than this makes a distance "about".
ABOUT_FROM_M = 1_000

MOST_KEPT = 5_000
_kept: dict[str, tuple[float, list[PlacePoint]]] = {}

_OUTCODE = r"[A-Z]{1,2}\d[A-Z\d]?"
_POSTCODE = re.compile(rf"^({_OUTCODE})(\d)([ABD-HJLNP-UW-Z]{{2}})$")
_OUTCODE_ONLY = re.compile(rf"^{_OUTCODE}$")
_SECTOR = re.compile(rf"^({_OUTCODE})(\d)$")
# What is typed for something else in a place where only a letter or only a digit can stand.
_AS_DIGIT = str.maketrans("OIL", "011")


class Point(NamedTuple):
    """Metres on the national grid; `precision_m` is how far the true place may lie from there."""

    easting: int
    northing: int
    precision_m: int


def postcode_clean(text: str, *, outcode_ok: bool = False) -> str:
    """Return "LS1 4AP" (or, where that is enough, "LS1"). Raises ValueError with a sentence for the person.

    Only the form is checked: a new street's postcode is in nobody's list yet.
    """
    typed = re.sub(r"[^A-Z0-9]", "", text.upper())
    if match := _POSTCODE.match(_mend(typed)):
        return f"{_known(match[1])} {match[2]}{match[3]}"
    if outcode_ok and " " in text.strip() and (match := _SECTOR.match(typed)):
        return _known(match[1])
    if outcode_ok and _OUTCODE_ONLY.match(typed):
        return _known(typed)
    if not typed:
        raise ValueError(_("Enter a postcode, like LS1 4AP."))
    if _OUTCODE_ONLY.match(typed):
        raise ValueError(_("Enter the whole postcode, like LS1 4AP, not only the first half."))
    raise ValueError(_("This is not a postcode. A postcode looks like LS1 4AP."))


def is_no_fixed_place(text: str) -> bool:
    """Say whether the postcode stands for no fixed place to live."""
    return re.sub(r"[^A-Z0-9]", "", text.upper()) == NO_FIXED_PLACE.replace(" ", "")


def place_code(text: str) -> tuple[str, str] | None:
    """Return (code, kind) as stored in PlacePoint for a unit, sector, outcode or area; None when it is none of them.

    "LS14" without a space is read as an outcode: use `sector_code` where a column holds sectors.
    """
    typed = re.sub(r"[^A-Z0-9]", "", text.upper())
    if match := _POSTCODE.match(typed):
        return f"{match[1]} {match[2]}{match[3]}", PlacePoint.Kind.UNIT
    if " " in text.strip() and (match := _SECTOR.match(typed)):
        return f"{match[1]} {match[2]}", PlacePoint.Kind.SECTOR
    if _OUTCODE_ONLY.match(typed):
        return typed, PlacePoint.Kind.OUTCODE
    return None


def sector_code(text: str) -> str | None:
    """Return "LS1 4" for "LS14" or "LS1 4"; None when it cannot be a sector."""
    match = _SECTOR.match(re.sub(r"[^A-Z0-9]", "", text.upper()))
    return f"{match[1]} {match[2]}" if match else None


def area_of(postcode: str) -> str:
    """Return the letters a postcode begins with."""
    return re.match(r"[A-Z]*", postcode.upper())[0]  # type: ignore[index]


def point_for(postcode: str) -> Point | None:
    """Return the finest point known for a postcode or outcode; None when not even its area is known."""
    rows = _rows_for(postcode)
    return Point(rows[0].easting, rows[0].northing, rows[0].precision_m) if rows else None


def nation_for(postcode: str) -> str | None:
    """Return the nation (core.choices.Nation) as far as known. None: ask; some areas lie on both sides of a border."""
    for row in _rows_for(postcode):
        if row.nation:
            return row.nation
    return None


def is_about(*points: Point) -> bool:
    """Say whether a distance between such points must be called "about"."""
    return any(point.precision_m > ABOUT_FROM_M for point in points)


def distance_words(metres: float, about: bool) -> str:
    """Return a distance in whole miles; where it is only about, in steps of five, because less would be a guess."""
    miles = metres / METRES_PER_MILE
    if about:
        if miles < 5:
            return _("about 5 miles or less")
        return _("about %(miles)d miles") % {"miles": 5 * round(miles / 5)}
    if miles < 1:
        return _("less than a mile")
    whole = round(miles)
    return ngettext("%(miles)d mile", "%(miles)d miles", whole) % {"miles": whole}


@lru_cache(maxsize=1)
def areas() -> frozenset[str]:
    """Return the 124 postcode areas."""
    return frozenset(row["code"] for row in read_rows("postcode_areas.csv"))


def _known(outcode: str) -> str:
    if area_of(outcode) not in areas():
        raise ValueError(
            _("No postcode begins with “%(letters)s”. Check the first letters.") % {"letters": area_of(outcode)}
        )
    return outcode


def _mend(typed: str) -> str:
    """Read a letter O as a nought, and I or L as a one, where only a digit can stand: the third from the end."""
    if len(typed) < 5:
        return typed
    return typed[:-3] + typed[-3].translate(_AS_DIGIT) + typed[-2:]


def _rows_for(postcode: str) -> list[PlacePoint]:
    """Return what is known of a postcode, the finest first; kept for settings.REFERENCE_CACHE_SECONDS.

    Every page of one journey asks about the same postcode.
    """
    code = postcode_clean(postcode, outcode_ok=True)
    now = time.monotonic()
    kept = _kept.get(code)
    if kept and now - kept[0] < settings.REFERENCE_CACHE_SECONDS:
        return kept[1]
    if len(_kept) >= MOST_KEPT:
        _kept.clear()
    rows = _read(code)
    _kept[code] = (now, rows)
    return rows


def _read(code: str) -> list[PlacePoint]:
    outcode, _space, inward = code.partition(" ")
    codes = [area_of(code), outcode]
    if inward:
        codes += [f"{outcode} {inward[0]}", code]
    rows = PlacePoint.objects.filter(code__in=codes)
    return sorted(rows, key=lambda row: len(row.code), reverse=True)
