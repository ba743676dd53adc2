"""Why: per stated item, how each therapist shown does on it. Codes only; words are made by matching.words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from clients.preferences import Stated
from matching.engine.columns import I8, I16, Bools
from matching.engine.failing import failing_of
from matching.engine.fit import bands_of, fit_of
from matching.engine.lens import Lens
from matching.engine.meeting import Fails, Way
from matching.engine.packing import FEE_BEYOND
from matching.engine.plan import Item, plan_of
from matching.engine.rank import Ranked
from matching.engine.rooms import NEAR, Reach, no_rooms, reach_of
from matching.engine.rules import CLIENT_GROUP, EXCLUDED, FIXED
from matching.engine.scope import Scope
from matching.engine.states import MET, NOT_STATED, PARTLY, UNMET, State, format_state, profile_state
from matching.engine.view import View
from matching.engine.ways import Ways

UNKNOWN = 4
STATES = {MET: "met", PARTLY: "partly", UNMET: "unmet", NOT_STATED: "not_stated", UNKNOWN: "unknown"}


@dataclass(frozen=True)
class Column:
    """One stated item, and the states of the rows shown on it (keys of STATES).

    `offered`, for formats: who offers it at all, although perhaps not where the person could go.
    """

    key: str
    domain: str
    value: str
    states: I8
    offered: Bools | None = None


@dataclass(frozen=True)
class Shown:
    """Therapists with everything that is said of them. Arrays and columns are aligned with `ids`.

    `weeks`: until somebody who asks now can have a place, as View.weeks.
    """

    stated: Stated
    view: View
    ids: list[int]
    bands: I8
    weeks: I16
    reach: Reach
    columns: tuple[Column, ...]


def shown_of(ranked: Ranked) -> Shown:
    """Explain a page of the list."""
    columns = explain(Scope(ranked.plan, ranked.view, ranked.rows), ranked.reach)
    return Shown(
        ranked.plan.stated, ranked.view, ranked.ids.tolist(), ranked.bands, ranked.weeks, ranked.reach, columns
    )


def explain(scope: Scope, reach: Reach) -> tuple[Column, ...]:
    """Judge every stated item: those that are scored or musts, then distance, money, access and groups."""
    items = (_column(item, scope, reach) for item in scope.plan.items)
    return (*items, *_needs(scope, reach))


def _column(item: Item, scope: Scope, reach: Reach) -> Column:
    offered = scope.any_bit("format", item.mask) if item.domain == "format" else None
    return Column(item.key, item.domain, item.value, _codes(_state(item, scope, reach)), offered)


def _state(item: Item, scope: Scope, reach: Reach) -> State:
    if item.domain == "time":
        return State(_in_time(scope, reach, item.mask))
    if item.domain == "format":
        return format_state(item, scope, reach.near == NEAR, reach.near > 0)
    return profile_state(item, scope)


def _in_time(scope: Scope, reach: Reach, mask: int) -> Bools:
    """Return who can be had in a part of the week of a mask, online or in the room meant."""
    online = scope.hours(scope.plan.formats & ~scope.plan.book.in_person, mask)
    in_time: Bools = online | ((reach.room_hours & np.uint32(mask)) != 0)
    return in_time


def _codes(state: State) -> I8:
    codes = np.zeros(len(state.met), np.int8)
    if state.partly is not None:
        codes[state.partly] = PARTLY
    if state.silent is not None:
        codes[state.silent] = NOT_STATED
    codes[state.met] = MET
    return codes


def _needs(scope: Scope, reach: Reach) -> list[Column]:
    plan, stated = scope.plan, scope.plan.stated
    found = []
    if plan.radius is not None:
        found.append(Column("distance:", "distance", "", reach.near))
    if stated.funder:
        mask = plan.book.mask("funder", stated.funder)
        paid = scope.of(scope.view.funded(mask.bit_length() - 1)) if mask else scope.none
        found.append(Column(f"funding:{stated.funder}", "funding", stated.funder, _codes(State(paid))))
    elif stated.fee_ceiling_pence is not None:
        states = _codes(State(scope.fee_within(stated.fee_ceiling_pence)))
        states[scope.register.fee[scope.some] == FEE_BEYOND] = UNKNOWN
        found.append(Column("funding:", "funding", "", states))
    for domain, name, slugs in (("access", "access", stated.access), ("client_group", "group", stated.client_groups)):
        for slug in slugs:
            has = scope.any_bit(name, plan.book.mask(name, slug))
            found.append(Column(f"{domain}:{slug}", domain, slug, _codes(State(has))))
    if stated.step_free and plan.in_person:
        found.append(Column("step_free:", "step_free", "", _step_free(scope, reach)))
    return found


def _step_free(scope: Scope, reach: Reach) -> I8:
    """Of the room meant; UNKNOWN where nobody says, or where there is no room."""
    says = np.where(reach.room >= 0, scope.register.locations.step_free[reach.room], -1)
    return np.where(says == 1, MET, np.where(says == 0, UNMET, UNKNOWN)).astype(np.int8)


@dataclass(frozen=True)
class Verdicts:
    """About therapists somebody looks at, in or out of the list. `failed`: by id, only the client's own rules.

    `not_taking`: ids that something else keeps out, of which a client is told no more than "not taking new requests".
    """

    shown: Shown
    failed: dict[int, tuple[str, ...]]
    not_taking: frozenset[int]


def judge(
    stated: Stated,
    lens: Lens,
    weights: Mapping[str, int],
    moment: int,
    ids: tuple[int, ...],
    *,
    silent: tuple[int, ...] = (),
) -> Verdicts:
    """Explain given therapists, wherever they stand. Ids that the register does not hold are left out."""
    plan, view, register = plan_of(stated, lens.register.book), lens.at(moment), lens.register
    scope = Scope(plan, view, register.rows_of(ids))
    reach = reach_of(scope) if plan.in_person else no_rooms(len(scope.some))
    known = register.ids[scope.some].tolist()
    out = ~scope.of(view.open) | np.isin(scope.some, register.rows_of(silent))
    return Verdicts(
        shown=Shown(
            stated, view, known, _bands(scope, reach, weights), view.weeks(scope.some), reach, explain(scope, reach)
        ),
        failed=_failed(scope, known),
        not_taking=frozenset(pk for pk, kept_out in zip(known, out.tolist(), strict=True) if kept_out),
    )


def _failed(scope: Scope, ids: list[int]) -> dict[int, tuple[str, ...]]:
    """Return by id the rules that keep her out and may be told; none for whoever fits.

    Where no rule alone is to blame, because each way to meet fails several others: those of the way that fails fewest.
    """
    failing = failing_of(scope)
    failed, ways = failing.failed(), list(failing.by_way())
    return {pk: tuple(_blamed(failing.names, failed, ways, n)) for n, pk in enumerate(ids)}


def _blamed(names: tuple[str, ...], failed: Fails, ways: list[Way], n: int) -> Iterator[str]:
    by_way = [[name for name in names if name in way.fails and way.fails[name][n]] for way in ways if way.has[n]]
    fewest = min(by_way, key=len)
    if fewest:
        alone = [name for name in names if failed[name][n]]
        yield from (name for name in alone or fewest if name not in FIXED - {EXCLUDED, CLIENT_GROUP})


def _bands(scope: Scope, reach: Reach, weights: Mapping[str, int]) -> I8:
    in_time = _in_time(scope, reach, scope.plan.wished_hours)
    ways = Ways(scope.none, reach.room_ok, reach.near == NEAR, reach.near > 0, in_time)
    everyone = np.ones(len(scope.some), bool)
    return bands_of(fit_of(scope, ways, weights, everyone), everyone).astype(np.int8)
