"""The hard rules: never scored, each with a name. Here those of the profile; how and where people meet is in ways."""

from collections.abc import Iterator

from matching.engine.plan import Item, Plan
from matching.engine.scope import Flags, Scope
from matching.engine.states import profile_state

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


def profile_rules(scope: Scope) -> Iterator[tuple[str, Flags]]:
    """Yield the client's rules that do not depend on how and where people meet, and who passes each."""
    plan, stated = scope.plan, scope.plan.stated
    if stated.funder or stated.fee_ceiling_pence is not None:
        yield FUNDING, _paid_for(scope)
    if groups := _required(plan):
        yield CLIENT_GROUP, _has_all(scope, "group", [plan.book.mask("group", slug) for slug in groups])
    if stated.access:
        yield ACCESS, _has_all(scope, "access", [plan.book.mask("access", slug) for slug in stated.access])
    if languages := plan.musts_of("language"):
        yield LANGUAGE_NEED, _has_all(scope, "language", [item.mask for item in languages])
    for item in profile_musts(plan):
        yield item.rule, profile_state(item, scope).met


def rule_names(plan: Plan) -> tuple[str, ...]:
    """Return the names of every rule in force, the client's own in the order in which they are shown."""
    stated = plan.stated
    in_force = {
        FULL: True,
        EXCLUDED: stated.not_these_therapists,
        FUNDING: stated.funder or stated.fee_ceiling_pence is not None,
        CLIENT_GROUP: _required(plan),
        ACCESS: stated.access,
        LANGUAGE_NEED: plan.musts_of("language"),
    }
    names = [name for name, stands in in_force.items() if stands]
    own = [item.rule for item in profile_musts(plan)]
    return tuple(dict.fromkeys((*names, *own, *way_rule_names(plan))))


def way_rule_names(plan: Plan) -> tuple[str, ...]:
    """Return the names of the rules in force about how and where people meet."""
    names = [DISTANCE] if plan.distance_must else []
    if plan.stated.step_free:
        names.append(ACCESS)
    return tuple(dict.fromkeys([*names, *(item.rule for item in plan.musts if item.domain in BY_WAY)]))


def profile_musts(plan: Plan) -> tuple[Item, ...]:
    """Return the musts, one rule each, of the domains that do not depend on how and where people meet."""
    return tuple(item for item in plan.musts if item.domain not in BY_WAY and item.domain != "language")


def _required(plan: Plan) -> list[str]:
    """Return the stated groups that need her to say so. One nobody knows is not waved through: nobody can meet it."""
    book = plan.book
    return [s for s in plan.stated.client_groups if s in book.required_groups or not book.mask("group", s)]


def _has_all(scope: Scope, name: str, masks: list[int]) -> Flags:
    found = scope.any_bit(name, masks[0])
    for mask in masks[1:]:
        found = found & scope.any_bit(name, mask)
    return found


def _paid_for(scope: Scope) -> Flags:
    """Return who is paid by the stated funder, or costs no more than the person can pay."""
    stated = scope.plan.stated
    if not stated.funder:
        return scope.fee_within(stated.fee_ceiling_pence or 0)
    mask = scope.plan.book.mask("funder", stated.funder)
    return scope.of(scope.view.funded(mask.bit_length() - 1)) if mask else scope.none
