"""My referral: what happens now, who must act and by when, and everything she can do about it. Every act is a POST."""

import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from core import leave
from core.forms import posted
from core.policy import client_session
from referrals import list_words, words
from referrals.answers import Chosen
from referrals.errors import AlreadySaidNo, CallFirst, NotAllowed, Refused
from referrals.forms.safety import NumberForm
from referrals.models import Referral
from referrals.presenters.mine import choice_rows, message_rows, to_talk_about
from referrals.presenters.offered import offer_page
from referrals.selectors.alternatives import others_with_a_place
from referrals.selectors.now import now_words
from referrals.selectors.own import choices_of, has_met_somebody, sent_messages
from referrals.selectors.timeline import timeline
from referrals.selectors.waiting_lists import could_be_asked_now, could_wait_for, list_rows
from referrals.services.choices import choices_change
from referrals.services.placements import go_ahead, not_this_time
from referrals.services.sign_in import referral_opened
from referrals.services.withdrawal import call_me, withdraw, withdraw_undo
from referrals.sessions import EDIT_KEY, FRESH_KEY, OPENED_KEY
from referrals.views.check import spoken
from referrals.views.clients import actor_of, my_own
from referrals.views.drafts import kept_list, list_edit_end, list_edit_of, list_edit_start
from referrals.words import first_name

HERS = "it is her own referral, proved by a code"


@leave.open_after_leaving
@client_session(HERS)
@never_cache
@require_GET
@my_own
def my_referral(request: HttpRequest, referral: Referral) -> HttpResponse:
    if request.session.pop(FRESH_KEY, False) or OPENED_KEY not in request.session:
        before = referral_opened(referral=referral, actor=actor_of(referral))
        request.session[OPENED_KEY] = before.isoformat() if before else ""
    list_edit_end(request)
    now = now_words(referral)
    lists = list_rows(referral) if referral.state != Referral.State.CLOSED else []
    context = {
        "referral": referral,
        "spoken": spoken(referral.reference),
        "now": now,
        "timeline": timeline(referral, viewer="client"),
        "choices": choice_rows(choices_of(referral), lists),
        "lists": lists,
        "page": offer_page(now.offer, referral) if now.offer is not None and "answer" in now.actions else None,
        **_instead(referral),
        "messages_sent": message_rows(sent_messages(referral)),
        "opened_before": _opened(request),
        "can": dict.fromkeys(now.actions, True),
        "leaving": first_name(now.leaving.therapist.display_name) if now.leaving else "",
        "has_met": has_met_somebody(referral),
        "talking": to_talk_about(referral, now.placement),
        "name": first_name(now.placement.therapist.display_name) if now.placement else "",
    }
    return render(request, "referrals/my_referral.html", context)


def _instead(referral: Referral) -> dict[str, Any]:
    """Return what she could do instead of waiting; nothing is looked for while there is no need."""
    if referral.state not in (Referral.State.WAITING, Referral.State.CHOOSING):
        return {}
    waiting = referral.state == Referral.State.WAITING
    return {
        "askable": could_be_asked_now(referral),
        "could_wait": could_wait_for(referral),
        "others_words": list_words.others_now(others_with_a_place(referral)) if waiting else "",
    }


def _opened(request: HttpRequest) -> datetime.datetime | None:
    text = request.session.get(OPENED_KEY)
    return datetime.datetime.fromisoformat(text) if text else None


@client_session(HERS)
@require_POST
@my_own
def change_choices(request: HttpRequest, referral: Referral) -> HttpResponse:
    """Begin to change the list. Nothing changes until it is saved."""
    if referral.state == Referral.State.CHOOSING and "choose" not in now_words(referral).actions:
        return _too_late(request)
    if list_edit_start(request) is None:
        return _too_late(request)
    return redirect("referrals:choices")


@client_session(HERS)
@require_POST
@my_own
def see_others(request: HttpRequest, referral: Referral) -> HttpResponse:
    """Begin to change the list, at the people who fit. Nothing changes until it is saved."""
    if list_edit_start(request) is None:
        return _too_late(request)
    return redirect("referrals:matches")


@client_session(HERS)
@require_POST
@my_own
def save_choices(request: HttpRequest, referral: Referral) -> HttpResponse:
    edit = list_edit_of(request)
    if edit is None:
        raise Http404
    if EDIT_KEY not in request.session:
        # She left it in another tab: what that page shows is not kept, so it must not be called saved.
        return _too_late(request)
    try:
        choices_change(referral=referral, choices=edit.answers.choices, actor=actor_of(referral))
    except Refused as refused:
        if isinstance(refused, AlreadySaidNo):
            _drop(request, edit.answers.choices, set(refused.therapist_ids))
        messages.warning(request, str(refused))
        if isinstance(refused, CallFirst):
            return redirect("referrals:my_referral")
        return redirect("referrals:choices")
    except NotAllowed:
        return _too_late(request)
    list_edit_end(request)
    messages.success(request, _("Your choices are saved."))
    return redirect("referrals:my_referral")


