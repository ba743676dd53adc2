"""What happens now, who must act, by when: the words of the panel at the top of "My referral"."""

from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.translation import gettext as _

from core import clock
from core.models import Task
from referrals import change_words, codes, kinds, list_words, words
from referrals.models import Offer, Placement, Referral
from referrals.selectors.calls import call_before_telling
from referrals.selectors.check_ins import open_check_in
from referrals.selectors.lists import offered_place
from referrals.selectors.offered import offer_lines
from referrals.selectors.own import has_asked_since_switch, leaving_of, placement_now
from referrals.selectors.waiting_lists import set_aside_names, waiting_lines
from referrals.transitions import SEEKING

State, Owner = Referral.State, Referral.Owner
CALLED_ABOUT = (
    kinds.CALL_CLIENT,
    kinds.CALL_BEFORE_TELLING,
    kinds.HELP_CHOOSE,
    kinds.THERAPIST_OF_CLIENT,
    kinds.WORRY,
)


@dataclass(frozen=True, slots=True)
class NowPanel:
    """`actions` are codes of what the client can do: choose, change_choices, call_me, answer (about a place offered),
    check_in, go_ahead, not_this_time, withdraw, undo, start_again; away, back (from a holiday); pause, resume, switch;
    stay and end_old with whom she is leaving. The rows are set where the state has them.
    """

    lines: tuple[str, ...]
    actions: tuple[str, ...]
    owner: str
    due_at: datetime | None
    offer: Offer | None = None
    placement: Placement | None = None
    leaving: Placement | None = None


def now_words(referral: Referral) -> NowPanel:
    """Return the panel for the client."""
    said = {
        State.CHOOSING: _choosing,
        State.REQUESTED: _requested,
        State.WAITING: _waiting,
        State.OFFERED: _offered,
        State.MEETING: _meeting,
        State.IN_THERAPY: _in_therapy,
        State.CLOSED: _closed,
    }
    panel = said[State(referral.state)](referral)
    return _seeking(panel, referral) if referral.state in SEEKING else panel


def _seeking(panel: NowPanel, referral: Referral) -> NowPanel:
    """Add what is the same whatever she waits for: a holiday, and a therapist she still sees."""
    away = referral.away_until is not None and referral.away_until > clock.today()
    lines = [list_words.away(referral.away_until)] if away and referral.away_until else []
    leaving = leaving_of(referral)
    actions = [*panel.actions, "back" if away else "away", *(["stay", "end_old"] if leaving else [])]
    return replace(panel, lines=(*panel.lines, *lines), actions=tuple(actions), leaving=leaving)


def _choosing(referral: Referral) -> NowPanel:
    if call := call_before_telling(referral):
        return _panel(referral, [words.call_by(call.due_at, number=referral.client.phone)], ("withdraw",))
    if referral.action_owner == Owner.COORDINATOR:
        lines = [words.call_by(referral.due_at, number=referral.client.phone)] if referral.due_at else []
        return _panel(referral, lines, ("choose", "withdraw"))
    lines = [words.choose()]
    if leaving_of(referral) is not None and not has_asked_since_switch(referral):
        lines = [change_words.looking(), change_words.wait_counts_from(referral.queue_from), *lines]
    elif referral.choices.exists():
        lines = [words.nobody_left(referral.queue_from), *lines]
    return _panel(referral, lines + _call(referral), ("call_me", "choose", "withdraw"))


def _requested(referral: Referral) -> NowPanel:
    offer = Offer.objects.select_related("therapist").get(referral=referral, state=Offer.State.OPEN)
    if offer.expires_at < clock.now():
        # Until the tick has moved on; nothing false is said meanwhile.
        lines = [_("We are looking who can be asked next. This takes a minute.")]
    else:
        lines = [words.asked(words.first_name(offer.therapist.display_name), offer.expires_at)]
    lines += waiting_lines(referral)
    return _panel(referral, lines + _call(referral), ("change_choices", "call_me", "withdraw"), offer=offer)


