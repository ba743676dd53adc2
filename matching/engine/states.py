"""How candidates do on one stated item: UNMET, PARTLY, MET or, where she may keep it to herself, NOT_STATED."""

import numpy as np

from matching.engine.columns import GENDERS, I8, SCALES, STYLE_UNKNOWN, Bools
from matching.engine.plan import Item
from matching.engine.reach import MET, NOT_STATED, PARTLY, UNMET, Candidates, Reach


def item_states(item: Item, candidates: Candidates, reach: Reach) -> I8:
    """Return the state of each candidate row on an item, as the table of weights defines m."""
    if item.domain == "time":
        hours = reach.online_hours | reach.room_hours
        return _twice((hours & np.uint32(item.mask)) != 0)
    if item.domain == "format":
        return _format(item, candidates, reach)
    return profile_states(item, candidates)


def profile_states(item: Item, candidates: Candidates) -> I8:
    """Return the states on an item that does not depend on how and where people meet."""
    if item.domain == "gender":
        return _gender(item, candidates)
    if item.domain == "style":
        return _style(item, candidates)
    if item.domain == "identity":
        return _identity(item, candidates)
    if item.domain == "language":
        return _met(candidates, "language", item)
    if item.domain == "modality":
        partly = candidates.any_bit("family", item.half)
        return np.maximum(_met(candidates, "modality", item), partly.view(np.int8))
    partly = candidates.any_bit("issue", item.half)
    return np.maximum(_met(candidates, "issue", item), partly.view(np.int8))


def _met(candidates: Candidates, name: str, item: Item) -> I8:
    return _twice(candidates.any_bit(name, item.mask))


def _twice(met: Bools) -> I8:
    """Return MET where it is so and UNMET where not, without the detour of `where`."""
    states: I8 = met.view(np.int8) << np.int8(1)
    return states


def _format(item: Item, candidates: Candidates, reach: Reach) -> I8:
    in_person = candidates.plan.book.in_person
    remote = _twice(candidates.any_bit("format", item.mask & ~in_person))
    if not item.mask & in_person:
        return remote
    there: I8 = reach.near * candidates.any_bit("format", item.mask & in_person)
    return np.maximum(remote, there)


def _gender(item: Item, candidates: Candidates) -> I8:
    by_code = np.array([MET if item.mask >> code & 1 else UNMET for code in range(len(GENDERS))], np.int8)
    by_code[0] = NOT_STATED
    states: I8 = by_code[candidates.column("gender", candidates.view.register.therapists.gender)]
    return states


def _style(item: Item, candidates: Candidates) -> I8:
    scale = SCALES.index(item.value)
    value = candidates.column(f"style {scale}", candidates.view.register.therapists.style[scale])
    states = np.where(value == 0, PARTLY, np.where(np.sign(value) == item.side, MET, UNMET))
    return np.where(value == STYLE_UNKNOWN, NOT_STATED, states).astype(np.int8)


def _identity(item: Item, candidates: Candidates) -> I8:
    """Not having a tag says something only of who stated any tag of that kind."""
    states = _met(candidates, "identity", item)
    silent = ~candidates.any_bit("kind", item.kind) & (states != MET) & (item.kind != 0)
    return np.where(silent, NOT_STATED, states).astype(np.int8)
