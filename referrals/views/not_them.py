"""Not this therapist: somebody she knows, or has met before. Found by name; nobody is ever told."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from core import clock
from core.policy import public
from referrals.forms.needs import NotThemForm
from referrals.presenters import steps
from referrals.views.drafts import Draft, with_draft_after
from referrals.views.find import TOO_OFTEN, may_look
from therapists.selectors.names import names_of
from therapists.selectors.search import Hit, find_people
from therapists.selectors.standing import standing_for

MOST = 20


@public("people choose before they say who they are")
@with_draft_after("not-them")
def not_them(request: HttpRequest, draft: Draft) -> HttpResponse:
    """Search by name, add with a button, take off with a button, then go on. The name stays out of the address bar."""
    form = NotThemForm(request.POST if "find" in request.POST else None)
    found = None
    if request.method == "POST":
        if "add" in request.POST or "remove" in request.POST:
            _change(request, draft)
            return redirect(_here(request))
        if "find" not in request.POST:
            return redirect(_onward(request, draft))
        if form.is_valid():
            found = _found(request, draft, form)
    names = names_of(draft.answers.not_these)
    before = steps.before("not-them", draft.data)
    context = {
        "form": form,
        "found": found,
        "kept": [{"id": pk, "name": names[pk]} for pk in draft.answers.not_these if pk in names],
        "back_url": before.url if before else "",
    }
    return render(request, "referrals/not_them.html", context)


def _found(request: HttpRequest, draft: Draft, form: NotThemForm) -> list[Hit]:
    if not may_look(request):
        form.add_error("name", TOO_OFTEN)
        return []
    result = find_people(form.cleaned_data["name"], as_of=clock.now(), without=draft.answers.not_these)
    if not result.enough:
        form.add_error("name", _("Enter at least three letters of the name"))
    elif not result.hits:
        form.add_error(
            "name",
            _("We cannot find anybody with that name just now. You will only ever meet people you choose yourself"),
        )
    return result.hits


def _change(request: HttpRequest, draft: Draft) -> None:
    text = request.POST.get("add") or request.POST.get("remove") or ""
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        return
    pk, kept = int(text), draft.answers.not_these
    if "remove" in request.POST:
        draft.save(not_these=tuple(other for other in kept if other != pk))
    elif pk not in kept and len(kept) < MOST and _can_be_found(pk):
        choices = tuple(choice for choice in draft.answers.choices if choice.therapist != pk)
        draft.save(not_these=(*kept, pk), choices=choices)


def _can_be_found(pk: int) -> bool:
    """Say whether a search could have named her. The page names whoever is on it, and numbers are easily counted up."""
    judged = standing_for([pk], as_of=clock.now()).get(pk)
    return judged is not None and judged.listed


def _here(request: HttpRequest) -> str:
    url = steps.page("not-them").url
    return f"{url}?change={request.GET['change']}" if request.GET.get("change") in {"1", "matches"} else url


def _onward(request: HttpRequest, draft: Draft) -> str:
    change = request.GET.get("change")
    if change:
        return "referrals:matches" if change == "matches" else "referrals:check"
    following = steps.after("not-them", draft.data)
    return following.url if following else "referrals:matches"
