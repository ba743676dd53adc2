"""What may happen to a referral and to the things that hang on it, as plain tables. No Django in here.

A cell that is not in a table is not allowed. A re-walk is two steps in one transaction, each with its own event: the
answer brings a referral back to choosing, `ask` takes it on to the next therapist. So replaying the events always gives
the state, and the timeline tells both halves.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


class NotAllowed(Exception):
    """This cannot happen in the state the thing is in now: somebody else was first, or the page was old."""

    def __init__(self, life: str, state: str, action: str) -> None:
        super().__init__(f"{life}: {action} is not possible when {state or 'new'}")
        self.life, self.state, self.action = life, state, action


@dataclass(frozen=True, slots=True, eq=False)
class Life:
    """`table` maps (state, action) to the next state; "" is the state of what does not exist yet."""

    name: str
    states: tuple[str, ...]
    table: Mapping[tuple[str, str], str]

    @property
    def actions(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(action for _, action in self.table))

    def step(self, state: str, action: str) -> str:
        """Return the next state. Raises NotAllowed."""
        try:
            return self.table[state, action]
        except KeyError:
            raise NotAllowed(self.name, state, action) from None

    def replay(self, actions: Iterable[str]) -> str:
        """Return the state after these actions, from nothing. Raises NotAllowed."""
        state = ""
        for action in actions:
            state = self.step(state, action)
        return state


def _from_each(states: Iterable[str], action: str, to: str) -> dict[tuple[str, str], str]:
    return {(state, action): to for state in states}


def _staying(states: Iterable[str], action: str) -> dict[tuple[str, str], str]:
    return {(state, action): state for state in states}


OPEN = ("choosing", "requested", "meeting", "in_therapy")

REFERRAL = Life(
    "referral",
    (*OPEN, "closed"),
    {
        ("", "submit"): "choosing",
        ("choosing", "ask"): "requested",
        **_staying(("choosing", "requested"), "change_choices"),
        ("requested", "take_back"): "choosing",
        ("requested", "interest"): "requested",
        ("requested", "decline"): "choosing",
        ("requested", "lapse"): "choosing",
        ("requested", "unlist"): "choosing",
        ("requested", "accept"): "meeting",
        ("meeting", "contact"): "meeting",
        ("meeting", "say_go_ahead"): "meeting",
        ("meeting", "go_ahead"): "in_therapy",
        ("meeting", "not_this_time"): "choosing",
        ("in_therapy", "review"): "in_therapy",
        **_from_each(("meeting", "in_therapy"), "end", "closed"),
        ("choosing", "remind"): "choosing",
        ("choosing", "carry_on"): "choosing",
        **_staying(("choosing", "meeting"), "hand_over"),
        **_staying(OPEN, "call_me"),
        **_from_each(OPEN, "withdraw", "closed"),
        **_from_each(OPEN, "redirect", "closed"),
        **_from_each(OPEN, "close", "closed"),
        ("closed", "undo"): "choosing",
        ("closed", "reopen"): "choosing",
    },
)

OFFER = Life(
    "offer",
    ("open", "accepted", "declined", "lapsed", "withdrawn"),
    {
        ("", "hold"): "open",
        ("open", "accept"): "accepted",
        ("open", "decline"): "declined",
        ("open", "lapse"): "lapsed",
        ("open", "withdraw"): "withdrawn",
    },
)

PLACEMENT = Life(
    "placement",
    ("meeting", "active", "ended"),
    {
        ("", "begin"): "meeting",
        ("meeting", "go_ahead"): "active",
        ("meeting", "end"): "ended",
        ("active", "end"): "ended",
    },
)

CHOICE = Life(
    "choice",
    ("untried", "asked", "no", "unanswered", "unavailable", "yes", "ended"),
    {
        ("", "choose"): "untried",
        ("untried", "ask"): "asked",
        ("asked", "decline"): "no",
        ("asked", "lapse"): "unanswered",
        ("asked", "unlist"): "unavailable",
        ("asked", "take_back"): "untried",
        ("asked", "accept"): "yes",
        ("yes", "end"): "ended",
    },
)

LIVES = (REFERRAL, OFFER, PLACEMENT, CHOICE)
