"""One day after another: people arrive, see their list, ask; therapists answer; places are taken and come free."""

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from core.clock import LONDON
from matching.allocate import Freed, Waiting, allocate
from matching.engine.columns import ALL_BITS, ALL_HOURS, I64, microseconds
from matching.engine.explain import shown_of
from matching.engine.plan import DOMAINS, Plan
from matching.engine.rank import Lens, Ranked, rank
from matching.engine.states import MET
from matching.engine.widen import widen
from matching.exposure.tally import share_of
from matching.simulation.demand import WEEK, Demand, Person, eased
from matching.simulation.parity import Parity
from matching.simulation.supply import DAY, FORMATS, FREE_FROM, HOURS, OWNER, Supply

MOST_CHOICES = 5


@dataclass(frozen=True)
class Process:
    """What is assumed of people. Shares of one; days."""

    arrivals: float = 1_500.0
    # A reader's eye goes down the list: each further card is chosen this much less often than the one before.
    next_card: float = 0.85
    says_yes: float = 0.85
    answer_days: tuple[int, ...] = (0, 1, 1, 2)
    # Not this time, after a first meeting; then the place is free again within two weeks.
    not_this_time: float = 0.12
    therapy_days: float = 84.0
    eases: float = 0.7
    # Whoever found nobody, or chose places that others got, looks again after this.
    look_again_days: int = 3
    patience_days: int = 28


