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

    def allows(self, state: str, action: str) -> bool:
        return (state, action) in self.table

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


def _ending_an_entry(action: str) -> dict[tuple[str, str], str]:
    """Somebody who waits goes on by a walk; anybody else stays where she is."""
    others = ("choosing", "requested", "offered", "meeting")
    return {("waiting", action): "choosing", **_staying(others, action)}


OPEN = ("choosing", "requested", "waiting", "offered", "meeting", "in_therapy")
# Nobody sees her yet.
SEEKING = ("choosing", "requested", "waiting", "offered")

REFERRAL = Life(
    "referral",
    (*OPEN, "closed"),
    {
        ("", "submit"): "choosing",
        ("choosing", "ask"): "requested",
        ("choosing", "wait"): "waiting",
        **_staying(("choosing", "requested", "waiting", "offered"), "change_choices"),
        # The list changed, or somebody asked for it: back to choosing, and the walk goes on from there.
        ("waiting", "rewalk"): "choosing",
        ("requested", "take_back"): "choosing",
        ("requested", "interest"): "requested",
        ("requested", "decline"): "choosing",
        ("requested", "lapse"): "choosing",
        ("requested", "unlist"): "choosing",
        ("requested", "unreach"): "choosing",
        ("requested", "accept"): "meeting",
        # One entry on one list. What ends an entry of somebody who waits starts a walk.
        **_staying(("choosing", "requested", "waiting"), "join_list"),
        **_staying(("choosing", "requested", "waiting", "offered"), "ask_list_again"),
        **_staying(("choosing", "requested", "waiting", "offered"), "interest_list"),
        **_staying(("choosing", "requested", "waiting", "offered"), "agree_list"),
        **_ending_an_entry("refuse_list"),
        **_ending_an_entry("lapse_list"),
        **_ending_an_entry("leave_list"),
        **_ending_an_entry("remove_list"),
        **_ending_an_entry("drop_list"),
        **_staying((*SEEKING, "meeting"), "undo_leave"),
        **_staying(SEEKING, "park"),
        **_staying(SEEKING, "unpark"),
        **_staying(SEEKING, "late_yes"),
        **_staying((*SEEKING, "meeting"), "prioritise"),
        **_staying((*SEEKING, "meeting"), "move_list"),
        # Two referrals of one person become one: this one goes on.
        **_staying(OPEN, "merge"),
        # A place that is offered to her.
        ("waiting", "offer_place"): "offered",
        ("offered", "told"): "offered",
        ("offered", "bounce"): "offered",
        ("offered", "remind_offer"): "offered",
        ("offered", "extend"): "offered",
        ("offered", "accept"): "meeting",
        ("offered", "keep_place"): "choosing",
        ("offered", "lapse"): "choosing",
        ("offered", "stop_waiting"): "choosing",
        ("offered", "freeze"): "choosing",
        ("offered", "unlist"): "choosing",
        ("offered", "take_back"): "choosing",
        # Waiting itself.
        ("waiting", "check_in"): "waiting",
        **_staying(OPEN, "answer_check_in"),
        **_staying(SEEKING, "freeze_list"),
        **_staying(SEEKING, "go_away"),
        **_staying(OPEN, "come_back"),
        ("meeting", "contact"): "meeting",
        ("meeting", "say_go_ahead"): "meeting",
        ("meeting", "go_ahead"): "in_therapy",
        ("meeting", "not_this_time"): "choosing",
        ("in_therapy", "review"): "in_therapy",
        **_staying(("in_therapy",), "pause"),
        # Somebody who paused may look for somebody else meanwhile.
        **_staying((*SEEKING, "in_therapy"), "resume"),
        ("in_therapy", "switch"): "choosing",
        **_from_each(SEEKING, "stay", "in_therapy"),
        # The old placement ends while she looks for somebody else.
        **_staying((*SEEKING, "meeting"), "end_old"),
        **_from_each(("meeting", "in_therapy"), "end", "closed"),
        ("choosing", "remind"): "choosing",
        ("choosing", "carry_on"): "choosing",
        **_staying(("choosing", "waiting", "offered", "meeting"), "hand_over"),
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
    ("meeting", "active", "paused", "ended"),
    {
        ("", "begin"): "meeting",
        ("meeting", "go_ahead"): "active",
        ("active", "pause"): "paused",
        ("paused", "resume"): "active",
        ("meeting", "end"): "ended",
        ("active", "end"): "ended",
        ("paused", "end"): "ended",
    },
)

CHOICE = Life(
    "choice",
    ("untried", "asked", "no", "unanswered", "unavailable", "yes", "ended", "stopped"),
    {
        ("", "choose"): "untried",
        ("untried", "ask"): "asked",
        **_from_each(("untried", "asked"), "decline", "no"),
        **_from_each(("untried", "asked"), "lapse", "unanswered"),
        **_from_each(("untried", "asked"), "unlist", "unavailable"),
        ("asked", "take_back"): "untried",
        **_from_each(("untried", "asked"), "accept", "yes"),
        ("yes", "end"): "ended",
        # She had begun to look for somebody else, and stays.
        ("ended", "stay"): "yes",
        # She does not want to wait for this therapist any more, nor that a walk asks her.
        ("untried", "stop"): "stopped",
        ("stopped", "undo"): "untried",
    },
)

_LIVE = ("asked", "listed", "offered", "kept", "parked")

# "kept" is set aside while she meets somebody; the entry she met through is kept too, and placed when both go ahead.
ENTRY = Life(
    "entry",
    (*_LIVE, "placed", "refused", "unanswered", "left", "removed"),
    {
        ("", "join"): "asked",
        ("asked", "agree"): "listed",
        ("asked", "refuse"): "refused",
        ("asked", "lapse"): "unanswered",
        ("listed", "ask_again"): "asked",
        ("listed", "offer"): "offered",
        ("offered", "accept"): "kept",
        ("offered", "back"): "listed",
        **_from_each(("listed", "asked", "offered"), "park", "parked"),
        ("parked", "unpark"): "listed",
        **_from_each(("asked", "listed", "parked"), "keep", "kept"),
        ("kept", "restore"): "listed",
        ("kept", "ask_again"): "asked",
        ("kept", "place"): "placed",
        **_from_each(_LIVE, "leave", "left"),
        **_from_each(_LIVE, "remove", "removed"),
        **_from_each(("left",), "undo", "listed"),
        **_from_each(("left",), "undo_asked", "asked"),
        **_from_each(("left",), "undo_parked", "parked"),
        **_from_each(("left",), "undo_kept", "kept"),
    },
)

LIVES = (REFERRAL, OFFER, PLACEMENT, CHOICE, ENTRY)
