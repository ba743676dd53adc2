"""What a draft holds, as one typed value: the schema of `Submission.answers`.

Every key is optional while somebody is still answering. `from_dict` never raises: what it cannot read it drops, because
a draft may be older than the code and a page must still open. `missing` says what sending needs.
Safety answers are not in here: they are write-only for the browser.
"""

import datetime
import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import asdict, dataclass, field
from math import isnan
from typing import Any, Self

from clients.cnip import ITEMS, MOST, complete_scales, strong_sides
from clients.preferences import DAY_PART_MASKS, STYLE_SCALES, Stated, Strength, Wish, all_of, any_of
from core import geo
from core.choices import Nation
from referrals.sharing import SHARE_ITEMS

MAX_CHOICES = 5
MAX_LIST = 40
MOST_LEFT_OUT = 10_000
MAX_LINE = 200
MAX_TEXT = 4000
CHANNELS = ("email", "sms", "letter", "phone")
SELF_PAY = "self_pay"
NOT_SURE = "not_sure"
# What a client may answer and no therapist can have experience with: a need of it would leave nobody.
NAMES_NOTHING = frozenset({"something-else", "prefer-not-to-say"})
# What the questions that help to find a kind of therapy are about: the traits kinds have.
GUIDE_QUESTIONS = ("focus", "practice", "lead", "time", "company", "way")

# Stands for a chosen value that cannot be read: nobody meets it. A need must never go away by itself.
UNREADABLE = "not-readable"

_SLUG = re.compile(r"^[a-z0-9]+(?:[-_][a-z0-9]+)*$")


@dataclass(frozen=True)
class Chosen:
    """One therapist of the ordered list. `will_wait` is kept for waiting lists."""

    therapist: int
    will_wait: bool = False


