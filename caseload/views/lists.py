"""My waiting list: who waits, what the list takes, who comes off it, and whether her yes still stands."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from caseload import lists
from caseload.forms import ListForm, RemoveForm
from caseload.views.asks import OVERTAKEN
from caseload.views.attempt import attempt
from core import clock
from core.actors import Actor
from core.forms import posted
from referrals.models import WaitingListEntry
from referrals.services import asks as services
from therapists.access import therapist_page
from therapists.models import Therapist
from therapists.selectors.standing import REASONS, standing

State = WaitingListEntry.State


@therapist_page
@require_GET
def waiting_list(request: HttpRequest, therapist: Therapist, actor: Actor) -> HttpResponse:
    """Everybody who waits for her, in order, without a name."""
    text = request.GET.get("page", "1")
    number = int(text) if text.isdecimal() and len(text) < 6 else 1
    rows, more = lists.page_of(actor, number=number)
    judged = standing(therapist.pk, as_of=clock.now())
    context = {
        "therapist": therapist,
        "rows": rows,
        "more": more,
        "number": number,
        "asks": list(lists.asks(actor)),
        "confirm": lists.to_confirm(actor).count(),
        "room": judged.list_room,
        "listed": judged.listed,
        "reasons": [REASONS[code] for code in judged.reasons],
    }
    return render(request, "caseload/waiting_list.html", context)


@therapist_page
@require_http_methods(["GET", "POST"])
def settings(request: HttpRequest, therapist: Therapist, actor: Actor) -> HttpResponse:
    """Open the list, close it, or say how many may wait. Nobody who waits is put off by it."""
    closed = therapist.list_closed or not therapist.list_limit
    initial = {"taking": ListForm.CLOSED if closed else ListForm.OPEN, "limit": therapist.list_limit or None}
    form = ListForm(posted(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        limit, taking = form.cleaned_data["limit"], form.cleaned_data["taking"]
        services.list_settings(
            therapist_id=therapist.pk,
            limit=therapist.list_limit if limit is None else limit,
            closed=taking == ListForm.CLOSED,
            actor=actor,
        )
        messages.success(request, _("Saved. Everybody who waits for you keeps their place."))
        return redirect("caseload:waiting_list")
    return render(request, "caseload/list_settings.html", {"form": form, "therapist": therapist})


@therapist_page
@require_http_methods(["GET", "POST"])
def still_yes(request: HttpRequest, therapist: Therapist, actor: Actor) -> HttpResponse:
    """Would you still see them? For all at once, or for each."""
    entries = list(lists.to_confirm(actor).select_related("referral__preferences"))
    if request.method == "POST":
        chosen = set(request.POST.getlist("entries"))
        ticked = [entry for entry in entries if str(entry.pk) in chosen]
        done = services.asks_agree_again(entries=ticked, actor=actor)
        if done:
            said = ngettext("Thank you. %d person stays on your list.", "Thank you. %d people stay on your list.", done)
            messages.success(request, said % done)
            return redirect("caseload:waiting_list")
        messages.info(request, _("Nobody was ticked, or it has changed in the meantime. Here is how it is now."))
        return redirect("caseload:still_yes")
    rows = lists.rows_of(actor, entries)
    first = min((row.entry.answer_due_at for row in rows if row.entry.answer_due_at), default=None)
    return render(request, "caseload/still_yes.html", {"rows": rows, "first": first})


@therapist_page
@require_http_methods(["GET", "POST"])
def remove(request: HttpRequest, therapist: Therapist, actor: Actor, pk: int) -> HttpResponse:
    """Take somebody off the list, with a coded reason, after showing who it is. Sent twice, it is done once."""
    entry = lists.readable(actor).filter(pk=pk).exclude(state=State.OFFERED).first()
    if entry is None or entry.agreed_at is None:
        get_object_or_404(lists.ever_asked(actor), pk=pk)
        return redirect("caseload:list_entry", pk)
    form = RemoveForm(posted(request))
    if request.method == "POST" and form.is_valid():
        code = form.cleaned_data["code"]
        if attempt(request, lambda: services.entry_remove(entry=entry, code=code, actor=actor), overtaken=OVERTAKEN):
            messages.success(request, _("They are off your list. We have told them kindly and moved on for them."))
        return redirect("caseload:waiting_list")
    row = lists.rows_of(actor, [entry])[0]
    return render(request, "caseload/list_remove.html", {"entry": entry, "form": form, "row": row})
