"""Everything that happened to a referral, in words. What could only hurt or give away is left out for the client."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext_lazy

from referrals import change_words, list_words, words
from referrals.models import EventReason, Referral, ReferralEvent
from therapists.models import Therapist

CLIENT, STAFF = "client", "staff"
# "I could take this" may still become a no; the rest is between us and the therapist, or the machine's own steps.
NOT_FOR_CLIENTS = frozenset({"interest", "interest_list", "rewalk", "ask_list_again", "told", "wait", "prioritise"})

Said = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class TimelineItem:
    """`who` and `reason` (why somebody on the desk did it) are empty for the client. `match_run` names the list that
    somebody chose from, `offer` the place that was offered; both are None for the client.
    """

    at: datetime
    words: str
    action: str
    who: str = ""
    match_run: int | None = None
    reason: str = ""
    offer: int | None = None


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
    "unreach": words.not_reached,
    "accept": _lazy(gettext_lazy("%(name)s said yes to a first meeting.")),
    "contact": _lazy(gettext_lazy("%(name)s told us that you have been contacted.")),
    "go_ahead": words.in_therapy,
    "not_this_time": words.not_on,
    "review": _lazy(gettext_lazy("Time to look together at how it goes.")),
    "end": change_words.ended,
    "remind": _lazy(gettext_lazy("We reminded you that it is your turn to choose.")),
    "carry_on": _lazy(gettext_lazy("We talked about what happens next.")),
    "hand_over": _lazy(gettext_lazy("We took over the next step.")),
    "call_me": _lazy(gettext_lazy("You asked us to call you.")),
    "withdraw": _lazy(gettext_lazy("You stopped this request.")),
    "redirect": _lazy(gettext_lazy("We agreed on other help for you.")),
    "close": _lazy(gettext_lazy("This request was closed.")),
    "undo": _lazy(gettext_lazy("You opened this request again.")),
    "reopen": _lazy(gettext_lazy("We opened this request again.")),
    "wait": _lazy(gettext_lazy("You are waiting for a place.")),
    "rewalk": _lazy(gettext_lazy("We looked at the list again.")),
    "join_list": _lazy(gettext_lazy("We asked %(name)s if you can wait for a place.")),
    "ask_list_again": _lazy(gettext_lazy("We asked %(name)s again if this still fits.")),
    "interest_list": _lazy(gettext_lazy("%(name)s is checking whether you can wait for a place.")),
    "late_yes": _lazy(gettext_lazy("You told us that you still want a place with %(name)s.")),
    "agree_list": _lazy(gettext_lazy("You are on %(name)s’s waiting list.")),
    "refuse_list": list_words.list_no,
    "lapse_list": list_words.list_no_answer,
    "leave_list": _lazy(gettext_lazy("You stopped waiting for %(name)s.")),
    "remove_list": list_words.removed,
    "drop_list": words.unlisted,
    "undo_leave": _lazy(gettext_lazy("You went back to %(name)s’s list.")),
    "park": _lazy(gettext_lazy("Your place on %(name)s’s list is on hold. You keep it.")),
    "unpark": _lazy(gettext_lazy("Your place on %(name)s’s list counts again.")),
    "prioritise": _lazy(gettext_lazy("The order on %(name)s’s list was changed.")),
    "move_list": _lazy(gettext_lazy("We moved you to %(name)s’s list, as we agreed.")),
    "merge": _lazy(gettext_lazy("We made one request of two that you had sent.")),
    "offer_place": _lazy(gettext_lazy("A place with %(name)s was offered to you.")),
    "told": _lazy(gettext_lazy("The message about the place with %(name)s went out.")),
    "bounce": _lazy(gettext_lazy("Our message about the place with %(name)s did not reach you.")),
    "remind_offer": _lazy(gettext_lazy("We reminded you of the place with %(name)s.")),
    "extend": _lazy(gettext_lazy("You have more time to answer about the place with %(name)s.")),
    "keep_place": _lazy(gettext_lazy("You said “not this time” and kept your place on %(name)s’s list.")),
    "stop_waiting": _lazy(gettext_lazy("You stopped waiting for %(name)s.")),
    "freeze": list_words.taken_back,
    "freeze_list": list_words.frozen,
    "check_in": _lazy(gettext_lazy("We asked how it is going while you wait.")),
    "answer_check_in": _lazy(gettext_lazy("You told us how it is going.")),
    "go_away": _lazy(gettext_lazy("You told us that you are away.")),
    "come_back": _lazy(gettext_lazy("You are back, and places can be offered to you again.")),
    "pause": _lazy(gettext_lazy("You and %(name)s take a break. Your place is kept.")),
    "resume": _lazy(gettext_lazy("You and %(name)s go on after the break.")),
    "switch": _lazy(gettext_lazy("You began to look for somebody else. %(name)s stays with you until then.")),
    "stay": change_words.staying,
    "end_old": change_words.ended,
}

# The same act means something else when it was her answer, or her time, that counted.
WORDS_OF_A_PLACE: dict[str, Said] = {
    "accept": _lazy(gettext_lazy("You said yes to a first meeting with %(name)s.")),
    "lapse": list_words.time_over,
    "unlist": list_words.taken_back,
}
# Read by the desk alone.
PUT_FORWARD = _lazy(gettext_lazy("Put forward on %(name)s’s list."))
IN_TURN_AGAIN = _lazy(gettext_lazy("In turn again on %(name)s’s list."))
BY_THE_THERAPIST = change_words.switch_of_the_therapist
# Taken back by us, because somebody she likes better has a place.
STEPPED_UP = _lazy(gettext_lazy("We told %(name)s that you need no answer: somebody you put higher has a place."))


def timeline(referral: Referral, *, viewer: str = CLIENT) -> list[TimelineItem]:
    """Return what happened, oldest first. viewer: "client" or "staff". Three queries at most."""
    events = list(ReferralEvent.objects.filter(referral=referral).order_by("pk"))
    ids = {event.detail.get(key) for event in events for key in ("therapist", "left")} - {None}
    names = dict(Therapist.objects.filter(pk__in=ids).values_list("pk", "display_name"))
    hidden = _not_told_yet(events) if viewer == CLIENT else set()
    reasons = _reasons(referral, viewer)
    return [_item(event, names, reasons) for event in events if event.pk not in hidden]


def _reasons(referral: Referral, viewer: str) -> dict[int, str] | None:
    """Return why somebody on the desk did what she did, by event; None for the client, who reads none of it."""
    if viewer == CLIENT:
        return None
    return dict(EventReason.objects.filter(event__referral=referral).values_list("event_id", "reason"))


def _item(event: ReferralEvent, names: dict[int, str], reasons: dict[int, str] | None) -> TimelineItem:
    name = words.first_name(names.get(event.detail.get("therapist", 0), ""))
    if event.action == "say_go_ahead":
        mine = event.detail.get("side") == CLIENT
        said = words.you_go_ahead(name) if mine else words.therapist_goes_ahead(name)
    else:
        said = " ".join([_said(event)(name), *_dated(event), *_left(event, names)])
    if reasons is None:
        return TimelineItem(event.at, said, event.action)
    detail = event.detail
    offer = detail.get("offer") if event.action == "offer_place" else None
    return TimelineItem(
        event.at, said, event.action, event.actor_label, detail.get("match_run"), reasons.get(event.pk, ""), offer
    )


def _said(event: ReferralEvent) -> Said:
    if event.action == "prioritise":
        return PUT_FORWARD if event.detail.get("priority") else IN_TURN_AGAIN
    if event.action == "switch" and event.detail.get("side") == "therapist":
        return BY_THE_THERAPIST
    if event.from_state == Referral.State.OFFERED and event.action in WORDS_OF_A_PLACE:
        return WORDS_OF_A_PLACE[event.action]
    if event.action == "take_back" and event.actor_type == "system":
        return STEPPED_UP
    return WORDS[event.action]


def _dated(event: ReferralEvent) -> list[str]:
    """Return until when somebody is away or pauses, as a sentence of its own."""
    until = event.detail.get("until") if event.action in ("pause", "go_away") else None
    return [change_words.until_then(date.fromisoformat(until))] if until else []


def _left(event: ReferralEvent, names: dict[int, str]) -> list[str]:
    """Return with whom it ended when somebody else said yes."""
    left = event.detail.get("left")
    return [change_words.ended(words.first_name(names.get(left, "")))] if left else []


def _not_told_yet(events: list[ReferralEvent]) -> set[int]:
    """A no after which a human calls first is told by that human; until she has, it stands nowhere."""
    called = {event.pk for event in events if event.action == "carry_on"}
    last_call = max(called, default=0)
    waiting = {event.pk for event in events if event.detail.get("call_first") and event.pk > last_call}
    return waiting | _said_again(events) | {event.pk for event in events if event.action in NOT_FOR_CLIENTS}


def _said_again(events: list[ReferralEvent]) -> set[int]:
    """A therapist's later yes to the same person on her list is no news to the client."""
    known: set[object] = set()
    again = set()
    for event in events:
        if event.action == "agree_list":
            entry = event.detail.get("entry")
            if entry in known:
                again.add(event.pk)
            known.add(entry)
    return again
