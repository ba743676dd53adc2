"""Registrations on the desk: find one, write down what the register says, decide claims and pairs."""

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.actors import for_request
from core import clock
from core.forms import posted
from core.policy import allow
from therapists.forms.registry import ClaimDecisionForm, FindForm, PairForm, ReasonForm, StatusForm
from therapists.models import Registration, RegistrationClaim, SamePersonPair
from therapists.selectors.registrations import (
    claims_visible_to,
    pairs_visible_to,
    registrations_found,
    registrations_visible_to,
)
from therapists.selectors.standing import is_bad, is_good
from therapists.services import registrations as services
from therapists.services.claims import ClaimRefused, claim_decide
from therapists.services.registrations import RegistrationRefused

DESK = ("coordinator", "administrator")


@dataclass(frozen=True)
class Act:
    """Something to decide about a registration with nothing but a reason. `fits` says when it is offered."""

    title: Promise | str
    says: Promise | str
    fits: Callable[[Registration], bool]
    do: Callable[..., object]


ACTS = {
    "sanction": Act(
        gettext_lazy("The sanction is looked at: she may be listed"),
        gettext_lazy("You have read what the register says and find that people may be sent to her with it."),
        lambda row: row.status == Registration.Status.SANCTION and row.sanction_reviewed_at is None,
        services.sanction_review,
    ),
    "same-name": Act(
        gettext_lazy("The other name is the same person"),
        gettext_lazy("The register writes another name than before. You have made sure that it is one person."),
        lambda row: bool(row.contradiction),
        services.contradiction_resolve,
    ),
    "unlink": Act(
        gettext_lazy("This registration is not hers"),
        gettext_lazy("It is taken from her profile. She is judged by what is left from the next page on."),
        lambda row: row.therapist_id is not None,
        services.registration_unlink,
    ),
}


@allow(*DESK)
@require_http_methods(["GET", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    """Find registrations. Posted, so that names stay out of addresses."""
    form = FindForm(posted(request))
    context: dict[str, object] = {"form": form}
    if request.method == "POST" and form.is_valid():
        context["found"] = registrations_found(for_request(request), form.cleaned_data["text"])
    return render(request, "therapists/desk/find.html", context)


@allow(*DESK)
@require_http_methods(["GET", "POST"])
def registration(request: HttpRequest, pk: int) -> HttpResponse:
    """A registration, and what the register says now."""
    actor = for_request(request)
    row = get_object_or_404(registrations_visible_to(actor), pk=pk)
    form = StatusForm(posted(request), initial={"status": row.status})
    if request.method == "POST" and form.is_valid():
        services.registration_status_set(registration=row, actor=actor, **form.cleaned_data)
        messages.success(request, _("Written down. It counts from the next page on, everywhere."))
        return redirect("therapists:desk_registration", pk)
    context = {
        "row": row,
        "form": form,
        "hides": is_bad(row),
        "counts": is_good(row, clock.today()),
        "acts": [{"slug": slug, "title": act.title} for slug, act in ACTS.items() if act.fits(row)],
    }
    return render(request, "therapists/desk/registration.html", context)


@allow(*DESK)
@require_http_methods(["GET", "POST"])
def registration_act(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    """Do one of ACTS, after asking for the reason."""
    if slug not in ACTS:
        raise Http404
    actor, act = for_request(request), ACTS[slug]
    row = get_object_or_404(registrations_visible_to(actor), pk=pk)
    if not act.fits(row):
        messages.info(request, _("This is done already."))
        return redirect("therapists:desk_registration", pk)
    form = ReasonForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            act.do(registration=row, actor=actor, **form.cleaned_data)
        except RegistrationRefused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, _("Done, with your reason on record."))
        return redirect("therapists:desk_registration", pk)
    context = {"row": row, "form": form, "act": act, "back": reverse("therapists:desk_registration", args=[pk])}
    return render(request, "therapists/desk/registration_act.html", context)


@allow(*DESK)
@require_http_methods(["GET", "POST"])
def claim(request: HttpRequest, pk: int) -> HttpResponse:
    """Registration and claimant side by side, and the decision."""
    actor = for_request(request)
    row = get_object_or_404(claims_visible_to(actor), pk=pk)
    waits = row.state in {RegistrationClaim.State.CODE_SENT, RegistrationClaim.State.TO_CHECK}
    form = ClaimDecisionForm(posted(request))
    if request.method == "POST" and waits and form.is_valid():
        try:
            claim_decide(claim=row, actor=actor, **form.cleaned_data)
        except ClaimRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Decided. They have been told."))
            return redirect("therapists:desk_claim", pk)
    return render(request, "therapists/desk/claim.html", {"claim": row, "form": form, "waits": waits})


@allow(*DESK)
@require_http_methods(["GET", "POST"])
def pair(request: HttpRequest, pk: int) -> HttpResponse:
    """Two registrations side by side: one person or two?"""
    actor = for_request(request)
    row = get_object_or_404(pairs_visible_to(actor), pk=pk)
    waits = row.state == SamePersonPair.State.OPEN
    form = PairForm(posted(request))
    if request.method == "POST" and waits and form.is_valid():
        try:
            services.same_person_decide(pair=row, actor=actor, **form.cleaned_data)
        except RegistrationRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Decided, with your reason on record."))
            return redirect("therapists:desk_pair", pk)
    return render(request, "therapists/desk/pair.html", {"pair": row, "form": form, "waits": waits})
