"""Small made-up registers as plain objects, and statements to match them with. Nothing here knows of columns."""

import datetime as dt
from dataclasses import dataclass, field
from random import Random

from clients.preferences import DAY_PART_MASKS, STYLE_SCALES, Stated, Wish

NOON = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)
TODAY = NOON.date()
NEW_YEAR = dt.date(2026, 1, 1)
NEXT_MARCH = dt.date(2027, 3, 31)

# Slug -> (bit, family). Bits beyond 64 on purpose: masks have several words.
FAMILIES = {"humanistic": 0, "cognitive": 1, "trauma": 2}
MODALITIES = {
    "person-centred": (0, "humanistic"),
    "gestalt": (3, "humanistic"),
    "cbt": (1, "cognitive"),
    "emdr": (70, "trauma"),
}
ISSUES = {"low-mood": 0, "grief": 5, "trauma": 64, "anxiety": 71}
LANGUAGES = {"en": 0, "cy": 1, "bfi": 66}
GROUPS = {"adults": (0, False), "young-people": (2, True), "couples": (5, True)}
TAGS = {"lgbtq": (0, "identity"), "trans": (1, "identity"), "christian": (2, "faith"), "muslim": (65, "faith")}
KINDS = {"identity": 0, "faith": 1}
ACCESS = {"bsl-interpreter": 0, "quiet-room": 1}
FORMATS = {"in-person": (0, True), "video": (1, False), "phone": (2, False), "walk-and-talk": (5, True)}
FUNDERS = {
    "insurer": (0, dt.date(2026, 1, 1), None),
    "council": (3, dt.date(2026, 11, 20), dt.date(2026, 11, 30)),
}
REGISTERS = {
    "good": (None, None),
    "ends-soon": (dt.date(2010, 1, 1), dt.date(2026, 11, 25)),
    "starts-soon": (dt.date(2026, 11, 24), None),
    "gone": None,
}
ODD_STATUSES = ("lapsed", "unverified", "suspended", "removed", "active_with_sanction")


@dataclass
class Registration:
    register: str
    status: str = "active"
    valid_until: dt.date | None = NEXT_MARCH
    reviewed: bool = False
    contradiction: bool = False


@dataclass
class Room:
    id: int
    easting: int
    northing: int
    precision: int = 100
    step_free: bool | None = None
    hours: int = 2**21 - 1
    active: bool = True


@dataclass
class Place:
    available_from: dt.date | None = dt.date(2026, 1, 1)
    day: int | None = None
    hour: int | None = None
    session_format: str | None = None
    room: int | None = None
    occupied: bool = False
    held_until: dt.datetime | None = None


@dataclass
class Forecast:
    """`weeks`: by people ahead. `open_places`: how many she had when it was made."""

    weeks: list[int]
    computed_at: dt.datetime
    open_places: int


@dataclass
class Person:
    """A therapist. Defaults: listed, one place, offers everything remote."""

    id: int
    registrations: list[Registration] = field(default_factory=lambda: [Registration("good")])
    verified: bool = True
    paused: bool = False
    confirmed_at: dt.datetime | None = NOON - dt.timedelta(days=1)
    unanswered: int = 0
    monthly_limit: int | None = None
    new_people: tuple[str, int] = ("", 0)
    offerable: int = 0
    list_limit: int = 0
    list_closed: bool = False
    list_entries: int = 0
    forecast: "Forecast | None" = None
    gender: str = ""
    style: dict[str, int] = field(default_factory=dict)
    fee: int | None = None
    online_hours: int = 2**21 - 1
    modalities: set[str] = field(default_factory=set)
    issues: set[str] = field(default_factory=set)
    languages: set[str] = field(default_factory=lambda: {"en"})
    groups: set[str] = field(default_factory=set)
    tags: set[str] = field(default_factory=set)
    access: set[str] = field(default_factory=set)
    formats: set[str] = field(default_factory=lambda: {"video", "phone"})
    rooms: list[Room] = field(default_factory=list)
    places: list[Place] = field(default_factory=lambda: [Place()])
    contracts: list[tuple[str, dt.date, dt.date | None]] = field(default_factory=list)


