"""Everything that happened to a referral, in words. What could only hurt or give away is left out for the client."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy

from referrals import words
from referrals.models import Referral, ReferralEvent
from therapists.models import Therapist

CLIENT, STAFF = "client", "staff"
# "I could take this" may still become a no.
NOT_FOR_CLIENTS = frozenset({"interest"})

Said = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class TimelineItem:
    """`who` is empty for the client, `match_run` None: it names the list that somebody chose from."""

    at: datetime
    words: str
    action: str
    who: str = ""
    match_run: int | None = None


def _lazy(text: object) -> Said:
    return lambda name: str(text) % {"name": name} if name else str(text)


WORDS: dict[str, Said] = {
    "submit": _lazy(gettext_lazy("You sent your request.")),
    "ask": _lazy(gettext_lazy("We asked %(name)s.")),
    "change_choices": _lazy(gettext_lazy("You changed your list.")),
    "take_back": _lazy(gettext_lazy("You took %(name)s off your list.")),
    "interest": _lazy(gettext_lazy("%(name)s is checking whether a first meeting can be offered.")),
    "decline": words.a_no,
    "lapse": words.no_answer,
    "unlist": words.unlisted,
    "accept": _lazy(gettext_lazy("%(name)s said yes to a first meeting.")),
    "contact": _lazy(gettext_lazy("%(name)s told us that you have been contacted.")),
    "go_ahead": words.in_therapy,
    "not_this_time": words.not_on,
    "review": _lazy(gettext_lazy("Time to look together at how it goes.")),
    "end": _lazy(gettext_lazy("Your sessions with %(name)s have ended.")),
    "remind": _lazy(gettext_lazy("We reminded you that it is your turn to choose.")),
    "carry_on": _lazy(gettext_lazy("We talked about what happens next.")),
    "hand_over": _lazy(gettext_lazy("We took over the next step.")),
    "call_me": _lazy(gettext_lazy("You asked us to call you.")),
    "withdraw": _lazy(gettext_lazy("You stopped this request.")),
    "redirect": _lazy(gettext_lazy("We agreed on other help for you.")),
    "close": _lazy(gettext_lazy("This request was closed.")),
    "undo": _lazy(gettext_lazy("You opened this request again.")),
    "reopen": _lazy(gettext_lazy("We opened this request again.")),
}


def timeline(referral: Referral, *, viewer: str = CLIENT) -> list[TimelineItem]:
    """Return what happened, oldest first. viewer: "client" or "staff". Two queries."""
    events = list(ReferralEvent.objects.filter(referral=referral).order_by("pk"))
    ids = {event.detail.get("therapist") for event in events} - {None}
    names = dict(Therapist.objects.filter(pk__in=ids).values_list("pk", "display_name"))
    hidden = _not_told_yet(events) if viewer == CLIENT else set()
    return [_item(event, names, viewer) for event in events if event.pk not in hidden]


def _item(event: ReferralEvent, names: dict[int, str], viewer: str) -> TimelineItem:
    name = words.first_name(names.get(event.detail.get("therapist", 0), ""))
    if event.action == "say_go_ahead":
        mine = event.detail.get("side") == CLIENT
        said = words.you_go_ahead(name) if mine else words.therapist_goes_ahead(name)
    else:
        said = WORDS[event.action](name)
    if viewer == CLIENT:
        return TimelineItem(event.at, said, event.action)
    return TimelineItem(event.at, said, event.action, event.actor_label, event.detail.get("match_run"))


def _not_told_yet(events: list[ReferralEvent]) -> set[int]:
    """A no after which a human calls first is told by that human; until she has, it stands nowhere."""
    called = {event.pk for event in events if event.action == "carry_on"}
    last_call = max(called, default=0)
    waiting = {event.pk for event in events if event.detail.get("call_first") and event.pk > last_call}
    return waiting | {event.pk for event in events if event.action in NOT_FOR_CLIENTS}
