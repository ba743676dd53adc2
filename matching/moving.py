"""Seating people one after another, moving those who sit already where that makes room.

`options`: for each person, in the order of the list, the places that fit, in order of preference.
"""

from collections.abc import Sequence

Options = Sequence[Sequence[int]]


def takes_in_order(options: Options) -> list[bool]:
    """Return who is taken: everybody, one after another, for whom all taken so far can still be seated."""
    seats = Seats(options)
    return [seats.seat(person) for person in range(len(options))]


def seated_in_order(options: Options) -> list[int]:
    """Return a place for each of people who can all be seated: the first one that leaves everybody after her one."""
    seats = Seats(options)
    for person in range(len(options)):
        seats.seat(person)
    for person, places in enumerate(options):
        next(place for place in places if seats.settle(person, place))
    return [seats.place[person] for person in range(len(options))]


class Seats:
    """Who sits where. `place` and `person` are each other's inverse; whoever sits may be moved, none loses her seat.

    `closed`: places nobody can be moved away from; it is enough to have found that once.
    """

    def __init__(self, options: Options) -> None:
        self.options = options
        self.place: dict[int, int] = {}
        self.person: dict[int, int] = {}
        self.closed: set[int] = set()

    def seat(self, person: int) -> bool:
        """Seat one more. Return whether it was possible."""
        asked_by: dict[int, int] = {}
        moving = [person]
        for who in moving:
            for place in self.options[who]:
                if place in asked_by or place in self.closed:
                    continue
                asked_by[place] = who
                if place not in self.person:
                    self._move(place, asked_by)
                    return True
                moving.append(self.person[place])
        self.closed.update(asked_by)
        return False

    def settle(self, person: int, place: int) -> bool:
        """Give somebody who sits a certain place for good, if whoever sits there can sit elsewhere."""
        if place in self.closed:
            return False
        own, other, settled = self.place[person], self.person.get(place), frozenset(self.closed)
        self.closed.add(place)
        if own == place:
            return True
        del self.person[own]
        self.place[person], self.person[place] = place, person
        if other is None or self._elsewhere(other):
            self.closed = {*settled, place}
            return True
        self.place[person], self.person[own] = own, person
        self.place[other], self.person[place] = place, other
        self.closed = set(settled)
        return False

    def _elsewhere(self, person: int) -> bool:
        del self.place[person]
        return self.seat(person)

    def _move(self, free: int, asked_by: dict[int, int]) -> None:
        place: int | None = free
        while place is not None:
            who = asked_by[place]
            left = self.place.get(who)
            self.place[who], self.person[place] = place, who
            place = left
