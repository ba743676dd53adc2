"""A referral as the desk sees it, and the few acts that are a person's to do, each with a logged reason."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from accounts.actors import for_request
from core.actors import Actor
from core.forms import posted
from core.policy import allow
from referrals.errors import Refused
from referrals.forms.desk import CloseReferralForm, ReasonForm
from referrals.models import Referral
from referrals.selectors.lists import entries_of, offered_place
from referrals.selectors.now import now_words
from referrals.selectors.scope import referrals_visible_to
from referrals.selectors.summary import client_card
from referrals.selectors.timeline import timeline
from referrals.services import coordination
from referrals.transitions import REFERRAL, NotAllowed
from referrals.views.desk_entries import acts_on

STAFF = ("coordinator", "safety_clinician")


@dataclass(frozen=True)
class Act:
    """One thing the desk may do. `step` is its name in the table of transitions: not offered where it is illegal."""

    step: str
    title: Promise | str
    says: Promise | str
    form: type[forms.Form]
    do: Callable[..., object]
    button: Promise | str
    warns: bool = False
    roles: frozenset[str] = frozenset({"coordinator"})


ACTS = {
    "carry-on": Act(
        "carry_on",
        gettext_lazy("Ask the next choice"),
        gettext_lazy("You have spoken with the client. Their next untried choice is asked now."),
        ReasonForm,
        coordination.carry_on,
        gettext_lazy("Ask the next choice"),
        roles=frozenset(STAFF),
    ),
    "redirect": Act(
        "redirect",
        gettext_lazy("Lead to other help"),
        gettext_lazy("The client needs something else than this service. The referral ends and they are told."),
        ReasonForm,
        coordination.redirect,
        gettext_lazy("Lead to other help"),
        warns=True,
        roles=frozenset(STAFF),
    ),
    "withdraw": Act(
        "withdraw",
        gettext_lazy("Stop for the client"),
        gettext_lazy("The client asked you to stop it for them. They can undo this for 7 days."),
        ReasonForm,
        coordination.withdraw_for,
        gettext_lazy("Stop it for the client"),
        warns=True,
    ),
    "close": Act(
        "close",
        gettext_lazy("Close"),
        gettext_lazy("Only for a duplicate, a death, or somebody who cannot be reached after recorded attempts."),
        CloseReferralForm,
        coordination.close_administratively,
        gettext_lazy("Close the referral"),
        warns=True,
    ),
    "reopen": Act(
        "reopen",
        gettext_lazy("Open again"),
        gettext_lazy("The client can choose again. Their wait counts from when they first sent it."),
        ReasonForm,
        coordination.reopen,
        gettext_lazy("Open it again"),
    ),
}


@allow(*STAFF)
@require_GET
def referral(request: HttpRequest, pk: int) -> HttpResponse:
    """Who acts next and by when, how to reach the client, what happened."""
    actor = for_request(request)
    row = _referral(actor, pk)
    context = {
        "referral": row,
        "now_panel": now_words(row),
        "client": client_card(row, actor=actor, purpose="desk"),
        "timeline": timeline(row, viewer="staff"),
        "choices": list(row.choices.select_related("therapist")),
        "may_ask_why": actor.holds("coordinator"),
        "entries": _entries(row),
        "offer": offered_place(row),
        "acts": [{"slug": slug, "title": known.title} for slug, known in ACTS.items() if _possible(row, known, actor)],
    }
    return render(request, "desk/referral.html", context)


@allow(*STAFF)
@require_http_methods(["GET", "POST"])
def act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """Do one of ACTS, after asking for the reason."""
    if act not in ACTS:
        raise Http404
    actor, known = for_request(request), ACTS[act]
    row = _referral(actor, pk)
    if not _possible(row, known, actor):
        messages.info(request, _("This is not possible any more: the referral has changed in the meantime."))
        return redirect("referrals:desk_referral", pk)
    form = known.form(posted(request))
    if request.method == "POST" and form.is_valid():
        _do(request, lambda: known.do(referral=row, actor=actor, **form.cleaned_data))
        return redirect("referrals:desk_referral", pk)
    context: dict[str, Any] = {"referral": row, "act": known, "form": form}
    return render(request, "desk/act.html", context)


def _entries(row: Referral) -> list[dict[str, Any]]:
    entries = entries_of(row)
    for entry in entries:
        entry.referral = row
    return [{"entry": entry, "acts": acts_on(entry)} for entry in entries]


def _do(request: HttpRequest, do: Callable[[], object]) -> None:
    try:
        do()
    except NotAllowed:
        messages.info(request, _("This is not possible any more: the referral has changed in the meantime."))
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Done, with your reason on record."))


def _possible(row: Referral, known: Act, actor: Actor) -> bool:
    return (row.state, known.step) in REFERRAL.table and actor.holds(*known.roles)


def _referral(actor: Actor, pk: int) -> Referral:
    return get_object_or_404(referrals_visible_to(actor).select_related("client", "funder"), pk=pk)
