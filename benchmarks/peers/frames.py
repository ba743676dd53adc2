"""Polars in the process, with the flat table as a frame in order of place. Ties as the product breaks them."""

import datetime
import functools
import operator
from pathlib import Path
from typing import Any

from benchmarks.peers.flat import GENDERS, Bits, micros
from benchmarks.peers.terms import COARSEST
from clients.preferences import Stated, Wish
from matching.weights import EVIDENCE

WORD = 2**64
MIX = (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB)


class Frames:
    def __init__(self, csv: Path, bits: Bits) -> None:
        import polars

        self.pl: Any = polars
        self.bits = bits
        self.frame = polars.read_csv(csv, infer_schema_length=None).with_columns(
            polars.col("e", "n", "slack", "fee").cast(polars.Int64),
            polars.col("id").cast(polars.UInt64),
            polars.col("step_free") == "t",
            polars.col("gender", "directive", "warm").cast(polars.Int8),
            polars.col("room_hours", "online_hours").cast(polars.Int32),
        )

    def ask(self, stated: Stated, seed: int, as_of: datetime.datetime) -> tuple[int, list[tuple[int, int, int]]]:
        """Return how many fit, and (id, band, wait) of the first twenty."""
        pl, judge = self.pl, Judge(self.pl, stated, self.bits)
        found = (
            self.frame.lazy()
            .filter(pl.col("until") > micros(as_of), *judge.profile())
            .with_columns(judge.room_ok().alias("room_ok"), judge.online_ok().alias("online_ok"))
            .filter(*judge.ways())
            .select("id", judge.band().alias("band"), "wait")
            .collect()
        )
        if not len(found):
            return 0, []
        # Only those who can be among the first twenty take turns.
        edge = found["band"].top_k(20).min()
        first = (
            found.lazy()
            .filter(pl.col("band") >= edge)
            .with_columns(self._rotation(seed))
            .sort("band", "wait", "turn", descending=[True, False, False])
            .head(20)
            .collect()
        )
        return len(found), list(first.select("id", "band", "wait").rows())

    def _rotation(self, seed: int) -> Any:
        pl = self.pl
        # Whole numbers of 64 bits wrap around, which is what the mixing wants.
        word = [pl.lit(constant, pl.UInt64) for constant in MIX]
        x = (pl.col("id") ^ pl.lit(seed, pl.UInt64)) + word[0]
        x = (x ^ (x // 2**30)) * word[1]
        x = (x ^ (x // 2**27)) * word[2]
        return (x ^ (x // 2**31)).alias("turn")


class Judge:
    """One statement as expressions over the frame."""

    def __init__(self, pl: Any, stated: Stated, bits: Bits) -> None:
        self.pl, self.stated, self.bits = pl, stated, bits
        mask = bits.formats(stated)
        self.rooms, self.remote = mask & bits.in_person, mask & ~bits.in_person
        self.distance = bool(self.rooms and stated.point and stated.miles is not None)
        self.distance_must = self.distance and stated.distance_must

    def profile(self) -> list[Any]:
        pl, stated, found = self.pl, self.stated, []
        if stated.fee_ceiling_pence is not None:
            found.append(pl.col("fee") <= stated.fee_ceiling_pence)
        found += [pl.col("gender").is_in(self._genders([w])) for w in stated.genders if w.strength == 3]
        found += [self.bit("modality", self._mask("modality", [w])) for w in stated.modalities if w.strength == 3]
        musts = [w for w in stated.formats if w.strength == 3]
        if self.distance_must and not any(self.bits.any("formats", w) & ~self.bits.in_person for w in musts):
            assert stated.point and stated.miles is not None
            e, n, own = stated.point
            far = round(stated.miles * 1609.344) + max(own, COARSEST)
            found += [pl.col("e").is_between(e - far, e + far), pl.col("n").is_between(n - far, n + far)]
        return found

    def room_ok(self) -> Any:
        ok = (self.pl.col("e") > -90_000_000) & self.bit("formats", self.bits.in_person)
        if self.stated.step_free:
            ok &= self.pl.col("step_free")
        if self.distance_must:
            ok &= self.within(1)
        return self._times(ok, "room_hours", self.rooms)

    def online_ok(self) -> Any:
        return self._times(self.bit("formats", ~self.bits.in_person & (2**62 - 1)), "online_hours", self.remote)

    def _times(self, ok: Any, column: str, formats: int) -> Any:
        for wish in self.stated.times:
            if wish.strength == 3:
                ok &= self.bit("formats", formats) & self.bit(column, self.bits.any("time", wish))
        return ok

    def ways(self) -> list[Any]:
        pl, stated = self.pl, self.stated
        musts = [w for w in stated.formats if w.strength == 3]
        if musts:
            return [self._way(w) for w in musts]
        if any(w.strength == 3 for w in stated.times) or stated.step_free or self.distance_must:
            return [pl.col("room_ok") | pl.col("online_ok")]
        return []

    def _way(self, wish: Wish) -> Any:
        mask = self.bits.any("formats", wish)
        room, remote = mask & self.bits.in_person, mask & ~self.bits.in_person
        pl = self.pl
        return (self.bit("formats", room) & pl.col("room_ok")) | (self.bit("formats", remote) & pl.col("online_ok"))

    def bit(self, column: str, mask: int) -> Any:
        return (self.pl.col(column) & mask) != 0 if mask else self.pl.lit(False)

    def within(self, times: int) -> Any:
        assert self.stated.point and self.stated.miles is not None
        pl, (e, n, own) = self.pl, self.stated.point
        slack = pl.col("slack").clip(lower_bound=own)
        reach = times * round(self.stated.miles * 1609.344) + pl.when(slack > 1_000).then(slack).otherwise(0)
        return (pl.col("e") - e) ** 2 + (pl.col("n") - n) ** 2 <= reach**2

    def _mask(self, name: str, wishes: list[Wish]) -> int:
        mask = 0
        for wish in wishes:
            mask |= self.bits.any(name, wish)
        return mask

    def _genders(self, wishes: list[Wish]) -> list[int]:
        return sorted({GENDERS.index(slug) for w in wishes for slug in w.alternatives if slug in GENDERS})

    def _graded(self, whole: Any, half: Any) -> Any:
        return self.pl.when(whole).then(2).when(half).then(1).otherwise(0)

    def band(self) -> Any:
        """Return the band, in whole numbers."""
        pl = self.pl
        shares = self.shares()
        total = sum(weight for weight, _ in shares)
        if not total:
            return pl.lit(20, pl.Int64)
        gained = sum((weight * share.cast(pl.Int64) for weight, share in shares), pl.lit(0, pl.Int64))
        return 20 * gained // (1680 * total)

    def shares(self) -> list[tuple[int, Any]]:
        """Return by domain (weight, M)."""
        stated, found = self.stated, []

        def add(name: str, strength: int, halves: Any, items: int = 1) -> None:
            found.append((EVIDENCE[name] * strength, halves * 1680 // (2 * items)))

        def wished(wishes: tuple[Wish, ...]) -> tuple[list[Wish], int]:
            left = [w for w in wishes if w.strength < 3]
            return left, max((w.strength for w in left), default=0)

        for name, of, halves in (
            ("modality", stated.modalities, self._modality),
            ("time", stated.times, self._time),
            ("format", stated.formats, self._format),
            ("gender", stated.genders, self._gender),
            (
                "language",
                stated.languages,
                lambda ws: self._graded(self.bit("language", self._mask("language", ws)), False),
            ),
        ):
            left, strength = wished(of)
            if left:
                add(name, strength, halves(left))
        if stated.experience:
            add("experience", stated.experience, self._experience())
        if stated.style:
            sides = [self._style(scale, side) for scale, side in stated.style]
            add("style", stated.style_strength, sum(sides[1:], sides[0]), len(sides))
        if stated.identity:
            items = [self._identity(w) for w in stated.identity]
            add("identity", max(w.strength for w in stated.identity), sum(items[1:], items[0]), len(items))
        return found

    def _modality(self, wishes: list[Wish]) -> Any:
        return self._graded(
            self.bit("modality", self._mask("modality", wishes)), self.bit("family", self._mask("family", wishes))
        )

    def _time(self, wishes: list[Wish]) -> Any:
        mask, pl = self._mask("time", wishes), self.pl
        there = self.bit("room_hours", mask) & self.bit("formats", self.rooms) & pl.col("room_ok")
        return self._graded(there | (self.bit("online_hours", mask) & self.bit("formats", self.remote)), False)

    def _format(self, wishes: list[Wish]) -> Any:
        pl, mask = self.pl, self._mask("formats", wishes)
        room, remote = mask & self.bits.in_person, mask & ~self.bits.in_person
        there = self.bit("formats", room) & pl.col("room_ok")
        if not self.distance:
            return self._graded(self.bit("formats", remote) | there, False)
        return self._graded(self.bit("formats", remote) | (there & self.within(1)), there & self.within(2))

    def _gender(self, wishes: list[Wish]) -> Any:
        return self._graded(self.pl.col("gender").is_in(self._genders(wishes)), self.pl.col("gender") == 0)

    def _experience(self) -> Any:
        issues = self.bits.of["issue"]
        others = 0
        for slug in self.stated.other_issues:
            others |= issues.get(slug, 0)
        return self._graded(self._issue(issues.get(self.stated.main_issue, 0)), self._issue(others))

    def _issue(self, mask: int) -> Any:
        words = [mask >> 64 * n & WORD - 1 for n in (0, 1)]
        parts = [
            self.bit(f"issue{n}", word - WORD if word >= WORD // 2 else word) for n, word in enumerate(words) if word
        ]
        return functools.reduce(operator.or_, parts, self.pl.lit(False))

    def _style(self, scale: str, side: int) -> Any:
        value = self.pl.col(scale)
        return self.pl.when(value == 127).then(1).otherwise((value * side).sign() + 1).cast(self.pl.Int64)

    def _identity(self, wish: Wish) -> Any:
        has = self.bit("identity", self.bits.any("identity", wish))
        kind = self.bit("kind", self.bits.any("kind", wish))
        return self.pl.when(has).then(2).when(kind).then(0).otherwise(1).cast(self.pl.Int64)
