"""What she changes by herself: a holiday from waiting, a pause of her sessions, somebody else, and back again."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from core import clock
from core.forms import posted
from core.policy import client_session
from referrals import change_words, clocks, words
from referrals.errors import NotAllowed, Refused
from referrals.forms.changes import MANY, SwitchForm, UntilForm
from referrals.forms.safety import NumberForm
from referrals.models import Placement, Referral
from referrals.selectors.now import now_words
from referrals.selectors.own import has_met_somebody
from referrals.services.pausing import placement_pause, placement_resume, waiting_pause, waiting_resume
from referrals.services.switching import old_end, switch, switch_undo
from referrals.services.worries import worry_raise
from referrals.views.clients import actor_of, my_own
from referrals.words import first_name

HERS = "it is her own referral, proved by a code"
CLIENT = "client"


@client_session(HERS)
@never_cache
@my_own
def away(request: HttpRequest, referral: Referral) -> HttpResponse:
    """I am away until: no place is offered before that day, and no turn is lost."""
    actions = now_words(referral).actions
    if "away" not in actions and "back" not in actions:
        return redirect("referrals:my_referral")
    form = UntilForm(posted(request), initial={"until": referral.away_until})
    if request.method == "POST" and form.is_valid():
        until = form.cleaned_data["until"]
        return _do(
            request,
            lambda: waiting_pause(referral=referral, back_on=until, actor=actor_of(referral)),
            f"{change_words.away_until(until)} {change_words.turn_kept()}",
        )
    return _page(request, "my_away", form=form)


@client_session(HERS)
@require_POST
@my_own
def back(request: HttpRequest, referral: Referral) -> HttpResponse:
    """I am back, earlier than I said."""
    return _do(
        request,
        lambda: waiting_resume(referral=referral, actor=actor_of(referral)),
        _("Welcome back. From now on we can offer you places again."),
    )


@client_session(HERS)
@never_cache
@my_own
def my_pause(request: HttpRequest, referral: Referral) -> HttpResponse:
    """Pause the sessions until a day; the place stays hers."""
    panel = now_words(referral)
    placement = panel.placement
    if placement is None or "pause" not in panel.actions:
        return redirect("referrals:my_referral")
    name = _name(placement)
    form = UntilForm(posted(request), label=_("The day your sessions go on"))
    if request.method == "POST" and form.is_valid():
        until = form.cleaned_data["until"]
        return _do(
            request,
            lambda: placement_pause(placement=placement, side=CLIENT, until=until, actor=actor_of(referral)),
            _("Thank you. We tell %(name)s.") % {"name": name},
        )
    return _page(request, "my_pause", form=form, name=name)


@client_session(HERS)
@require_POST
@my_own
def my_resume(request: HttpRequest, referral: Referral) -> HttpResponse:
    """Go on now, before the pause is over."""
    panel = now_words(referral)
    placement = panel.placement
    if placement is None or "resume" not in panel.actions:
        return _too_late(request)
    return _do(
        request,
        lambda: placement_resume(placement=placement, actor=actor_of(referral)),
        _("Thank you. We tell %(name)s that you go on.") % {"name": _name(placement)},
    )


@client_session(HERS)
@never_cache
@my_own
def my_switch(request: HttpRequest, referral: Referral) -> HttpResponse:
    """Look for somebody else, without a reason; ask once, and say what happens."""
    panel = now_words(referral)
    placement = panel.placement
    if placement is None or "switch" not in panel.actions:
        return redirect("referrals:my_referral")
    name = _name(placement)
    form = SwitchForm(posted(request))
    if request.method == "POST" and form.is_valid():
        many = form.cleaned_data["sessions"] == MANY
        return _do(
            request,
            lambda: switch(placement=placement, side=CLIENT, many_sessions=many, actor=actor_of(referral)),
            change_words.goes_on_until_then(name),
        )
    return _page(request, "my_switch", form=form, name=name, since=referral.queue_from)


@client_session(HERS)
@never_cache
@my_own
def my_stay(request: HttpRequest, referral: Referral) -> HttpResponse:
    """Stay with the therapist after all: what was asked and waited for meanwhile ends."""
    leaving = now_words(referral).leaving
    if leaving is None:
        return redirect("referrals:my_referral")
    if request.method == "POST":
        return _do(
            request,
            lambda: switch_undo(referral=referral, actor=actor_of(referral)),
            change_words.staying(_name(leaving)),
        )
    return _page(request, "my_stay", name=_name(leaving))


@client_session(HERS)
@never_cache
@my_own
def my_end_old(request: HttpRequest, referral: Referral) -> HttpResponse:
    """End it with the therapist she is leaving, before she has met anybody else."""
    leaving = now_words(referral).leaving
    if leaving is None:
        return redirect("referrals:my_referral")
    if request.method == "POST":
        return _do(
            request,
            lambda: old_end(placement=leaving, actor=actor_of(referral)),
            change_words.ended(_name(leaving)),
        )
    return _page(request, "my_end_old", name=_name(leaving))


@client_session(HERS)
@never_cache
@my_own
def worry(request: HttpRequest, referral: Referral) -> HttpResponse:
    """I am worried about something my therapist did: a call, whoever to turn to at once, and nothing to write."""
    if not has_met_somebody(referral):
        return redirect("referrals:my_referral")
    is_open = referral.state != Referral.State.CLOSED
    form = None if referral.client.phone or not is_open else NumberForm(posted(request))
    asked = request.method == "POST" and is_open
    if asked and (form is None or "write" in request.POST):
        return _worry_call(request, referral)
    if asked and form is not None and form.is_valid():
        voicemail_ok = "ok" in form.cleaned_data["voicemail"]
        return _worry_call(request, referral, phone=form.cleaned_data["phone"], voicemail_ok=voicemail_ok)
    by = clocks.call_due(referral.client.nation, clock.now())
    # Whoever has left no number is about to: the promise is for that one.
    promise = words.call_by(by, number=referral.client.phone or "the number she leaves")
    return _page(request, "my_worry", form=form, promise=promise, open=is_open)


def _worry_call(
    request: HttpRequest, referral: Referral, *, phone: str = "", voicemail_ok: bool = False
) -> HttpResponse:
    try:
        task = worry_raise(referral=referral, actor=actor_of(referral), phone=phone, voicemail_ok=voicemail_ok)
    except (Refused, NotAllowed):
        return _too_late(request)
    promise = words.call_by(task.due_at, number=phone or referral.client.phone)
    messages.success(request, change_words.worry_call(promise))
    return redirect("referrals:my_referral")


def _name(placement: Placement) -> str:
    return first_name(placement.therapist.display_name)


def _page(request: HttpRequest, template: str, **context: Any) -> HttpResponse:
    context["back_url"] = reverse("referrals:my_referral")
    return render(request, f"referrals/{template}.html", context)


def _do(request: HttpRequest, act: Callable[[], object], done: str) -> HttpResponse:
    """Do it, say so, and show how things stand. Something else may have happened first."""
    try:
        changed = act()
    except (Refused, NotAllowed):
        return _too_late(request)
    if changed is False:
        return _too_late(request)
    messages.success(request, done)
    return redirect("referrals:my_referral")


def _too_late(request: HttpRequest) -> HttpResponse:
    messages.info(request, _("Things have changed in the meantime. Here is what happens now."))
    return redirect("referrals:my_referral")