def some(random: Random, values: object, most: int = 3) -> set[str]:
    pool = sorted(values)  # type: ignore[call-overload]
    return set(random.sample(pool, random.randint(0, min(most, len(pool)))))


def maybe_not(random: Random, chance: float = 0.1) -> bool:
    return random.random() < chance


def random_moment(random: Random) -> dt.datetime:
    """Moments near each other, often equal: what happens exactly on a boundary matters."""
    return NOON + dt.timedelta(hours=random.choice([-24, -1, 0, 0, 1, 24, 48]))


def random_hours(random: Random) -> int:
    return random.choice([0, 2**21 - 1, random.getrandbits(21), random.getrandbits(21) & random.getrandbits(21)])


def random_person(random: Random, pk: int) -> Person:
    rooms = [
        Room(
            id=pk * 10 + number,
            easting=530_000 + random.randint(-20, 20) * 1_000,
            northing=180_000 + random.randint(-20, 20) * 1_000,
            precision=random.choice([10, 100, 1_000, 1_001, 5_000]),
            step_free=random.choice([True, False, None]),
            hours=random_hours(random),
            active=not maybe_not(random),
        )
        for number in range(random.choice([0, 1, 1, 1, 2, 3]))
    ]
    places = [random_place(random, rooms) for _ in range(random.choice([0, 1, 2, 3, 4]))]
    return Person(
        id=pk,
        registrations=[random_registration(random) for _ in range(random.choice([1, 1, 1, 2, 3]))],
        verified=not maybe_not(random, 0.05),
        paused=maybe_not(random, 0.05),
        confirmed_at=None
        if maybe_not(random, 0.05)
        else random_moment(random) - dt.timedelta(days=random.choice([1, 5, 14])),
        unanswered=2 if maybe_not(random, 0.05) else random.choice([0, 1]),
        monthly_limit=random.choice([0, 1, 2, 5]) if maybe_not(random, 0.2) else None,
        new_people=random.choice([("", 0), ("2026-11", 1), ("2026-11", 3), ("2026-10", 3), ("2026-12", 3)]),
        offerable=random.choice([1, 2]) if maybe_not(random) else 0,
        list_limit=random.choice([0, 1, 2, 5]),
        list_closed=maybe_not(random),
        list_entries=random.choice([0, 0, 1, 2]),
        gender=random.choice(["", "woman", "man", "non_binary", "self_described"]),
        style={scale: random.randint(-3, 3) for scale in some(random, STYLE_SCALES, 4)},
        fee=random.choice([None, 0, 4_000, 5_000, 6_000]),
        online_hours=random_hours(random),
        modalities=some(random, MODALITIES),
        issues=some(random, ISSUES),
        languages=some(random, LANGUAGES),
        groups=some(random, GROUPS),
        tags=some(random, TAGS),
        access=some(random, ACCESS),
        formats=some(random, FORMATS),
        rooms=rooms,
        places=places,
        forecast=None if maybe_not(random, 0.3) else random_forecast(random, len(places)),
        contracts=[random_contract(random, slug) for slug in some(random, FUNDERS)],
    )


def random_forecast(random: Random, places: int) -> Forecast:
    """Few different weeks, so that many wait equally long; now and then too old, too short, or of other places."""
    weeks = sorted(random.choice([1, 2, 5]) for _ in range(random.choice([1, 2, 3, 6])))
    made = random_moment(random) - dt.timedelta(days=random.choice([0, 1, 3]))
    return Forecast(weeks, made, places + (1 if maybe_not(random) else 0))


def random_registration(random: Random) -> Registration:
    return Registration(
        register=random.choice(sorted(REGISTERS)) if maybe_not(random, 0.2) else "good",
        status=random.choice(ODD_STATUSES) if maybe_not(random) else "active",
        valid_until=random.choice([TODAY, TODAY - dt.timedelta(1), None]) if maybe_not(random, 0.2) else NEXT_MARCH,
        reviewed=random.random() < 0.5,
        contradiction=maybe_not(random, 0.04),
    )


