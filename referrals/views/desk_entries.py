"""What a coordinator may do with somebody's entry on a list, each confirmed by name and with a logged reason."""

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
from django.views.decorators.http import require_http_methods

from accounts.actors import for_request
from core import clock
from core.actors import Actor
from core.forms import posted
from core.policy import allow
from referrals.errors import Refused
from referrals.forms.desk import ReasonForm
from referrals.forms.desk_lists import MoveForm
from referrals.models import WaitingListEntry
from referrals.selectors.desk_lists import whose_list
from referrals.selectors.lists import entries_visible_to
from referrals.selectors.summary import client_card
from referrals.services import lists
from referrals.services.lists import LOOSE
from referrals.transitions import REFERRAL, NotAllowed

State = WaitingListEntry.State


@dataclass(frozen=True)
class Act:
    """One thing that may be done. `title` takes %(client)s and %(therapist)s: whoever presses has read both names."""

    link: Promise
    title: Promise
    says: Promise
    button: Promise
    fits: Callable[[WaitingListEntry], bool]
    do: Callable[..., object]
    warns: bool = False


ACTS = {
    "forward": Act(
        gettext_lazy("Put forward"),
        gettext_lazy("Put %(client)s forward on the list of %(therapist)s"),
        gettext_lazy(
            "They come before everybody who waits longer, on this list alone. Nobody else on the list learns of it."
            " Your reason stands in their history, and you can take this back at any time."
        ),
        gettext_lazy("Put them forward"),
        lambda entry: not entry.priority and entry.state in WaitingListEntry.LIVE,
        lambda **known: lists.entry_prioritise(priority=True, **known),
    ),
    "not-forward": Act(
        gettext_lazy("Back in turn"),
        gettext_lazy("Let %(client)s wait in turn on the list of %(therapist)s"),
        gettext_lazy("They stand again where their wait puts them."),
        gettext_lazy("Let them wait in turn"),
        lambda entry: entry.priority and entry.state in WaitingListEntry.LIVE,
        lambda **known: lists.entry_prioritise(priority=False, **known),
    ),
    "move": Act(
        gettext_lazy("Move to another list"),
        gettext_lazy("Move %(client)s from the list of %(therapist)s"),
        gettext_lazy(
            "Their time is kept. The other therapist is asked first, like about anybody new, and takes the old one’s"
            " line on the client’s list of choices. The client is told. To undo it, move them back: the first"
            " therapist is then asked again."
        ),
        gettext_lazy("Move them"),
        lambda entry: entry.state in LOOSE and REFERRAL.allows(entry.referral.state, "join_list"),
        lists.entry_move,
    ),
    "take-off": Act(
        gettext_lazy("Take off the list"),
        gettext_lazy("Take %(client)s off the list of %(therapist)s"),
        gettext_lazy(
            "This cannot be undone: they would have to ask again. The client is told, and whoever is next on their own"
            " list is asked."
        ),
        gettext_lazy("Take them off the list"),
        lambda entry: entry.state in LOOSE,
        lists.entry_take_off,
        warns=True,
    ),
    "unpark": Act(
        gettext_lazy("Unpark"),
        gettext_lazy("Offer %(client)s places with %(therapist)s again"),
        gettext_lazy("You have found out why, and the client can answer. They stand where they stood."),
        gettext_lazy("Unpark"),
        lambda entry: entry.state == State.PARKED,
        lists.entry_unpark,
    ),
}


def acts_on(entry: WaitingListEntry) -> tuple[tuple[str, str], ...]:
    """Return (slug, link text) of what may be done with this entry now."""
    return tuple((slug, str(act.link)) for slug, act in ACTS.items() if act.fits(entry))


@allow("coordinator")
@require_http_methods(["GET", "POST"])
def entry_act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """Do one of ACTS, after naming who is meant and asking for the reason."""
    if act not in ACTS:
        raise Http404
    actor, known = for_request(request), ACTS[act]
    entry = get_object_or_404(entries_visible_to(actor), pk=pk)
    if not known.fits(entry):
        messages.info(request, _("This is not possible any more: it has changed in the meantime."))
        return redirect("referrals:desk_waiting_list", entry.therapist_id)
    form = _form(request, actor, act)
    if request.method == "POST" and form.is_valid() and _done(request, form, entry, known, actor):
        return redirect("referrals:desk_waiting_list", entry.therapist_id)
    client = client_card(entry.referral, actor=actor, purpose="desk")
    names = {"client": client.name, "therapist": entry.therapist.display_name}
    context: dict[str, Any] = {"entry": entry, "act": known, "form": form, "title": str(known.title) % names}
    return render(request, "desk/entry_act.html", context)


def _form(request: HttpRequest, actor: Actor, act: str) -> forms.Form:
    if act != "move":
        return ReasonForm(posted(request))
    text = request.POST.get("text", "").strip()[:80]
    found = whose_list(actor, text, now=clock.now()) if text else []
    people = [(therapist.pk, _meant(therapist.display_name, standing.accepts_waiting)) for therapist, standing in found]
    form = MoveForm(posted(request), people=people)
    if text and not people:
        form.add_error("text", _("Nobody with a profile has this name or number"))
    return form


def _meant(name: str, takes: bool) -> str:
    return name if takes else _("%(name)s (takes nobody on the list now)") % {"name": name}


def _done(request: HttpRequest, form: forms.Form, entry: WaitingListEntry, known: Act, actor: Actor) -> bool:
    """Do it; False when the page is shown again with what was typed and what is wrong."""
    data = {"reason": form.cleaned_data["reason"]}
    if "text" in form.fields and "therapist" not in form.cleaned_data:
        return False
    if "therapist" in form.cleaned_data:
        data["therapist_id"] = int(form.cleaned_data["therapist"])
    try:
        known.do(entry=entry, actor=actor, **data)
    except NotAllowed:
        messages.info(request, _("This is not possible any more: it has changed in the meantime."))
    except Refused as refused:
        form.add_error("therapist" if "therapist" in form.fields else None, str(refused))
        return False
    else:
        messages.success(request, _("Done, with your reason on record."))
    return True