def _drop(request: HttpRequest, choices: tuple[Chosen, ...], gone: set[int]) -> None:
    request.session[EDIT_KEY] = kept_list(choice for choice in choices if choice.therapist not in gone)


@client_session(HERS)
@require_POST
@my_own
def decide(request: HttpRequest, referral: Referral) -> HttpResponse:
    """After the first meeting: go ahead, or not this time. Neither needs a reason."""
    placement = now_words(referral).placement
    if placement is None:
        return _too_late(request)
    act = {"go_ahead": go_ahead, "not_this_time": not_this_time}.get(request.POST.get("decision", ""))
    if act is None:
        raise Http404
    try:
        act(placement=placement, side="client", actor=actor_of(referral))
    except (Refused, NotAllowed):
        return _too_late(request)
    messages.success(request, _("Thank you. We have noted that."))
    return redirect("referrals:my_referral")


@client_session(HERS)
@my_own
def not_this_time_page(request: HttpRequest, referral: Referral) -> HttpResponse:
    """Ask once before a first meeting is given up: what happens then, and that no reason is needed."""
    if "not_this_time" not in now_words(referral).actions:
        return redirect("referrals:my_referral")
    return render(request, "referrals/not_this_time.html", {"back_url": reverse("referrals:my_referral")})


@client_session(HERS)
@require_POST
@my_own
def ask_call(request: HttpRequest, referral: Referral) -> HttpResponse:
    """ "Call me back", and "she has not contacted me": both open a call that a person owes her."""
    if not referral.client.phone:
        return redirect("referrals:my_number")
    return _call_opened(request, referral)


@client_session(HERS)
@never_cache
@my_own
def my_number(request: HttpRequest, referral: Referral) -> HttpResponse:
    """Ask for a number before a call is promised. Whoever has no safe one is written to."""
    if referral.client.phone or "call_me" not in now_words(referral).actions:
        return redirect("referrals:my_referral")
    form = NumberForm(posted(request))
    if request.method == "POST" and "write" in request.POST:
        return _call_opened(request, referral)
    if request.method == "POST" and form.is_valid():
        voicemail_ok = "ok" in form.cleaned_data["voicemail"]
        return _call_opened(request, referral, phone=form.cleaned_data["phone"], voicemail_ok=voicemail_ok)
    return render(request, "referrals/my_number.html", {"form": form, "back_url": reverse("referrals:my_referral")})


def _call_opened(
    request: HttpRequest, referral: Referral, *, phone: str = "", voicemail_ok: bool = False
) -> HttpResponse:
    try:
        task = call_me(referral=referral, actor=actor_of(referral), phone=phone, voicemail_ok=voicemail_ok)
    except (Refused, NotAllowed):
        return _too_late(request)
    messages.success(request, words.call_by(task.due_at, number=phone or referral.client.phone))
    return redirect("referrals:my_referral")


@client_session(HERS)
@my_own
def stop(request: HttpRequest, referral: Referral) -> HttpResponse:
    """Ask before stopping. It can be undone for seven days, and that is said."""
    if request.method == "POST":
        try:
            withdraw(referral=referral, actor=actor_of(referral))
        except (Refused, NotAllowed):
            return _too_late(request)
        messages.success(request, _("Your referral is stopped."))
        return redirect("referrals:my_referral")
    if referral.state == Referral.State.CLOSED:
        return redirect("referrals:my_referral")
    return render(
        request, "referrals/stop.html", {"ends": _ends(referral), "back_url": reverse("referrals:my_referral")}
    )


def _ends(referral: Referral) -> dict[str, str]:
    """Return by name with whom it ends, and whether she is looking for somebody else."""
    now = now_words(referral)
    return {
        "leaving": first_name(now.leaving.therapist.display_name) if now.leaving else "",
        "with": first_name(now.placement.therapist.display_name) if now.placement else "",
    }


@client_session(HERS)
@require_POST
@my_own
def undo_stop(request: HttpRequest, referral: Referral) -> HttpResponse:
    try:
        withdraw_undo(referral=referral, actor=actor_of(referral))
    except (Refused, NotAllowed) as refused:
        messages.warning(request, str(refused))
        return redirect("referrals:my_referral")
    messages.success(request, _("Your referral is open again. Your place in time is kept."))
    return redirect("referrals:my_referral")


def _too_late(request: HttpRequest) -> HttpResponse:
    """Something else happened first: say so kindly and show how things stand."""
    messages.info(request, _("Things have changed in the meantime. Here is what happens now."))
    return redirect("referrals:my_referral")
