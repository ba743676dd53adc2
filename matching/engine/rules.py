"""The hard rules: never scored, each with a name. Here those of the profile; how and where people meet is in reach."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from matching.engine.columns import FEE_UNKNOWN, Bools
from matching.engine.plan import Item, Plan
from matching.engine.reach import MET, Candidates
from matching.engine.states import profile_states

NOT_LISTED = "not_listed"
FULL = "full_list_closed"
EXCLUDED = "excluded"
CLIENT_GROUP = "client_group"
FUNDING = "funding"
ACCESS = "access"
LANGUAGE_NEED = "language_need"
DISTANCE = "distance"

# What no client can relax.
FIXED = frozenset({NOT_LISTED, FULL, EXCLUDED, CLIENT_GROUP})

# Musts of these domains depend on how and where people meet.
BY_WAY = frozenset({"time", "format"})


@dataclass(frozen=True)
class Rule:
    """A rule of the profile. `holds` tells which candidates pass."""

    name: str
    holds: Callable[[Candidates], Bools]


def profile_rules(plan: Plan) -> Iterator[Rule]:
    """Yield the client's rules that do not depend on how and where people meet, cheapest to compute first."""
    stated = plan.stated
    if stated.funder:
        yield Rule(FUNDING, _funded(plan.book.mask("funder", stated.funder)))
    elif stated.fee_ceiling_pence is not None:
        yield Rule(FUNDING, _affordable(stated.fee_ceiling_pence))
    required = [slug for slug in stated.client_groups if _required(plan, slug)]
    if required:
        yield Rule(CLIENT_GROUP, _has_all("group", [plan.book.mask("group", slug) for slug in required]))
    if stated.access:
        yield Rule(ACCESS, _has_all("access", [plan.book.mask("access", slug) for slug in stated.access]))
    if languages := plan.musts_of("language"):
        yield Rule(LANGUAGE_NEED, _has_all("language", [item.mask for item in languages]))
    for item in plan.musts:
        if item.domain not in BY_WAY and item.domain != "language":
            yield Rule(item.rule, _met(item))


def rule_names(plan: Plan) -> tuple[str, ...]:
    """Return the names of every rule in force, the client's own in the order in which they are shown."""
    stated = plan.stated
    names = [FULL]
    if stated.not_these_therapists:
        names.append(EXCLUDED)
    own = [rule.name for rule in profile_rules(plan)]
    return tuple(dict.fromkeys((*names, *own, *way_rule_names(plan))))


def way_rule_names(plan: Plan) -> tuple[str, ...]:
    """Return the names of the rules in force about how and where people meet."""
    names = [DISTANCE] if plan.distance_must else []
    if plan.stated.step_free:
        names.append(ACCESS)
    return tuple(dict.fromkeys([*names, *(item.rule for item in plan.musts if item.domain in BY_WAY)]))


def _required(plan: Plan, slug: str) -> bool:
    """A group nobody knows is a need nobody can meet: it is not waved through."""
    return slug in plan.book.required_groups or not plan.book.mask("group", slug)


def _has_all(name: str, masks: list[int]) -> Callable[[Candidates], Bools]:
    def holds(candidates: Candidates) -> Bools:
        found = np.ones(len(candidates.rows), bool)
        for mask in masks:
            found &= candidates.any_bit(name, mask)
        return found

    return holds


def _met(item: Item) -> Callable[[Candidates], Bools]:
    return lambda candidates: profile_states(item, candidates) == MET


def _funded(mask: int) -> Callable[[Candidates], Bools]:
    def holds(candidates: Candidates) -> Bools:
        found = np.zeros(len(candidates.rows), bool)
        for number, word in enumerate(candidates.view.funders):
            part = mask >> 64 * number & (2**64 - 1)
            found |= (word[candidates.rows] & np.uint64(part)) != 0
        return found

    return holds


def _affordable(ceiling: int) -> Callable[[Candidates], Bools]:
    def holds(candidates: Candidates) -> Bools:
        fee = candidates.column("fee", candidates.view.register.therapists.fee)
        affordable: Bools = (fee != FEE_UNKNOWN) & (fee <= ceiling)
        return affordable

    return holds
