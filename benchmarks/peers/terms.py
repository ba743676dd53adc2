"""A statement as SQL over the flat table: only what was stated, each term written as short as it can be.

PostgreSQL and DuckDB differ in how they divide whole numbers and in the hash that breaks ties.
"""

from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.peers.flat import GENDERS, TABLE, Bits
from clients.preferences import Stated, Wish
from matching.weights import EVIDENCE

WORD = 2**64
POSTGRESQL, DUCKDB = "postgresql", "duckdb"
# Metres of the least certain room that a made-up register holds.
COARSEST = 1_500


def _inline(value: int) -> str:
    return str(value)


@dataclass
class Query:
    """Builds one statement's SQL. `value` writes a number of the statement: as it stands, or as a parameter."""

    stated: Stated
    bits: Bits
    at: int
    value: Callable[[int], str] = _inline
    dialect: str = POSTGRESQL

    def __post_init__(self) -> None:
        stated, bits = self.stated, self.bits
        self._divide = "//" if self.dialect == DUCKDB else "/"
        mask = bits.formats(stated)
        self.rooms, self.remote = mask & bits.in_person, mask & ~bits.in_person
        self.must_times = [w for w in stated.times if w.strength == 3]
        self.distance = bool(self.rooms and stated.point and stated.miles is not None)
        self.distance_must = self.distance and stated.distance_must

    def where(self) -> list[str]:
        """Return the hard rules."""
        stated, found = self.stated, [f"until > {self.value(self.at)}"]
        if stated.fee_ceiling_pence is not None:
            found.append(f"fee <= {self.value(stated.fee_ceiling_pence)}")
        found += [self._in(self._genders(w), "gender") for w in stated.genders if w.strength == 3]
        found += [self.has("modality", w) for w in stated.modalities if w.strength == 3]
        if self.distance_must and not any(self._remote(w) for w in self._must_formats()):
            found.append(self.box())
        found += self._ways()
        return found

    def _ways(self) -> list[str]:
        """Each must about formats, and something that passes what is asked of meeting at all."""
        musts = self._must_formats()
        if musts:
            return [self._way(w) for w in musts]
        if self.must_times or self.stated.step_free or self.distance_must:
            return ["(room_ok OR online_ok)"]
        return []

    def _must_formats(self) -> list[Wish]:
        return [w for w in self.stated.formats if w.strength == 3]

    def _remote(self, wish: Wish) -> int:
        return self.bits.any("formats", wish) & ~self.bits.in_person

    def _room(self, wish: Wish) -> int:
        return self.bits.any("formats", wish) & self.bits.in_person

    def _way(self, wish: Wish) -> str:
        ways = []
        if remote := self._remote(wish):
            ways.append(f"((formats & {remote}) <> 0 AND online_ok)")
        if room := self._room(wish):
            ways.append(f"((formats & {room}) <> 0 AND room_ok)")
        return "(" + " OR ".join(ways) + ")"

    def room_ok(self) -> str:
        """Return what a room must satisfy before anything is said of meeting in it."""
        found = ["e > -90000000", f"(formats & {self.bits.in_person}) <> 0"]
        if self.stated.step_free:
            found.append("step_free")
        if self.distance_must:
            found.append(self.within(1))
        found += [self._hours("room_hours", self.rooms, w) for w in self.must_times]
        return " AND ".join(found)

    def online_ok(self) -> str:
        found = [f"(formats & {~self.bits.in_person}) <> 0"]
        found += [self._hours("online_hours", self.remote, w) for w in self.must_times]
        return " AND ".join(found)

    def _hours(self, column: str, formats: int, wish: Wish) -> str:
        mask = self.bits.any("time", wish)
        return f"((formats & {formats}) <> 0 AND ({column} & {self.value(mask)}) <> 0)" if formats else "false"

    def within(self, times: int) -> str:
        """Return whether a room is within the stated distance times something, with the slack of what is not sure."""
        assert self.stated.point and self.stated.miles is not None
        e, n, own = self.stated.point
        radius = times * round(self.stated.miles * 1609.344)
        de, dn = (f"({axis} - {self.value(middle)})::bigint" for axis, middle in (("e", e), ("n", n)))
        slack = f"greatest(slack, {self.value(own)})"
        reach = f"({self.value(radius)} + CASE WHEN {slack} > 1000 THEN {slack} ELSE 0 END)::bigint"
        return f"{de} * {de} + {dn} * {dn} <= {reach} * {reach}"

    def box(self) -> str:
        """Return a box around the distance, for an index: with the coarsest slack of any room."""
        assert self.stated.point and self.stated.miles is not None
        e, n, own = self.stated.point
        far = round(self.stated.miles * 1609.344) + max(own, COARSEST)
        west, east, south, north = (self.value(side) for side in (e - far, e + far, n - far, n + far))
        if self.dialect == DUCKDB:
            return f"e BETWEEN {west} AND {east} AND n BETWEEN {south} AND {north}"
        return f"point(e, n) <@ box(point({west}, {south}), point({east}, {north}))"

    def has(self, name: str, wish: Wish) -> str:
        return f"({name} & {self.value(self.bits.any(name, wish))}) <> 0"

    def _genders(self, wish: Wish) -> list[int]:
        return [GENDERS.index(slug) for slug in wish.alternatives if slug in GENDERS]

    def _in(self, codes: list[int], column: str) -> str:
        return f"{column} IN ({', '.join(map(str, codes))})" if len(codes) > 1 else f"{column} = {codes[0]}"

    # Twice m of each domain; what is alike for several items is written once.

    def shares(self) -> list[tuple[str, int, int, str, bool]]:
        """Return by domain (name, weight, how many items, twice m as SQL, whether it is the mean of its items)."""
        stated, found = self.stated, []

        def add(name: str, strength: int, items: int, halves: str, mean: bool = False) -> None:
            found.append((name, EVIDENCE[name] * strength, items, halves, mean))

        for name, wishes, halves in (
            ("modality", stated.modalities, self._modality),
            ("time", stated.times, self._time),
            ("format", stated.formats, self._format),
            ("gender", stated.genders, self._gender),
            ("language", stated.languages, lambda ws: f"CASE WHEN {self._any('language', ws)} THEN 2 ELSE 0 END"),
        ):
            wished = [w for w in wishes if w.strength < 3]
            if wished:
                add(name, max(w.strength for w in wished), 1, halves(wished))
        if stated.experience:
            add("experience", stated.experience, 1, self._experience())
        if stated.style:
            sides = [f"CASE {scale} WHEN 127 THEN 1 ELSE sign({scale} * {s})::int + 1 END" for scale, s in stated.style]
            add("style", stated.style_strength, len(sides), f"({' + '.join(f'({s})' for s in sides)})", mean=True)
        if stated.identity:
            items = [self._identity(w) for w in stated.identity]
            strength = max(w.strength for w in stated.identity)
            add("identity", strength, len(items), f"({' + '.join(f'({s})' for s in items)})", mean=True)
        return found

    def band(self) -> str:
        """Return the band as SQL, in whole numbers."""
        terms, total = [], 0
        for _, weight, items, halves, mean in self.shares():
            total += weight
            if mean and 1680 % (2 * items):
                terms.append(f"{weight} * (({halves}) * 1680 {self._divide} {2 * items})")
            else:
                terms.append(f"{weight * 1680 // (2 * items)} * ({halves})")
        return f"(20 * ({' + '.join(terms)}) {self._divide} {1680 * total})" if total else "20"

    def _any(self, name: str, wishes: list[Wish]) -> str:
        mask = 0
        for wish in wishes:
            mask |= self.bits.any(name, wish)
        return f"({name} & {self.value(mask)}) <> 0"

    def _modality(self, wishes: list[Wish]) -> str:
        family = 0
        for wish in wishes:
            for slug in wish.alternatives:
                family |= self.bits.family.get(slug, 0)
        partly = f"(family & {self.value(family)}) <> 0"
        return f"CASE WHEN {self._any('modality', wishes)} THEN 2 WHEN {partly} THEN 1 ELSE 0 END"

    def _time(self, wishes: list[Wish]) -> str:
        mask = 0
        for wish in wishes:
            mask |= self.bits.any("time", wish)
        ways = []
        if self.rooms:
            ways.append(f"((room_hours & {self.value(mask)}) <> 0 AND (formats & {self.rooms}) <> 0 AND room_ok)")
        if self.remote:
            ways.append(f"((online_hours & {self.value(mask)}) <> 0 AND (formats & {self.remote}) <> 0)")
        return f"CASE WHEN {' OR '.join(ways)} THEN 2 ELSE 0 END"

    def _format(self, wishes: list[Wish]) -> str:
        remote = room = 0
        for wish in wishes:
            remote, room = remote | self._remote(wish), room | self._room(wish)
        found = f"WHEN (formats & {remote}) <> 0 THEN 2 " if remote else ""
        if room:
            found += f"WHEN (formats & {room}) = 0 OR NOT room_ok THEN 0 "
            found += f"WHEN {self.within(1)} THEN 2 WHEN {self.within(2)} THEN 1 " if self.distance else "ELSE 2 "
        return f"CASE {found}{'' if room and not self.distance else 'ELSE 0 '}END"

    def _gender(self, wishes: list[Wish]) -> str:
        codes = sorted({code for wish in wishes for code in self._genders(wish)})
        return f"CASE WHEN {self._in(codes, 'gender')} THEN 2 WHEN gender = 0 THEN 1 ELSE 0 END"

    def _experience(self) -> str:
        main = self._issue(self.bits.of["issue"].get(self.stated.main_issue, 0))
        other = 0
        for slug in self.stated.other_issues:
            other |= self.bits.of["issue"].get(slug, 0)
        return f"CASE WHEN {main} THEN 2 WHEN {self._issue(other)} THEN 1 ELSE 0 END"

    def _issue(self, mask: int) -> str:
        words = ((f"issue{n}", mask >> 64 * n & WORD - 1) for n in (0, 1))
        # PostgreSQL's whole numbers carry a sign.
        parts = [
            f"({name} & {self.value(word - WORD if word >= WORD // 2 else word)}) <> 0" for name, word in words if word
        ]
        return f"({' OR '.join(parts)})" if parts else "false"

    def _identity(self, wish: Wish) -> str:
        kind = 0
        for slug in wish.alternatives:
            kind |= self.bits.kind.get(slug, 0)
        return f"CASE WHEN {self.has('identity', wish)} THEN 2 WHEN (kind & {self.value(kind)}) <> 0 THEN 0 ELSE 1 END"

    def source(self) -> str:
        """Return the table with whether a room, and a screen, pass what is asked of them."""
        names = "*"
        if "room_ok" in self._uses:
            names += f", ({self.room_ok()}) AS room_ok"
        if "online_ok" in self._uses:
            names += f", ({self.online_ok()}) AS online_ok"
        return TABLE if names == "*" else f"(SELECT {names} FROM {TABLE}) c"

    @property
    def _uses(self) -> str:
        return " ".join([*self._ways(), *(halves for *_, halves, _ in self.shares())])
