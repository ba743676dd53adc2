"""Made-up people who look for a therapist: where the country's people live, wishing what people wish."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random
from types import MappingProxyType

from clients.preferences import Stated, Strength, Wish, all_of, any_of
from matching.engine.columns import Book
from therapists.demo.draw import MODALITIES
from therapists.demo.people import RESIDENTS

WAYS = {"room": 0.30, "screen": 0.25, "either": 0.45}
TIMES = {
    "weekday-morning": 14,
    "weekday-afternoon": 12,
    "weekday-evening": 34,
    "mon-evening": 6,
    "tue-afternoon": 4,
    "wed-evening": 6,
    "thu-morning": 4,
    "weekend-morning": 12,
}
# How many look each day of the week, Monday first, against the mean.
WEEK = (1.25, 1.15, 1.1, 1.05, 0.95, 0.7, 0.8)
# Tens of metres do not matter for a centre of a postcode area; people live around it.
AROUND_M = 6_000


@dataclass(frozen=True)
class Area:
    """Where somebody may live. `region`: what figures are grouped by."""

    code: str
    region: str
    easting: int
    northing: int
    residents: float


@dataclass(frozen=True)
class Person:
    """Somebody who looks. `groups`: those she is counted in."""

    stated: Stated
    seed: int
    groups: tuple[str, ...]


class Demand:
    """Draws people; the same seed gives the same people. Slugs nobody in the book knows are never stated.

    `ways`: how many want to meet how, in proportion.
    """

    def __init__(
        self, book: Book, areas: Sequence[Area], seed: int, *, ways: Mapping[str, float] = MappingProxyType(WAYS)
    ) -> None:
        self.random = Random(seed)  # noqa: S311 - a simulation, not a secret
        self._ways, self._way_weights = list(ways), list(ways.values())
        self.areas, self._shares = areas, [area.residents for area in areas]
        self.slugs: Mapping[str, list[str]] = {name: sorted(masks) for name, masks in book.masks.items()}
        known = {slug: weight for slug, weight in MODALITIES.items() if slug in book.masks["modality"]}
        self._modalities, self._modality_weights = list(known), list(known.values())
        self._languages = [slug for slug in self.slugs["language"] if slug != "en"]

    def person(self) -> Person:
        random = self.random
        area = random.choices(self.areas, self._shares)[0] if self.areas else None
        way = random.choices(self._ways, self._way_weights)[0]
        language = random.choice(self._languages) if self._languages and random.random() < 0.06 else ""
        identity = random.sample(self.slugs["identity"], 1) if self._chance("identity", 0.15) else []
        funder = random.choice(self.slugs["funder"]) if self._chance("funder", 0.2) else ""
        stated = replace(
            self._wishes(),
            formats=self._formats(way),
            point=self._point(area) if area else None,
            miles=random.choice([3, 5, 10, 10, 15]) if area else None,
            distance_must=way == "room" and area is not None,
            languages=any_of([language], random.choice([1, 2, 3])) if language else (),
            identity=all_of(identity, random.choice([1, 2])),
            funder=funder,
            fee_ceiling_pence=None if funder else random.choice([None, None, 4_500, 5_500, 7_000]),
        )
        groups = (
            f"region: {area.region if area else 'unknown'}",
            "language: another than English" if language else "language: English or none stated",
            "identity wish: stated" if identity else "identity wish: none",
            "pays: a funder" if funder else "pays: the person",
            f"way: {way}",
        )
        return Person(stated, random.getrandbits(63), groups)

    def _wishes(self) -> Stated:
        random = self.random
        issues = random.sample(self.slugs["issue"], min(2, len(self.slugs["issue"])))
        kinds = random.choices(self._modalities, self._modality_weights, k=2) if self._modalities else []
        return Stated(
            modalities=any_of(kinds, random.choice([1, 1, 2])) if random.random() < 0.5 else (),
            times=self._times() if random.random() < 0.7 else (),
            genders=any_of([random.choices(["woman", "man"], [4, 1])[0]], random.choice([1, 2, 2, 3]))
            if random.random() < 0.4
            else (),
            main_issue=issues[0] if issues else "",
            other_issues=tuple(issues[1:]),
            experience=random.choice([0, 1, 2]),
            style=(("directive", random.choice([-1, 1])), ("warm", 1)) if random.random() < 0.25 else (),
            style_strength=1,
            client_groups=("adults",) if "adults" in self.slugs["group"] else (),
            step_free=random.random() < 0.05,
        )

    def _times(self) -> tuple[Wish, ...]:
        chosen = self.random.choices(list(TIMES), list(TIMES.values()), k=2)
        return any_of(chosen, self.random.choice([1, 2, 2, 3]))

    def _formats(self, way: str) -> tuple[Wish, ...]:
        if way == "room":
            return (Wish("in-person", Strength.MUST),)
        return any_of(["video"], 3) if way == "screen" else any_of(["in-person", "video"], 2)

    def _point(self, area: Area) -> tuple[int, int, int]:
        east, north = (round(self.random.gauss(0, AROUND_M)) for _axis in "en")
        return area.easting + east, area.northing + north, 1_000

    def _chance(self, name: str, chance: float) -> bool:
        return bool(self.slugs[name]) and self.random.random() < chance


def residents_of(code: str) -> float:
    """Return roughly how many thousands live in a postcode area."""
    return float(RESIDENTS.get(code, 0))


def eased(stated: Stated, rule: str) -> Stated:
    """Return the statement with one of its rules eased to a wish, as a tap on the matches page does."""
    if rule == "distance":
        return replace(stated, distance_must=False)
    if rule == "funding":
        return replace(stated, fee_ceiling_pence=None)
    if rule == "language_need":
        return replace(stated, languages=_eased(stated.languages, ""))
    _must, domain, value = (*rule.split(":", 2), "", "")[:3]
    name = {"modality": "modalities", "time": "times", "format": "formats", "gender": "genders"}.get(domain)
    if name is None:
        return stated
    return Stated(**{**vars(stated), name: _eased(getattr(stated, name), value)})


def _eased(wishes: tuple[Wish, ...], value: str) -> tuple[Wish, ...]:
    kept = [wish for wish in wishes if wish.strength < Strength.MUST or (value and wish.value != value)]
    gone = [wish for wish in wishes if wish not in kept]
    return tuple(sorted({*kept, *(Wish(slug, 2) for wish in gone for slug in wish.alternatives)}))
