"""Which rules each therapist fails, way by way: what one way to meet must satisfy is judged together."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from matching.engine import bits
from matching.engine.meeting import Fails, Way, ways_to_meet
from matching.engine.rules import EXCLUDED, FULL, profile_rules, rule_names
from matching.engine.scope import Flags, Scope


@dataclass(frozen=True)
class Failing:
    """`profile`: who fails each rule however people meet. `ways`: one at least for each."""

    names: tuple[str, ...]
    profile: Fails
    ways: tuple[Way, ...]
    none: Flags

    def by_way(self) -> Iterator[Way]:
        """Yield the ways with everything that is failed by them, of the profile too."""
        for way in self.ways:
            yield Way(way.has, _both(self.profile, way.fails))

    def failed(self) -> Fails:
        """Return who fails each rule. Of how and where: what every way fails, and what some way fails alone."""
        fits = self.none
        always = dict.fromkeys(self.ways[0].fails, ~self.none)
        alone = dict.fromkeys(self.ways[0].fails, self.none)
        for way in self.ways:
            once, twice, _ = counted(way.fails, self.none)
            fits = fits | way.has & ~once
            for name, fails in way.fails.items():
                always[name] = always[name] & (fails | ~way.has)
                alone[name] = alone[name] | fails & way.has & ~twice
        by_way = {name: ~fits & (fails | alone[name]) for name, fails in always.items()}
        return _both({name: self.profile.get(name, self.none) for name in self.names}, by_way)


def failing_of(scope: Scope) -> Failing:
    """Judge every rule, whatever else is failed."""
    profile = {FULL: ~scope.of(scope.view.accepting)}
    excluded = scope.plan.stated.not_these_therapists
    if excluded:
        profile[EXCLUDED] = scope.of(bits.with_rows(scope.register.rows_of(excluded), scope.register.words))
    for name, passed in profile_rules(scope):
        profile = _both(profile, {name: ~passed})
    return Failing(rule_names(scope.plan), profile, tuple(ways_to_meet(scope)), scope.none)


def counted(fails: Mapping[str, Flags], none: Flags) -> tuple[Flags, Flags, Flags]:
    """Return who fails at least one, two and three rules."""
    one = two = three = none
    for found in fails.values():
        three = three | two & found
        two = two | one & found
        one = one | found
    return one, two, three


def _both(one: Mapping[str, Flags], other: Mapping[str, Flags]) -> Fails:
    return {**one, **{name: one[name] | fails if name in one else fails for name, fails in other.items()}}
