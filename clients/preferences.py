"""What somebody stated, as an immutable value with one canonical form. Slugs are those of the reference data.

A domain nobody stated is empty and weighs nothing. Strength: 1 nice, 2 important, 3 must (a hard rule).
"""

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from enum import IntEnum
from typing import Any, Self

VERSION = 1

DAY_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
PART_NAMES = ("morning", "afternoon", "evening")


# Between the alternatives of one item: "man|non_binary" is met by either.
ALTERNATIVES = "|"


class Strength(IntEnum):
    NICE = 1
    IMPORTANT = 2
    MUST = 3


@dataclass(frozen=True, order=True)
class Wish:
    """One stated item of a domain, with how much it matters. `value`: a slug, or alternatives joined by "|"."""

    value: str
    strength: int = Strength.NICE

    @property
    def alternatives(self) -> tuple[str, ...]:
        return tuple(self.value.split(ALTERNATIVES))


def any_of(values: Iterable[str], strength: int) -> tuple[Wish, ...]:
    """Return the wishes that mean "any of these": as a must, one item with alternatives; else one item each.

    Musts that stood apart would each have to hold. Wishes stand apart so that each is explained: the best counts.
    """
    slugs = sorted(set(values))
    if not slugs:
        return ()
    if strength >= Strength.MUST:
        return (Wish(ALTERNATIVES.join(slugs), strength),)
    return tuple(Wish(slug, strength) for slug in slugs)


def all_of(values: Iterable[str], strength: int) -> tuple[Wish, ...]:
    """Return the wishes that mean "all of these"."""
    return tuple(Wish(slug, strength) for slug in sorted(set(values)))


def _day_parts() -> dict[str, int]:
    parts = {f"{day}-{part}": 1 << (d * 3 + p) for d, day in enumerate(DAY_NAMES) for p, part in enumerate(PART_NAMES)}
    for p, part in enumerate(PART_NAMES):
        parts[f"weekday-{part}"] = sum(1 << (d * 3 + p) for d in range(5))
        parts[f"weekend-{part}"] = sum(1 << (d * 3 + p) for d in (5, 6))
    return parts


# Slug of a stated time -> mask of 21 bits (day * 3 + part; Monday is day 0). Any of its bits meets it.
DAY_PART_MASKS: dict[str, int] = _day_parts()

STYLE_SCALES = ("directive", "emotional", "past", "warm")


@dataclass(frozen=True)
class Stated:
    """Everything that was stated. Lists are kept sorted, so that equal statements are equal values.

    `style`: scale -> +1 or -1, only where the person is "strong"; `style_strength` applies to all of them.
    `miles` is the distance for meeting in person; `distance_must` makes it a hard rule. `point` is
    (easting, northing, precision in metres), or None when no postcode was given.
    `funder` empty means the person pays, up to `fee_ceiling_pence` when given. `client_groups` and `access` are needs.
    Every must item has to hold by itself; `any_of` makes one item of several values.
    `experience`: how much experience with the issue matters; 0 is "not stated".
    """

    modalities: tuple[Wish, ...] = ()
    times: tuple[Wish, ...] = ()
    formats: tuple[Wish, ...] = ()
    genders: tuple[Wish, ...] = ()
    languages: tuple[Wish, ...] = ()
    identity: tuple[Wish, ...] = ()
    main_issue: str = ""
    other_issues: tuple[str, ...] = ()
    experience: int = 0
    style: tuple[tuple[str, int], ...] = ()
    style_strength: int = 0
    point: tuple[int, int, int] | None = None
    miles: int | None = None
    distance_must: bool = False
    client_groups: tuple[str, ...] = ()
    access: tuple[str, ...] = ()
    step_free: bool = False
    funder: str = ""
    fee_ceiling_pence: int | None = None
    not_these_therapists: tuple[int, ...] = field(default=())

    def canonical(self) -> dict[str, Any]:
        """Return the JSON-ready form, with every list sorted."""
        data = asdict(self)
        for name in ("modalities", "times", "formats", "genders", "languages", "identity"):
            data[name] = [[wish.value, int(wish.strength)] for wish in sorted(getattr(self, name))]
        for name in ("other_issues", "client_groups", "access", "not_these_therapists"):
            data[name] = sorted(getattr(self, name))
        data["style"] = [list(pair) for pair in sorted(self.style)]
        data["point"] = None if self.point is None else list(self.point)
        return data

    def digest(self) -> str:
        """Return the SHA-256 of the canonical form and its version."""
        text = json.dumps([VERSION, self.canonical()], sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    @classmethod
    def from_canonical(cls, data: dict[str, Any]) -> Self:
        """Rebuild the value. Raises TypeError or ValueError on data that `canonical` did not write."""
        if unknown := set(data) - set(_READERS):
            raise TypeError(f"not parts of a statement: {sorted(unknown)}")
        return cls(**{name: _READERS[name](value) for name, value in data.items()})


def _refuse(value: object) -> Any:
    raise TypeError(f"not part of a statement: {value!r}")


def _text(value: object) -> str:
    return value if isinstance(value, str) else _refuse(value)


def _flag(value: object) -> bool:
    return value if isinstance(value, bool) else _refuse(value)


def _whole(value: object) -> int:
    """Read a number. What is stored is bounded long before: more than 32 bits was never written."""
    if not isinstance(value, int) or isinstance(value, bool):
        _refuse(value)
    elif abs(value) >= 2**31:
        raise ValueError(f"out of bounds: {value}")
    return int(value)  # type: ignore[call-overload]


def _key(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else _refuse(value)


def _maybe_whole(value: object) -> int | None:
    return None if value is None else _whole(value)


def _point(value: object) -> tuple[int, int, int] | None:
    if value is None:
        return None
    easting, northing, precision = _many(_whole)(value)
    return easting, northing, precision


def _many(read: Callable[[object], Any]) -> Callable[[object], tuple[Any, ...]]:
    return lambda value: tuple(map(read, value)) if isinstance(value, list | tuple) else _refuse(value)


def _wish(value: object) -> Wish:
    slug, strength = value if isinstance(value, list | tuple) else _refuse(value)
    return Wish(_text(slug), _whole(strength))


def _side(value: object) -> tuple[str, int]:
    scale, side = value if isinstance(value, list | tuple) else _refuse(value)
    return _text(scale), _whole(side)


_READERS: dict[str, Callable[[object], Any]] = {
    **dict.fromkeys(("modalities", "times", "formats", "genders", "languages", "identity"), _many(_wish)),
    **dict.fromkeys(("other_issues", "client_groups", "access"), _many(_text)),
    **dict.fromkeys(("main_issue", "funder"), _text),
    **dict.fromkeys(("experience", "style_strength"), _whole),
    **dict.fromkeys(("distance_must", "step_free"), _flag),
    **dict.fromkeys(("miles", "fee_ceiling_pence"), _maybe_whole),
    "style": _many(_side),
    "point": _point,
    "not_these_therapists": _many(_key),
}