def _waiting(referral: Referral) -> NowPanel:
    lines = waiting_lines(referral) or [_("We are looking who can be asked next. This takes a minute.")]
    actions: tuple[str, ...] = ("change_choices", "call_me", "withdraw")
    if open_check_in(referral) is not None:
        lines.append(list_words.check_in())
        actions = ("check_in", *actions)
    elif referral.check_in_at is not None:
        lines.append(list_words.check_in_on(referral.check_in_at))
    lines.append(list_words.nobody_watches())
    return _panel(referral, lines + _call(referral), actions)


def _offered(referral: Referral) -> NowPanel:
    offer = offered_place(referral)
    if offer is None or offer.expires_at < clock.now():
        # Until the tick has moved on. The page of the offer says what she can still do.
        lines = [_("The time to answer is over. You stay on the list. This page tells you more in a minute.")]
        return _panel(referral, lines + _call(referral), ("call_me", "withdraw"))
    lines = offer_lines(offer, referral)
    return _panel(referral, lines + _call(referral), ("answer", "call_me", "withdraw"), offer=offer)


def _meeting(referral: Referral) -> NowPanel:
    placement = _live(referral)
    name = words.first_name(placement.therapist.display_name)
    decide = ("go_ahead", "not_this_time", "call_me", "withdraw")
    if placement.contacted_at is None:
        if referral.action_owner == Owner.COORDINATOR and referral.due_at is not None:
            sorry = _("%(name)s has not told us yet that you have been contacted. We are asking.") % {"name": name}
            promise = words.call_by(referral.due_at, number=referral.client.phone)
            return _panel(referral, [sorry, promise], decide, placement=placement)
        lines = [words.meeting(name, placement.contact_due_at)]
    elif placement.client_go_ahead_at is not None:
        return _panel(
            referral, [words.you_go_ahead(name)], ("not_this_time", "call_me", "withdraw"), placement=placement
        )
    elif placement.therapist_go_ahead_at is not None:
        lines = [words.therapist_goes_ahead(name)]
    else:
        lines = [words.met_decide(name)]
    if aside := set_aside_names(referral, placement.therapist_id):
        lines.append(list_words.set_aside(aside))
    return _panel(referral, lines + _call(referral), decide, placement=placement)


def _in_therapy(referral: Referral) -> NowPanel:
    placement = _live(referral)
    name = words.first_name(placement.therapist.display_name)
    if placement.paused_until is not None:
        lines, change = [change_words.paused(name), change_words.paused_until(placement.paused_until)], "resume"
    else:
        lines, change = [words.in_therapy(name)], "pause"
        if referral.due_at is not None:
            lines.append(words.review_by(referral.due_at))
    actions = (change, "switch", "call_me", "withdraw")
    return _panel(referral, lines + _call(referral), actions, placement=placement)


def _closed(referral: Referral) -> NowPanel:
    lines, actions = [words.finished()], ["start_again"]
    undo = referral.undo_until
    if referral.closed_code == codes.WITHDRAWN and undo is not None and clock.now() <= undo:
        lines.append(words.undo_until(undo))
        actions = ["undo", *actions]
    return _panel(referral, lines, tuple(actions))


def _call(referral: Referral) -> list[str]:
    """Somebody will call, or write where no number is known, when a call is on a human's list."""
    calls = Task.objects.filter(
        kind__in=CALLED_ABOUT,
        subject_type="referral",
        subject_id=referral.pk,
        state=Task.State.OPEN,
    )
    first = calls.order_by("due_at").first()
    return [words.call_by(first.due_at, number=referral.client.phone)] if first else []


def _live(referral: Referral) -> Placement:
    live = placement_now(referral)
    if live is None:
        raise Placement.DoesNotExist
    return live


def _panel(
    referral: Referral,
    lines: list[str],
    actions: tuple[str, ...],
    *,
    offer: Offer | None = None,
    placement: Placement | None = None,
) -> NowPanel:
    return NowPanel(tuple(lines), actions, referral.action_owner, referral.due_at, offer, placement)
