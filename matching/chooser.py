"""Which kinds of therapy fit what somebody said she would like. Pure: no database, no clock, no chance but the seed.

No score of people and no advice: it sorts kinds by how many of her own words fit them, and always leaves several.

A kind's points are counted over what was answered only:
- a trait she asked for that the kind is known to have: 2; not known of it: 1; known not to have: 0;
- an issue she named that the kind is usually offered for: 2, once.
A family stands where its best kind stands. Equals are turned by the seed (as in matching.engine.rank), so that no kind
comes first for everybody. Kinds a guideline names first for an issue of hers are told apart from all this, always.
"""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from hashlib import blake2b
from typing import Protocol

HAS, UNKNOWN = 2, 1
USUAL = 2
FAMILIES = 3


class Kind(Protocol):
    """What is compared: `traits` maps a trait to the values the kind has; `named_first` are issues of guidelines."""

    @property
    def slug(self) -> str: ...
    @property
    def family(self) -> str: ...
    @property
    def traits(self) -> Mapping[str, AbstractSet[str]]: ...
    @property
    def issues(self) -> AbstractSet[str]: ...
    @property
    def named_first(self) -> AbstractSet[str]: ...


@dataclass(frozen=True, slots=True)
class Fit:
    """One kind and what speaks for it: traits that fit, traits that do not, issues it is usually offered for."""

    slug: str
    family: str
    points: int
    fits: tuple[str, ...]
    differs: tuple[str, ...]
    issues: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """`named_first`: kinds a guideline names first for a stated issue. `families`: (family, its kinds), best first.

    A kind named first also stands in its family when that family is among them. `told_apart`: whether the answers made
    any difference between kinds; when not, what is shown is only a beginning.
    """

    named_first: tuple[Fit, ...]
    families: tuple[tuple[str, tuple[Fit, ...]], ...]
    told_apart: bool


def choose(kinds: Sequence[Kind], wanted: Mapping[str, str], issues: Iterable[str], *, seed: int) -> Found:
    """Return the kinds that fit best, by family. `wanted` maps traits to the one value she would like.

    Empty only when `kinds` is empty. The same input gives the same answer.
    """
    stated = tuple(dict.fromkeys(issues))
    fits = sorted((_fit(kind, wanted, stated) for kind in kinds), key=lambda fit: _place(fit.points, fit.slug, seed))
    families: dict[str, list[Fit]] = {}
    for fit in fits:
        families.setdefault(fit.family, []).append(fit)
    ordered = sorted(families.items(), key=lambda item: _place(item[1][0].points, item[0], seed))
    first = {kind.slug for kind in kinds if kind.named_first & set(stated)}
    return Found(
        named_first=tuple(fit for fit in fits if fit.slug in first),
        families=tuple((family, tuple(rows)) for family, rows in ordered[:FAMILIES]),
        told_apart=len({fit.points for fit in fits}) > 1,
    )


def _fit(kind: Kind, wanted: Mapping[str, str], stated: tuple[str, ...]) -> Fit:
    known = {trait: value for trait, value in wanted.items() if kind.traits.get(trait)}
    fits = tuple(trait for trait, value in known.items() if value in kind.traits[trait])
    differs = tuple(trait for trait in known if trait not in fits)
    issues = tuple(slug for slug in stated if slug in kind.issues)
    points = HAS * len(fits) + UNKNOWN * (len(wanted) - len(known)) + (USUAL if issues else 0)
    return Fit(kind.slug, kind.family, points, fits, differs, issues)


def _place(points: int, slug: str, seed: int) -> tuple[int, bytes]:
    """Return the sort key: more points first, equals turned by the seed."""
    return -points, blake2b(f"{seed} {slug}".encode(), digest_size=8).digest()