@dataclass
class Looking:
    """Somebody who has no place yet. `choices`: therapist -> share of her wishes met there, in her order."""

    number: int
    person: Person
    since: int
    back: int = 0
    choices: dict[int, float] = field(default_factory=dict)
    tried: list[int] = field(default_factory=list)
    eased: bool = False
    # Hours and formats that her musts leave, as masks.
    can: tuple[int, int] = (ALL_HOURS, ALL_BITS)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How it ended within the month. `days` None: no place. `met` None: she had no wishes that are not musts."""

    groups: tuple[str, ...]
    days: int | None
    met: float | None
    eased: bool


@dataclass
class Month:
    """What happened. `used`: places taken; `offered`: places that were free, as often as they came free."""

    parity: Parity
    outcomes: list[Outcome] = field(default_factory=list)
    lists: int = 0
    empty: int = 0
    used: int = 0
    offered: int = 0


class Simulation:
    """The same supply, demand, process and seed give the same month."""

    def __init__(self, supply: Supply, demand: Demand, weights: Mapping[str, int], process: Process, seed: int) -> None:
        self.supply, self.demand, self.weights, self.process = supply, demand, weights, process
        self.rng = np.random.default_rng(seed)
        self.looking: list[Looking] = []
        self.month = Month(Parity(supply.therapists, seed + 1))
        self._number = self._last = 0

    def run(self, start: datetime.date, days: int, tell: Callable[[int, int], None]) -> Month:
        """Live through the days from `start`; `tell` hears (days over, days)."""
        self._last = self._noon(start + datetime.timedelta(days=days))
        self.month.offered = int((self.supply.places[FREE_FROM] <= self._last).sum())
        for day in range(days):
            date = start + datetime.timedelta(days=day)
            moment = self._noon(date)
            self._arrive(date, moment)
            self._look(self.supply.lens(str(date)), date, moment)
            self._ask(moment)
            tell(day + 1, days)
        self.month.outcomes += [Outcome(one.person.groups, None, None, one.eased) for one in self.looking]
        return self.month

    def _noon(self, date: datetime.date) -> int:
        return microseconds(datetime.datetime.combine(date, datetime.time(12), LONDON).astimezone(datetime.UTC))

    def _arrive(self, date: datetime.date, moment: int) -> None:
        for _person in range(self.rng.poisson(self.process.arrivals * WEEK[date.weekday()])):
            self._number += 1
            self.looking.append(Looking(self._number, self.demand.person(), moment))

    def _look(self, lens: Lens, date: datetime.date, moment: int) -> None:
        """Let everybody without choices look at her list; whoever has waited too long gives up."""
        at = datetime.datetime.combine(date, datetime.time(12), LONDON)
        staying = []
        for one in self.looking:
            if moment - one.since > self.process.patience_days * DAY:
                self.month.outcomes.append(Outcome(one.person.groups, None, None, one.eased))
                continue
            staying.append(one)
            if one.back <= moment and not one.choices:
                self._choose(one, lens, at)
        self.looking = staying

    def _choose(self, one: Looking, lens: Lens, at: datetime.datetime) -> None:
        ranked = self._ranked(one, lens, at)
        if not ranked.eligible and not one.eased and self.rng.random() < self.process.eases:
            self._ease(one, ranked)
            ranked = self._ranked(one, lens, at)
        self.month.lists += 1
        share = share_of(ranked)
        if share is None:
            self.month.empty += 1
            one.back = microseconds(at) + self.process.look_again_days * DAY
            return
        self.month.parity.add(lens.register.ids, share)
        one.choices, one.can = self._picked(ranked), _can(ranked.plan)

    def _ranked(self, one: Looking, lens: Lens, at: datetime.datetime) -> Ranked:
        stated = replace(one.person.stated, not_these_therapists=tuple(one.tried))
        return rank(stated, lens, self.weights, one.person.seed, at, limit=10)

    def _ease(self, one: Looking, ranked: Ranked) -> None:
        """Ease the one rule that brings most, as a tap on the page does; who pays cannot be eased."""
        stated = one.person.stated
        gains = [gain for gain in widen(ranked.plan, ranked.view).gains if gain.gain]
        for gain in sorted(gains, key=lambda gain: (-gain.gain, gain.rules)):
            easier = eased(stated, gain.rules[0])
            if easier != stated:
                one.person, one.eased = replace(one.person, stated=easier), True
                return

    def _picked(self, ranked: Ranked) -> dict[int, float]:
        """Return up to five of the first ten, the upper ones more often, with the share of wishes that each meets."""
        pull = self.process.next_card ** np.arange(len(ranked.ids))
        count = min(int(self.rng.integers(1, MOST_CHOICES + 1)), len(pull))
        at = self.rng.choice(len(pull), count, replace=False, p=pull / pull.sum())
        musts = {item.key for item in ranked.plan.musts}
        wishes = [c.states for c in shown_of(ranked).columns if c.domain in DOMAINS and c.key not in musts]
        met = (np.array(wishes) == MET).mean(axis=0) if wishes else np.full(len(pull), np.nan)
        return {int(ranked.ids[n]): float(met[n]) for n in sorted(at.tolist())}

    def _ask(self, moment: int) -> None:
        """Give the free places to those who chose them, the longest waiting first; then therapists answer."""
        asking = {one.number: one for one in self.looking if one.choices and one.back <= moment}
        rows = [
            (number, therapist, rank_, one.since, *one.can)
            for number, one in asking.items()
            for rank_, therapist in enumerate(one.choices)
        ]
        if not rows:
            return
        number, therapist, order, since, hours, formats = (list(column) for column in zip(*rows, strict=True))
        places = self.supply.places
        open_ = np.flatnonzero((places[FREE_FROM] <= moment) & np.isin(places[OWNER], np.array(therapist)))
        waiting = Waiting.of(
            # Numbers ascend by arrival, and entries with them.
            id=np.arange(len(rows)),
            client=np.array(number),
            therapist=np.array(therapist),
            rank=np.array(order),
            since=np.array(since),
            hours=np.array(hours),
            formats=np.array(formats, np.uint64),
        )
        freed = Freed.of(
            id=open_,
            therapist=places[OWNER][open_],
            hours=places[HOURS][open_],
            formats=places[FORMATS][open_].astype(np.uint64),
        )
        got = (column.tolist() for column in vars(allocate(waiting, freed)).values())
        done = set()
        for entry, place in zip(*got, strict=True):
            one = asking.pop(number[entry])
            if self._answer(one, therapist[entry], place, moment):
                done.add(one.number)
        for one in asking.values():
            # Every place she chose is asked for by somebody before her: she looks again, for others too.
            one.choices, one.back = {}, moment + self.process.look_again_days * DAY
        self.looking = [one for one in self.looking if one.number not in done]

    def _answer(self, one: Looking, therapist: int, place: int, moment: int) -> bool:
        process, free = self.process, self.supply.places[FREE_FROM]
        days = int(self.rng.choice(process.answer_days))
        answered = moment + days * DAY
        if self.rng.random() >= process.says_yes:
            free[place] = answered
            one.tried, one.back = [*one.tried, therapist], answered
            one.choices = {pk: met for pk, met in one.choices.items() if pk != therapist}
            return False
        therapy = self.rng.exponential(process.therapy_days) + 7
        if self.rng.random() < process.not_this_time:
            therapy = float(self.rng.integers(3, 15))
        free[place] = answered + int(therapy * DAY)
        self.month.offered += int(free[place] <= self._last)
        met = one.choices[therapist]
        waited = (answered - one.since) // DAY
        self.month.used += 1
        self.month.outcomes.append(Outcome(one.person.groups, waited, None if np.isnan(met) else met, one.eased))
        return True


def _can(plan: Plan) -> tuple[int, int]:
    hours, formats = ALL_HOURS, ALL_BITS
    for item in plan.musts_of("time"):
        hours &= item.mask
    for item in plan.musts_of("format"):
        formats &= item.mask
    return hours, formats


def releases(rng: np.random.Generator, count: int, now: int, mean_days: float) -> I64:
    """Return when places that are occupied now come free: therapies that go on have no memory."""
    return now + (rng.exponential(mean_days, count) * DAY).astype(np.int64)
