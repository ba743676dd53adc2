"""What somebody stated, resolved against the reference data of a register: items with masks, and hard rules.

An item may hold alternatives ("man|non_binary"): any of them meets it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from clients.preferences import DAY_PART_MASKS, STYLE_SCALES, Stated, Strength, Wish
from matching.engine.columns import ALL_BITS, GENDERS, Book

# The domains that are scored. The order is that of explanations.
DOMAINS = ("modality", "time", "format", "gender", "language", "experience", "style", "identity")
MEANS = frozenset({"style", "identity"})
# Those a therapist may keep to herself.
UNSPOKEN = frozenset({"gender", "style", "identity"})

METRES_PER_MILE = 1609.344
_MUST = int(Strength.MUST)
# Nobody travels further than the country is long; the bound keeps squares of metres within 64 bits.
MOST_METRES = 2_000_000
# A point less certain than this makes a distance "about", and gives a must its slack. Equal to core.geo.ABOUT_FROM_M.
SURE_WITHIN_M = 1_000


class Item(NamedTuple):
    """One stated item. `mask`: what meets it; `half`: what meets it partly; `kind`: the kinds of its identity tags.

    For style `mask` is unused and `side` is the wanted sign of the scale `value`.
    """

    domain: str
    value: str
    strength: int
    mask: int = 0
    half: int = 0
    kind: int = 0
    side: int = 0

    @property
    def key(self) -> str:
        return f"{self.domain}:{self.value}"

    @property
    def must(self) -> bool:
        return self.strength >= _MUST

    @property
    def rule(self) -> str:
        """Return the name of the hard rule that this item makes when it is a must."""
        return "language_need" if self.domain == "language" else f"must:{self.key}"


@dataclass(frozen=True)
class Plan:
    stated: Stated
    book: Book
    items: tuple[Item, ...]

    @cached_property
    def musts(self) -> tuple[Item, ...]:
        return tuple(item for item in self.items if item.must)

    @cached_property
    def wishes(self) -> dict[str, tuple[Item, ...]]:
        """Return the non-must items by domain, domains without any left out."""
        return _by_domain(item for item in self.items if not item.must)

    def musts_of(self, domain: str) -> tuple[Item, ...]:
        return self._musts_by_domain.get(domain, ())

    @cached_property
    def _musts_by_domain(self) -> dict[str, tuple[Item, ...]]:
        return _by_domain(self.musts)

    @cached_property
    def formats(self) -> int:
        """Return the mask of stated formats; every format when none was stated."""
        stated = [item.mask for item in self.items if item.domain == "format"]
        if not stated:
            return ALL_BITS
        mask = 0
        for one in stated:
            mask |= one
        return mask

    @cached_property
    def in_person(self) -> bool:
        """Return whether meeting in person is among what was stated (or nothing was stated)."""
        return bool(self.formats & self.book.in_person)

    @cached_property
    def radius(self) -> int | None:
        """Return the stated distance in metres, inclusive; None when distance is unused."""
        stated = self.stated
        if stated.point is None or stated.miles is None or not self.in_person:
            return None
        return min(round(max(stated.miles, 0) * METRES_PER_MILE), MOST_METRES)

    @cached_property
    def distance_must(self) -> bool:
        return self.stated.distance_must and self.radius is not None

    @cached_property
    def way_rules(self) -> bool:
        """Return whether any hard rule depends on how and where people would meet."""
        return bool(self.distance_must or self.stated.step_free or self.musts_of("time") or self.musts_of("format"))

    @cached_property
    def rooms_matter(self) -> bool:
        """Return whether list or score can depend on which of her rooms is meant."""
        if self.stated.step_free or self.distance_must:
            return True
        return self.in_person and any(item.domain in {"time", "format"} for item in self.items)

    @cached_property
    def wished_hours(self) -> int:
        mask = 0
        for item in self.wishes.get("time", ()):
            mask |= item.mask
        return mask


def _by_domain(items: Iterable[Item]) -> dict[str, tuple[Item, ...]]:
    found: dict[str, list[Item]] = {}
    for item in items:
        found.setdefault(item.domain, []).append(item)
    return {domain: tuple(theirs) for domain, theirs in found.items()}


def plan_of(stated: Stated, book: Book) -> Plan:
    """Resolve a statement. Unknown slugs become items that nobody meets; nothing is ever dropped."""
    items = [
        *(_modality(wish, book) for wish in stated.modalities),
        *(Item("time", w.value, w.strength, mask=_join(w, DAY_PART_MASKS)) for w in stated.times),
        *(Item("format", w.value, w.strength, mask=_join(w, book.masks["format"])) for w in stated.formats),
        *(Item("gender", w.value, w.strength, mask=_genders(w)) for w in stated.genders),
        *(Item("language", w.value, w.strength, mask=_join(w, book.masks["language"])) for w in stated.languages),
        *_experience(stated, book),
        *_style(stated),
        *(_identity(wish, book) for wish in stated.identity),
    ]
    return Plan(stated, book, tuple(items))


def _join(wish: Wish, masks: Mapping[str, int]) -> int:
    """Return the union of the alternatives' masks."""
    mask = 0
    for slug in wish.alternatives:
        mask |= masks.get(slug, 0)
    return mask


def _modality(wish: Wish, book: Book) -> Item:
    mask, families = _join(wish, book.masks["modality"]), _join(wish, book.family_of)
    return Item("modality", wish.value, wish.strength, mask=mask, half=families)


def _genders(wish: Wish) -> int:
    slugs = set(wish.alternatives)
    return sum(1 << GENDERS.index(slug) for slug in set(slugs) if slug and slug in GENDERS)


def _identity(wish: Wish, book: Book) -> Item:
    mask, kinds = _join(wish, book.masks["identity"]), _join(wish, book.kind_of)
    return Item("identity", wish.value, wish.strength, mask=mask, kind=kinds)


def _experience(stated: Stated, book: Book) -> list[Item]:
    if not stated.experience or not stated.main_issue:
        return []
    others = 0
    for slug in stated.other_issues:
        others |= book.mask("issue", slug)
    main = book.mask("issue", stated.main_issue)
    return [Item("experience", stated.main_issue, stated.experience, mask=main, half=others)]


def _style(stated: Stated) -> list[Item]:
    if not stated.style_strength:
        return []
    return [
        Item("style", scale, stated.style_strength, side=1 if side > 0 else -1)
        for scale, side in sorted(stated.style)
        if scale in STYLE_SCALES and side
    ]