@dataclass(frozen=True)
class Answers:
    """Lists hold slugs of the reference data; strengths are 0 (not said), 1 nice, 2 important, 3 must.

    paying: "" (not said), "self_pay", "not_sure" or a funder's slug. fee_ceiling_pence: the most she pays per session.
    postcode and miles are where to look; home_postcode is part of who she is. date_of_birth: "YYYY-MM-DD".
    channel is the safe one; its address stands in email, phone or address. guide: what she said to the questions that
    help to find a kind of therapy. cnip: number of an item -> -3..3. Both stay in the draft and are never sent on.
    """

    nation: str = ""
    adult: bool | None = None
    paying: str = ""
    fee_ceiling_pence: int | None = None
    issues: tuple[str, ...] = ()
    main_issue: str = ""
    experience: int = 0
    own_words: str = ""
    aims: str = ""
    modalities: tuple[str, ...] = ()
    modalities_strength: int = 0
    times: tuple[str, ...] = ()
    times_strength: int = 0
    formats: tuple[str, ...] = ()
    formats_strength: int = 0
    postcode: str = ""
    miles: int | None = None
    distance_must: bool = False
    genders: tuple[str, ...] = ()
    genders_strength: int = 0
    languages: tuple[str, ...] = ()
    languages_strength: int = 0
    identity: tuple[str, ...] = ()
    identity_strength: int = 0
    client_groups: tuple[str, ...] = ()
    access: tuple[str, ...] = ()
    step_free: bool = False
    access_note: str = ""
    not_these: tuple[int, ...] = ()
    style: dict[str, int] = field(default_factory=dict)
    style_strength: int = 0
    guide: dict[str, str] = field(default_factory=dict)
    cnip: dict[str, int] = field(default_factory=dict)
    choices: tuple[Chosen, ...] = ()
    help_choosing: bool = False
    channel: str = ""
    email: str = ""
    phone: str = ""
    address: str = ""
    voicemail_ok: bool = False
    text_ok: bool = False
    letter_ok: bool = False
    call_times: tuple[str, ...] = ()
    discreet: bool = False
    given_name: str = ""
    family_name: str = ""
    preferred_name: str = ""
    date_of_birth: str = ""
    home_postcode: str = ""
    nhs_number: str = ""
    practice_code: str = ""
    practice_name: str = ""
    shares: dict[str, bool] = field(default_factory=dict)
    language: str = "en-gb"

    @classmethod
    def from_dict(cls, data: object) -> Self:
        """Read what `to_dict` wrote, or what an older release wrote. Never raises; drops what it cannot read.

        A value that may be a need is not dropped: it stands as UNREADABLE, and numbers are brought within their bounds.
        """
        if not isinstance(data, dict):
            return cls()
        known = {name: read(data[name]) for name, read in _READERS.items() if name in data}
        return cls(**{name: value for name, value in known.items() if value is not None})

    def to_dict(self) -> dict[str, Any]:
        """Return JSON-ready values, without what was not answered."""
        empty = asdict(type(self)())
        return {name: value for name, value in asdict(self).items() if value != empty[name]}

    @property
    def leading_issue(self) -> str:
        return leading_issue(self.issues, self.main_issue)

    @property
    def funder_slug(self) -> str:
        """Return the funder who pays, or "" when she pays herself or has not said."""
        return "" if self.paying in ("", SELF_PAY, NOT_SURE) else self.paying

    @property
    def born(self) -> datetime.date | None:
        """Return the date of birth, or None when it is not a real date."""
        return _date(self.date_of_birth)

    @property
    def channel_address(self) -> str:
        """Return the address of the safe channel."""
        where = {"email": self.email, "sms": self.phone, "phone": self.phone, "letter": self.address}
        return where.get(self.channel, "")

    @property
    def cnip_items(self) -> dict[int, int]:
        """Return item number -> -3..3."""
        return {int(number): value for number, value in self.cnip.items()}

    def style_by_cnip(self, strength: int) -> dict[str, Any]:
        """Return the style answers once the C-NIP is used: it speaks for the scales it completed, and for no other."""
        complete = complete_scales(self.cnip_items)
        short = {scale: side for scale, side in self.style.items() if scale not in complete}
        style = {**short, **strong_sides(self.cnip_items)}
        return {"style": style, "style_strength": strength if style else 0}

    def stated(self) -> Stated:
        """Return the preferences in it, with a point for the postcode when one is known."""
        return Stated(
            modalities=_wishes(self.modalities, self.modalities_strength),
            times=_wishes(self.times, self.times_strength),
            formats=_wishes(self.formats, self.formats_strength),
            genders=_wishes(self.genders, self.genders_strength),
            languages=_wishes(self.languages, self.languages_strength),
            identity=all_of(_readable(self.identity, self.identity_strength), self.identity_strength or Strength.NICE),
            main_issue=self.leading_issue,
            other_issues=tuple(sorted(set(self.issues) - {self.leading_issue})),
            experience=self.experience,
            style=tuple(sorted(self.style.items())),
            style_strength=(self.style_strength or Strength.NICE) if self.style else 0,
            point=_point(self.postcode),
            miles=self.miles,
            distance_must=self.distance_must,
            client_groups=tuple(sorted(self.client_groups)),
            access=tuple(sorted(self.access)),
            step_free=self.step_free,
            funder=self.funder_slug,
            fee_ceiling_pence=None if self.funder_slug else self.fee_ceiling_pence,
            not_these_therapists=tuple(sorted(self.not_these)),
        )

    def missing(self) -> tuple[str, ...]:
        """Return the names of what must still be answered before sending, in the order of the journey."""
        wanted = {
            "nation": bool(self.nation),
            "adult": self.adult is True,
            "paying": self.paying not in ("", NOT_SURE),
            "choices": bool(self.choices) or self.help_choosing,
            "channel": self.channel in CHANNELS and bool(self.channel_address),
            "given_name": bool(self.given_name),
            "family_name": bool(self.family_name),
            "date_of_birth": self.born is not None,
        }
        return tuple(name for name, answered in wanted.items() if not answered)


def leading_issue(issues: Collection[str], main_issue: str) -> str:
    """Return the issue she most wants help with, or "" when she cannot pick one of several.

    Whoever names one thing is not asked which of them; one that she took off her list again is no longer the main one.
    """
    named = [slug for slug in issues if slug not in NAMES_NOTHING]
    if main_issue in issues:
        return main_issue if main_issue in named else ""
    return named[0] if len(named) == 1 else ""


def _wishes(values: Iterable[str], strength: int) -> tuple[Wish, ...]:
    """Any of these will do; a strength that was not said is the mildest."""
    known = [value for value in values if value != UNREADABLE]
    return any_of(known or _readable(values, strength), strength or Strength.NICE)


def _readable(values: Iterable[str], strength: int) -> list[str]:
    """Return the values without those that cannot be read, unless they are needs."""
    return [value for value in values if value != UNREADABLE or strength >= Strength.MUST]


def _point(postcode: str) -> tuple[int, int, int] | None:
    if not postcode:
        return None
    try:
        point = geo.point_for(geo.postcode_clean(postcode, outcode_ok=True))
    except ValueError:
        return None
    return tuple(point) if point else None  # type: ignore[return-value]


def _date(text: str) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        return None


def _text(limit: int) -> Callable[[object], str | None]:
    return lambda value: value.strip()[:limit] if isinstance(value, str) else None


