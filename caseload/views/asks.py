"""Somebody would like to wait for her, or does: one page without a name, and her answer.

Name, age and area stand there only between "I could take this" and her answer; on her list nobody has a name.
"""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from caseload import lists, selectors
from caseload.forms import RefuseForm
from caseload.views.attempt import attempt
from core.actors import Actor
from core.forms import posted
from referrals.models import WaitingListEntry
from referrals.presenters.talking import wish_words
from referrals.selectors.summary import ask_conflict_details, ask_summary
from referrals.services import asks as services
from therapists.access import therapist_page
from therapists.models import Therapist

ASKED = WaitingListEntry.State.ASKED
OVERTAKEN = gettext_lazy("This has changed in the meantime. Here is how it is now.")


@therapist_page
@require_GET
def entry_page(request: HttpRequest, therapist: Therapist, actor: Actor, pk: int) -> HttpResponse:
    """What she may read of somebody who asks to be on her list, or is; otherwise how it ended."""
    entry = lists.readable(actor).filter(pk=pk).first()
    if entry is None:
        return render(request, "caseload/list_over.html", {"entry": get_object_or_404(lists.ever_asked(actor), pk=pk)})
    if entry.state == ASKED:
        services.ask_seen(entry=entry, actor=actor)
    summary = ask_summary(entry)
    context = {
        "entry": entry,
        "summary": summary,
        "money": selectors.money_words(summary),
        "reasons": selectors.fit_reasons(entry.referral, entry.therapist_id),
        "style": [wish_words(scale, side) for scale, side in summary.style],
    }
    if entry.agreed_at is not None:
        context["row"] = lists.rows_of(actor, [entry])[0]
        return render(request, "caseload/list_person.html", context)
    context["person"] = ask_conflict_details(entry, actor=actor)
    return render(request, "caseload/list_ask.html", context)


@therapist_page
@require_POST
def interest(request: HttpRequest, therapist: Therapist, actor: Actor, pk: int) -> HttpResponse:
    """I could take this."""
    entry = _ever(actor, pk)
    attempt(request, lambda: services.ask_interest(entry=entry, actor=actor), overtaken=OVERTAKEN)
    return redirect("caseload:list_entry", pk)


@therapist_page
@require_POST
def agree(request: HttpRequest, therapist: Therapist, actor: Actor, pk: int) -> HttpResponse:
    """Put them on my list, or say again that they may stay. Sent twice, it is said once."""
    entry = _ever(actor, pk)
    if entry.state == ASKED and attempt(
        request, lambda: services.ask_agree(entry=entry, actor=actor), overtaken=OVERTAKEN
    ):
        messages.success(request, _("Thank you. They are on your list, and we tell them."))
    return redirect("caseload:list_entry", pk)


@therapist_page
@require_POST
def known(request: HttpRequest, therapist: Therapist, actor: Actor, pk: int) -> HttpResponse:
    """I know this person or someone close: no detail, never counted."""
    entry = _ever(actor, pk)
    if entry.state == ASKED and attempt(
        request, lambda: services.ask_known(entry=entry, actor=actor), overtaken=OVERTAKEN
    ):
        messages.success(request, _("Thank you. We ask nothing more, and this is never counted."))
    return redirect("caseload:today")


@therapist_page
@require_http_methods(["GET", "POST"])
def refuse(request: HttpRequest, therapist: Therapist, actor: Actor, pk: int) -> HttpResponse:
    """Say no to somebody who asks, with a coded reason. Whoever is on her list already is taken off instead."""
    entry = _ever(actor, pk)
    if entry.state != ASKED or not lists.asks(actor).filter(pk=pk).exists():
        return redirect("caseload:list_entry", pk)
    form = RefuseForm(posted(request))
    if request.method == "POST" and form.is_valid():
        code = form.cleaned_data["code"]
        if attempt(request, lambda: services.ask_refuse(entry=entry, code=code, actor=actor), overtaken=OVERTAKEN):
            messages.success(request, _("Thank you for answering. We have told them kindly and moved on for them."))
        return redirect("caseload:today")
    return render(request, "caseload/list_refuse.html", {"entry": entry, "form": form})


def _ever(actor: Actor, pk: int) -> WaitingListEntry:
    return get_object_or_404(lists.ever_asked(actor), pk=pk)
