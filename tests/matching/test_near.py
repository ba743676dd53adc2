"""Who is within a distance: the grid leaves nobody out, wherever the point, however coarse the postcodes."""

from random import Random

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from clients.preferences import Stated
from matching.engine import bits
from matching.engine.columns import U64
from matching.engine.lens import Lens
from matching.engine.near import further_within, homes_within
from matching.engine.plan import SURE_WITHIN_M, plan_of
from matching.engine.register import Register
from tests.matching.columns import BOOK, facts_of
from tests.matching.world import Person, Room

COUNTRY = (650_000, 1_200_000)


def scattered(random: Random, count: int, first: int = 1) -> list[Person]:
    """People all over the country and beyond its edges, half of them around a few towns; some without a room."""
    towns = [(random.randrange(COUNTRY[0]), random.randrange(COUNTRY[1])) for _ in range(5)]
    people = []
    for pk in range(first, first + count):
        rooms = []
        for number in range(random.choice([0, 1, 1, 1, 2, 3])):
            east, north = random.choice(towns)
            if random.random() < 0.5:
                east, north = random.randint(-20_000, 900_000), random.randint(-20_000, 1_450_000)
            near = random.randint(-15_000, 15_000), random.randint(-15_000, 15_000)
            precision = random.choice([10, 100, 1_000, 1_001, 8_000])
            rooms.append(Room(pk * 10 + number, east + near[0], north + near[1], precision=precision))
        people.append(Person(pk, formats={"in-person"}, rooms=rooms))
    return people


def within(people: list[Person], point: tuple[int, int, int], radius: int, numbers: slice) -> set[int]:
    east, north, own = point
    found = set()
    for person in people:
        for room in person.rooms[numbers]:
            coarse = max(room.precision, own)
            reach = radius + (coarse if coarse > SURE_WITHIN_M else 0)
            if (room.easting - east) ** 2 + (room.northing - north) ** 2 <= reach**2:
                found.add(person.id)
    return found


def ids(register: Register, one: U64) -> set[int]:
    return set(register.ids[bits.rows_in(one)].tolist())


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from([0, 1, 5, 20, 60, 500]), st.sampled_from([10, 1_000, 1_001, 27_000]))
def test_nobody_within_the_distance_is_left_out(chance: int, miles: int, own: int) -> None:
    random = Random(chance)
    people = scattered(random, 400)
    lens = Lens.of(facts_of(people))
    moved = scattered(random, 30, first=380)
    found = lens.spliced(facts_of(moved), tuple(person.id for person in moved))
    assert found is not None
    now = [*people[:379], *moved]
    room = next(room for person in random.sample(now, len(now)) for room in person.rooms)
    point = (room.easting + random.choice([0, 0, 3_000]), room.northing, own)
    for register, theirs in ((lens.register, people), (found.register, now)):
        plan = plan_of(Stated(point=point, miles=miles, distance_must=True), BOOK)
        radius = plan.radius or 0
        once, twice = homes_within(plan, register, (radius, 2 * radius))
        assert ids(register, once) == within(theirs, point, radius, slice(0, 1))
        assert ids(register, twice) == within(theirs, point, 2 * radius, slice(0, 1))
        further = set(register.ids[np.unique(further_within(plan, register, radius))].tolist())
        assert further == within(theirs, point, radius, slice(1, None))
