"""Why: per stated item, how each therapist shown does on it. Codes only; words are made by matching.words."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from clients.preferences import Stated
from matching.engine.columns import FEE_UNKNOWN, I8, I64, Bools
from matching.engine.plan import Item, plan_of
from matching.engine.rank import Lens, Ranked, fit
from matching.engine.reach import MET, NOT_STATED, PARTLY, UNMET, Candidates, Reach, reach_of
from matching.engine.rules import EXCLUDED, FIXED
from matching.engine.states import item_states
from matching.engine.view import View
from matching.engine.widen import NO_WAY, Failures, failures_of

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


def explain(candidates: Candidates, reach: Reach) -> tuple[Column, ...]:
    """Judge every stated item: those that are scored or musts, then distance, money, access and groups."""
    items = (_column(item, candidates, reach) for item in candidates.plan.items)
    return (*items, *_needs(candidates, reach))


def _column(item: Item, candidates: Candidates, reach: Reach) -> Column:
    offered = candidates.any_bit("format", item.mask) if item.domain == "format" else None
    return Column(item.key, item.domain, item.value, item_states(item, candidates, reach), offered)


@dataclass(frozen=True)
class Shown:
    """Therapists with everything that is said of them. Arrays and columns are aligned with `ids`."""

    stated: Stated
    view: View
    ids: list[int]
    bands: I8
    reach: Reach
    columns: tuple[Column, ...]


def shown_of(ranked: Ranked) -> Shown:
    """Explain a page of the list."""
    columns = explain(Candidates(ranked.plan, ranked.view, ranked.rows), ranked.reach)
    return Shown(ranked.plan.stated, ranked.view, ranked.ids.tolist(), ranked.bands, ranked.reach, columns)


def _needs(candidates: Candidates, reach: Reach) -> list[Column]:
    plan, stated = candidates.plan, candidates.plan.stated
    found = []
    if plan.radius is not None:
        found.append(Column("distance:", "distance", "", reach.near))
    if stated.funder:
        mask = plan.book.mask("funder", stated.funder)
        has = np.zeros(len(candidates.rows), bool)
        for number, word in enumerate(candidates.view.funders):
            has |= (word[candidates.rows] & np.uint64(mask >> 64 * number & (2**64 - 1))) != 0
        found.append(Column(f"funding:{stated.funder}", "funding", stated.funder, _met(has)))
    elif stated.fee_ceiling_pence is not None:
        fee = candidates.view.register.therapists.fee[candidates.rows]
        within = np.where(fee <= stated.fee_ceiling_pence, MET, UNMET)
        states = np.where(fee == FEE_UNKNOWN, UNKNOWN, within).astype(np.int8)
        found.append(Column("funding:", "funding", "", states))
    for domain, slugs in (("access", stated.access), ("client_group", stated.client_groups)):
        name = "group" if domain == "client_group" else domain
        for slug in slugs:
            has = candidates.any_bit(name, plan.book.mask(name, slug))
            found.append(Column(f"{domain}:{slug}", domain, slug, _met(has)))
    if stated.step_free and plan.in_person:
        found.append(Column("step_free:", "step_free", "", _step_free(candidates, reach)))
    return found


def _met(has: Bools) -> I8:
    return np.where(has, MET, UNMET).astype(np.int8)


def _step_free(candidates: Candidates, reach: Reach) -> I8:
    """Of the room meant; UNKNOWN where nobody says, or where there is no room."""
    steps = candidates.view.register.locations.step_free
    if not len(steps):
        return np.full(len(candidates.rows), UNKNOWN, np.int8)
    says = np.where(reach.room >= 0, steps[reach.room], -1)
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
    plan, view = plan_of(stated, lens.register.book), lens.at(moment)
    candidates = Candidates(plan, view, lens.register.rows_of(ids))
    reach = reach_of(candidates, rooms=plan.in_person)
    failures = failures_of(candidates)
    out = ~view.listed[candidates.rows] | (view.free[candidates.rows] <= 0)
    out |= np.isin(candidates.rows, lens.register.rows_of(silent))
    failed: dict[int, tuple[str, ...]] = {}
    known = lens.register.therapists.ids[candidates.rows].tolist()
    hidden = FIXED - {EXCLUDED, "client_group"}
    for pk, mask in zip(known, _against(failures).tolist(), strict=True):
        own = (name for k, name in enumerate(failures.names) if mask >> k & 1)
        failed[pk] = tuple(name for name in own if name not in hidden)
    return Verdicts(
        shown=Shown(
            stated=stated,
            view=view,
            ids=known,
            bands=fit(candidates, reach, weights),
            reach=reach,
            columns=explain(candidates, reach),
        ),
        failed=failed,
        not_taking=frozenset(pk for pk, kept_out in zip(known, out.tolist(), strict=True) if kept_out),
    )


def _against(failures: Failures) -> I64:
    """Return the rules that keep each candidate out, as bits; none for whoever fits.

    Where no rule alone is to blame, because each way to meet fails several others: those of the way that fails fewest.
    """
    ways = np.stack(failures.ways)
    count = np.where(ways == NO_WAY, 64, np.bitwise_count(ways))
    fewest = np.take_along_axis(ways, count.argmin(axis=0)[None], axis=0)[0]
    blamed = np.where(failures.failed != 0, failures.failed, fewest)
    against: I64 = np.where((ways == 0).any(axis=0), 0, blamed)
    return against
