"""Looking for one person whom somebody knows by name. What was typed stays out of the address, and is kept sealed."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from core import clock, crypto, throttle
from core.policy import public
from referrals.forms.find import FindForm
from referrals.presenters.found import found_lines, heading
from referrals.sessions import LOOKED_FOR_KEY
from referrals.views.drafts import Choosing, with_choosing
from referrals.views.sources import source_of
from therapists.selectors.search import find_people

# Enough for somebody who tries every spelling, and for a practice behind one address; not for copying a register.
MOST_SEARCHES, PER_SECONDS = 60, 600
BOUND_TO = "looked for"
TOO_OFTEN = gettext_lazy("You have looked many times in a short while. Wait ten minutes, then try again")


@public("people choose before they say who they are")
@require_http_methods(["GET", "POST"])
@with_choosing
def find(request: HttpRequest, draft: Choosing) -> HttpResponse:
    """Ask for a name, then show who may be meant. Coming back from somebody's page shows the same people again."""
    form = FindForm(request.POST) if request.method == "POST" else FindForm(initial={"text": looked_for(request)})
    if request.method == "POST" and form.is_valid():
        if may_look(request):
            request.session[LOOKED_FOR_KEY] = crypto.encrypt(form.cleaned_data["text"], bound_to=BOUND_TO)
            return redirect("referrals:find")
        form.add_error("text", TOO_OFTEN)
    context = {"form": form, "back_url": reverse("referrals:matches"), **_results(request, draft)}
    return render(request, "referrals/find.html", context)


def may_look(request: HttpRequest) -> bool:
    """Count one search and say whether it may be made."""
    return throttle.allow(key=f"find {source_of(request)}", limit=MOST_SEARCHES, per_seconds=PER_SECONDS)


def looked_for(request: HttpRequest) -> str:
    """Return what she looked for last in this session, or ""."""
    try:
        return crypto.decrypt(request.session[LOOKED_FOR_KEY], bound_to=BOUND_TO)
    except (KeyError, crypto.Undecryptable):
        return ""


def _results(request: HttpRequest, draft: Choosing) -> dict[str, Any]:
    text = looked_for(request) if request.method == "GET" else ""
    if not text:
        return {}
    found = find_people(text, as_of=clock.now(), without=draft.silent)
    return {"text": text, "found": found, "heading": heading(found), "people": found_lines(found.hits, draft.answers)}