def _flag(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def _whole(low: int, high: int) -> Callable[[object], int | None]:
    def read(value: object) -> int | None:
        return value if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high else None

    return read


def _within(low: int, high: int) -> Callable[[object], int | None]:
    """Read a number and bring it within its bounds: a limit that is out of them is still a limit."""

    def read(value: object) -> int | None:
        if isinstance(value, bool) or not isinstance(value, int | float):
            return None
        return None if isinstance(value, float) and isnan(value) else int(min(max(value, low), high))

    return read


def _one_of(allowed: Iterable[str]) -> Callable[[object], str | None]:
    known = frozenset(allowed)
    return lambda value: value if isinstance(value, str) and value in known else None


def _slug(value: object) -> str | None:
    return value if isinstance(value, str) and len(value) <= 60 and _SLUG.match(value) else None


def _many(read: Callable[[object], Any], limit: int = MAX_LIST) -> Callable[[object], tuple[Any, ...] | None]:
    def read_all(value: object) -> tuple[Any, ...] | None:
        if not isinstance(value, list | tuple):
            return None
        found = [item for item in map(read, value) if item is not None]
        return tuple(dict.fromkeys(found))[:limit]

    return read_all


def _topic(read: Callable[[object], Any]) -> Callable[[object], tuple[Any, ...] | None]:
    """Read the values of a topic that may be a need: one that cannot be read, or one too many, is UNREADABLE."""

    def read_all(value: object) -> tuple[Any, ...] | None:
        if not value:
            return None
        items = value if isinstance(value, list | tuple) else [None]
        found = list(dict.fromkeys(UNREADABLE if (one := read(item)) is None else one for item in items))
        return tuple(found if len(found) <= MAX_LIST else [*found[: MAX_LIST - 1], UNREADABLE])

    return read_all


def _chosen(value: object) -> tuple[Chosen, ...] | None:
    if not isinstance(value, list | tuple):
        return None
    found: dict[int, Chosen] = {}
    for item in value:
        if isinstance(item, dict) and (pk := _pk(item.get("therapist"))) is not None:
            found.setdefault(pk, Chosen(pk, bool(item.get("will_wait"))))
    return tuple(found.values())[:MAX_CHOICES]


def _mapping(keys: Iterable[str], read: Callable[[object], Any]) -> Callable[[object], dict[str, Any] | None]:
    known = tuple(keys)

    def read_all(value: object) -> dict[str, Any] | None:
        if not isinstance(value, dict):
            return None
        found = {key: read(value[key]) for key in known if key in value}
        return {key: item for key, item in found.items() if item is not None}

    return read_all


def _side(value: object) -> int | None:
    return value if value in (-1, 1) and not isinstance(value, bool) else None


def _word(value: object) -> str | None:
    return value if isinstance(value, str) and value.isalpha() and len(value) <= 20 else None


_pk = _whole(1, 2**63 - 1)
_strength = _within(0, 3)
_line, _long, _slugs = _text(MAX_LINE), _text(MAX_TEXT), _topic(_slug)

_READERS: dict[str, Callable[[object], Any]] = {
    "nation": _one_of(Nation.values),
    "paying": _slug,
    "fee_ceiling_pence": _within(0, 100_000),
    "main_issue": _slug,
    "experience": _strength,
    "own_words": _long,
    "aims": _long,
    "times": _topic(_one_of((*DAY_PART_MASKS, UNREADABLE))),
    "postcode": _line,
    "miles": _within(0, 1000),
    "access_note": _text(1000),
    "not_these": _many(_pk, MOST_LEFT_OUT),
    "style": _mapping(STYLE_SCALES, _side),
    "guide": _mapping(GUIDE_QUESTIONS, _word),
    "cnip": _mapping(map(str, ITEMS), _whole(-MOST, MOST)),
    "choices": _chosen,
    "channel": _one_of(CHANNELS),
    "call_times": _many(_line),
    "language": _one_of(("en-gb", "cy")),
    "shares": _mapping(SHARE_ITEMS, _flag),
    "issues": _many(_slug),
    **dict.fromkeys(("modalities", "formats", "genders", "languages", "identity"), _slugs),
    **dict.fromkeys(("client_groups", "access"), _slugs),
    **dict.fromkeys(("modalities_strength", "times_strength", "formats_strength", "genders_strength"), _strength),
    **dict.fromkeys(("languages_strength", "identity_strength", "style_strength"), _strength),
    **dict.fromkeys(("adult", "distance_must", "step_free", "help_choosing"), _flag),
    **dict.fromkeys(("voicemail_ok", "text_ok", "letter_ok", "discreet"), _flag),
    **dict.fromkeys(("email", "phone", "given_name", "family_name", "preferred_name"), _line),
    **dict.fromkeys(("address", "date_of_birth", "home_postcode", "nhs_number", "practice_code"), _line),
    "practice_name": _line,
}
