"""Places that are offered to clients: which are out, who could not be told, who did not answer, and two acts."""

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
from core import clock
from core.forms import posted
from core.policy import allow
from referrals.errors import NotListed, Refused
from referrals.forms.desk_lists import AnswerForForm, ExtendForm
from referrals.models import Offer
from referrals.presenters.desk_lists import offer_lines
from referrals.selectors import desk_offers as selectors
from referrals.selectors.summary import client_card
from referrals.services import lists
from referrals.transitions import NotAllowed

SHOWN: dict[str, Promise] = {
    "out": gettext_lazy("Waiting for an answer"),
    "not-told": gettext_lazy("Not told, or came back"),
    "lapsed": gettext_lazy("Not answered, last 4 weeks"),
}


@dataclass(frozen=True)
class Act:
    """One thing that may be done about an open offer. `title` takes %(client)s and %(therapist)s."""

    title: Promise
    says: Promise
    button: Promise
    form: Callable[..., forms.Form]
    do: Callable[..., object]


ACTS = {
    "extend": Act(
        gettext_lazy("Give %(client)s more time to answer about the place with %(therapist)s"),
        gettext_lazy(
            "The place stays held for them, at most two weeks from now: others wait for it too. They are told the new"
            " time."
        ),
        gettext_lazy("Give more time"),
        ExtendForm,
        lists.offer_extend,
    ),
    "answer": Act(
        gettext_lazy("Take down what %(client)s said about the place with %(therapist)s"),
        gettext_lazy("Only what they told you themselves, on the phone, by letter or through an interpreter."),
        gettext_lazy("Take it down"),
        lambda data, offer: AnswerForForm(data),
        lists.offer_answer_for,
    ),
}


@allow("coordinator")
@require_GET
def offers(request: HttpRequest) -> HttpResponse:
    """Offered places; `show` is one of SHOWN. Looking at whom nobody could tell is recorded: numbers are shown."""
    actor, mark, now = for_request(request), request.GET.get("after", ""), clock.now()
    show = request.GET.get("show", "out")
    if show == "not-told":
        page = selectors.offers_not_told(actor, mark=mark, now=now)
        rows = [{"lines": offer_lines(row.offer), "person": row} for row in page.rows]
    else:
        lapsed = show == "lapsed"
        page = selectors.offers_lapsed(actor, mark=mark, now=now) if lapsed else selectors.offers_out(actor, mark=mark)
        rows = [{"lines": offer_lines(row)} for row in page.rows]
    context = {"page": page, "rows": rows, "show": show if show in SHOWN else "out", "now": now}
    context["shown"] = [{"slug": slug, "label": label} for slug, label in SHOWN.items()]
    return render(request, "desk/offers.html", context)


@allow("coordinator")
@require_http_methods(["GET", "POST"])
def offer_act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """Do one of ACTS, after naming who is meant and asking for the reason."""
    if act not in ACTS:
        raise Http404
    actor, known = for_request(request), ACTS[act]
    offer = get_object_or_404(selectors.offers_visible_to_desk(actor), pk=pk)
    if offer.state != Offer.State.OPEN or offer.expires_at < clock.now():
        messages.info(request, _("This place does not wait for an answer any more."))
        return redirect("referrals:desk_offers")
    form = known.form(posted(request), offer=offer)
    if request.method == "POST" and form.is_valid():
        try:
            known.do(offer=offer, actor=actor, **form.cleaned_data)
        except NotListed:
            form.add_error(None, _("The therapist cannot take anybody just now. The client is told by the next tick."))
        except (Refused, NotAllowed) as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Done, with your reason on record."))
            return redirect("referrals:desk_offers")
    client = client_card(offer.referral, actor=actor, purpose="desk")
    names = {"client": client.name, "therapist": offer.therapist.display_name}
    context: dict[str, Any] = {"lines": offer_lines(offer), "act": known, "form": form}
    context |= {"title": str(known.title) % names, "client": client}
    return render(request, "desk/offer_act.html", context)
