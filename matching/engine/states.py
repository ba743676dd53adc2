"""How therapists do on one stated item: met, partly, or not said where she may keep it to herself; else unmet."""

from typing import NamedTuple

from matching.engine.packing import AGAINST, MIDDLE, TOWARDS, UNSAID
from matching.engine.plan import Item
from matching.engine.scope import Flags, Scope

UNMET, PARTLY, MET, NOT_STATED = 0, 1, 2, 3


class State(NamedTuple):
    """Who meets an item and who does partly; who is in both, meets it. `silent`: who has not said; never in `met`."""

    met: Flags
    partly: Flags | None = None
    silent: Flags | None = None

    @property
    def half(self) -> Flags | None:
        """Return who counts half, unless she meets it: partly or not said."""
        if self.silent is None:
            return self.partly
        return self.silent if self.partly is None else self.partly | self.silent


def profile_state(item: Item, scope: Scope) -> State:
    """Return the state on an item that does not depend on how and where people meet, as the table of weights has it."""
    match item.domain:
        case "gender":
            return State(scope.any_bit("gender", item.mask & ~1), silent=scope.bit("gender", 0))
        case "style":
            side = TOWARDS if item.side > 0 else AGAINST
            return State(scope.bit(item.value, side), scope.bit(item.value, MIDDLE), scope.bit(item.value, UNSAID))
        case "identity":
            return _identity(item, scope)
        case "language":
            return State(scope.any_bit("language", item.mask))
        case "modality":
            return State(scope.any_bit("modality", item.mask), scope.any_bit("family", item.half))
        case _:
            return State(scope.any_bit("issue", item.mask), scope.any_bit("issue", item.half))


def format_state(item: Item, scope: Scope, near: Flags, within_twice: Flags) -> State:
    """`near`, `within_twice`: who can be met in person within the stated distance, and within twice that."""
    in_person = scope.plan.book.in_person
    met = scope.any_bit("format", item.mask & ~in_person)
    if not item.mask & in_person:
        return State(met)
    offers = scope.any_bit("format", item.mask & in_person)
    return State(met | near & offers, within_twice & offers)


def _identity(item: Item, scope: Scope) -> State:
    """Not having a tag says something only of who stated any tag of that kind."""
    met = scope.any_bit("identity", item.mask)
    if not item.kind:
        return State(met)
    return State(met, silent=~(scope.any_bit("kind", item.kind) | met))