def random_place(random: Random, rooms: list[Room]) -> Place:
    fixed = random.random() < 0.5
    held = random.choice([None, None, None, random_moment(random)])
    return Place(
        available_from=random.choice([TODAY, TODAY + dt.timedelta(1), None]) if maybe_not(random, 0.3) else NEW_YEAR,
        day=random.randint(0, 6) if fixed and random.random() < 0.8 else None,
        hour=random.choice([9, 11, 12, 16, 17, 20]) if fixed and random.random() < 0.8 else None,
        session_format=random.choice([None, None, *FORMATS]) if fixed else None,
        room=random.choice([None, *(room.id for room in rooms)]) if fixed else None,
        occupied=held is None and maybe_not(random),
        held_until=held,
    )


def random_contract(random: Random, slug: str) -> tuple[str, dt.date, dt.date | None]:
    starts = random.choice([dt.date(2026, 1, 1), TODAY, TODAY + dt.timedelta(1)])
    return slug, starts, random.choice([None, starts, TODAY + dt.timedelta(2)])


def random_world(random: Random, size: int) -> list[Person]:
    ids = random.sample(range(1, 10_000), size)
    return [random_person(random, pk) for pk in ids]


def random_wishes(random: Random, values: object, must: float) -> tuple[Wish, ...]:
    """Some wishes, now and then a must, an alternative, or a slug that nobody knows."""
    wishes = []
    for slug in sorted(some(random, values, random.choice([0, 0, 1, 2]))):
        value = slug
        if maybe_not(random):
            value = random.choice(["no-such-thing", f"{slug}|{random.choice(sorted(values))}"])  # type: ignore[call-overload]
        strength = 3 if random.random() < must else random.choice([1, 2])
        wishes.append(Wish(value, strength))
    return tuple(wishes)


def random_stated(random: Random) -> Stated:
    must = random.choice([0.0, 0.0, 0.1, 0.3])
    issues = random.sample(sorted(ISSUES), 2)
    point = (530_000 + random.randint(-5, 5) * 1_000, 180_000, random.choice([10, 1_000, 1_001, 8_000]))
    scales = some(random, STYLE_SCALES, random.choice([0, 2, 4]))
    return Stated(
        modalities=random_wishes(random, MODALITIES, must),
        times=random_wishes(random, DAY_PART_MASKS, must),
        formats=random_wishes(random, FORMATS, must),
        genders=random_wishes(random, ["woman", "man", "non_binary"], must),
        languages=random_wishes(random, LANGUAGES, must),
        identity=random_wishes(random, TAGS, must),
        main_issue=random.choice(["", issues[0], issues[0], "no-such-thing"]),
        other_issues=(issues[1],) if random.random() < 0.5 else (),
        experience=3 if random.random() < must else random.choice([0, 1, 2]),
        style=tuple((scale, random.choice([-1, 1])) for scale in sorted(scales)),
        style_strength=3 if random.random() < must / 2 else random.choice([0, 1, 2]),
        point=random.choice([None, point, point]),
        miles=random.choice([None, 0, 5, 10, 10]),
        distance_must=random.random() < 0.4,
        client_groups=random.choice([("couples",), ("no-such-thing",)])
        if maybe_not(random)
        else random.choice([(), ("adults",)]),
        access=random.choice([("quiet-room",), ("bsl-interpreter", "quiet-room")]) if maybe_not(random) else (),
        step_free=maybe_not(random),
        funder=random.choice([*FUNDERS, *FUNDERS, "no-such-thing"]) if maybe_not(random, 0.2) else "",
        fee_ceiling_pence=5_000 if maybe_not(random, 0.2) else None,
        not_these_therapists=tuple(random.sample(range(1, 10_000), 3)),
    )
