"""Waiting lists on the desk: all lists, one list in its order, who waits longest, whose waiting is parked."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from accounts.actors import for_request
from core import clock
from core.forms import posted
from core.policy import allow
from referrals.forms.desk_lists import FindListForm
from referrals.presenters import desk_lists as words
from referrals.selectors import desk_lists as selectors
from referrals.selectors.desk_offers import entries_parked
from referrals.selectors.keyset import Page
from referrals.views.desk_entries import acts_on

FILTERS: dict[str, Promise] = {
    "all": gettext_lazy("All"),
    "could": gettext_lazy("A place not yet taken suits somebody"),
    "frozen": gettext_lazy("Standing still"),
    "open": gettext_lazy("Open"),
    "closed": gettext_lazy("Closed by the therapist"),
}


@allow("coordinator")
@require_http_methods(["GET", "POST"])
def lists(request: HttpRequest) -> HttpResponse:
    """Every list somebody waits on, the longest wait first; or the lists of whoever was looked for."""
    actor, form = for_request(request), FindListForm(posted(request))
    show = request.GET.get("show", "all")
    context: dict[str, Any] = {"form": form, "show": show, "filters": _filters(show)}
    if request.method == "POST":
        rows = selectors.lists_found(actor, form.cleaned_data["text"], now=clock.now()) if form.is_valid() else []
        context |= {"page": Page(rows), "rows": _rows(rows), "looked": form.is_valid()}
    else:
        page = selectors.lists_page(actor, show=show, mark=request.GET.get("after", ""), now=clock.now())
        context |= {"page": page, "rows": _rows(page.rows)}
    return render(request, "desk/lists.html", context)


@allow("coordinator")
@require_GET
def waiting_list(request: HttpRequest, pk: int) -> HttpResponse:
    """One therapist's list in the order in which places are offered."""
    actor = for_request(request)
    therapist = get_object_or_404(selectors.therapists_with_lists(actor), pk=pk)
    found = selectors.one_list(actor, therapist, number=request.GET.get("page"), now=clock.now())
    context = {
        "therapist": therapist,
        "row": _row(found.row) if found.row else None,
        "page": found.page,
        "entries": [words.entry_lines(row, acts_on(row.entry)) for row in found.entries],
    }
    return render(request, "desk/waiting_list.html", context)


@allow("coordinator")
@require_GET
def waits(request: HttpRequest) -> HttpResponse:
    """Whom nobody sees yet, the longest wait first."""
    state = request.GET.get("state", "")
    page = selectors.longest_waits(for_request(request), mark=request.GET.get("after", ""), state=state)
    today = clock.today()
    rows = [
        {"referral": row, "days": (today - row.queue_from.astimezone(clock.LONDON).date()).days} for row in page.rows
    ]
    context = {"page": page, "rows": rows, "state": state, "states": selectors.seeking_states()}
    return render(request, "desk/waits.html", context)


@allow("coordinator")
@require_GET
def parked(request: HttpRequest) -> HttpResponse:
    """Entries to which nothing is offered until somebody has found out why."""
    page = entries_parked(for_request(request), mark=request.GET.get("after", ""))
    rows = [{"entry": entry, "why": words.parked_why(entry)} for entry in page.rows]
    return render(request, "desk/parked.html", {"page": page, "rows": rows})


def _filters(show: str) -> list[dict[str, Any]]:
    return [{"slug": slug, "label": label, "current": slug == show} for slug, label in FILTERS.items()]


def _rows(rows: Any) -> list[dict[str, Any]]:
    return [_row(row) for row in rows]


def _row(row: selectors.ListRow) -> dict[str, Any]:
    days = (clock.today() - row.since.astimezone(clock.LONDON).date()).days
    return {"row": row, "state": words.list_state(row), "tone": words.LIST_TONES[row.state], "days": days}
