"""From nothing to listed: an account, a registration that is hers, a profile, places."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.actors import for_request
from core import clock
from core.actors import Actor
from core.forms import posted
from core.policy import allow, public, user_has_role
from therapists.forms.claim import CheckForm, ClaimForm, CodeForm
from therapists.models import RegistrationClaim, Therapist
from therapists.selectors.own import own_claims, own_places, own_registrations, own_therapist, profile_sections
from therapists.selectors.standing import standing
from therapists.services.claims import (
    ClaimRefused,
    claim_ask_check,
    claim_missing_report,
    claim_prove,
    claim_start,
)
from therapists.services.joining import therapist_join
from therapists.views.profile import reason_words

Claim = RegistrationClaim


@public("explains to therapists how to join; starting needs a signed-in user and gives access to nobody's data")
@require_http_methods(["GET", "POST"])
def join(request: HttpRequest) -> HttpResponse:
    """What joining takes. A signed-in person who starts here becomes a therapist without a registration yet."""
    if user_has_role(request, "therapist"):
        return redirect("therapists:onboarding")
    if request.method == "POST" and request.user.is_authenticated:
        therapist_join(user_id=request.user.pk, actor=for_request(request))
        return redirect("therapists:onboarding")
    return render(request, "therapists/join.html")


@allow("therapist")
@require_GET
def onboarding(request: HttpRequest) -> HttpResponse:
    """The list of what is still needed before people can find her."""
    actor = for_request(request)
    therapist = own_therapist(actor)
    if therapist is None:
        return render(request, "therapists/claims.html", {"claims": own_claims(actor)})
    return render(request, "therapists/onboarding.html", _steps(therapist, actor))


@allow("therapist")
@require_http_methods(["GET", "POST"])
def claim(request: HttpRequest) -> HttpResponse:
    """Say which registration is hers."""
    form = ClaimForm(posted(request))
    if request.method == "POST" and form.is_valid():
        actor = for_request(request)
        if "look-it-up" in request.POST:
            claim_missing_report(actor=actor, **form.cleaned_data)
            messages.success(request, _("Thank you. A person looks it up and writes to you."))
            return redirect("therapists:onboarding")
        try:
            return _next_step(claim_start(actor=actor, **form.cleaned_data))
        except ClaimRefused as refused:
            form.add_error("number", str(refused))
    return render(request, "therapists/claim.html", {"form": form})


@allow("therapist")
@require_http_methods(["GET", "POST"])
def claim_code(request: HttpRequest, pk: int) -> HttpResponse:
    """Type the code that went to the e-mail address on the register's record."""
    actor = for_request(request)
    row = get_object_or_404(own_claims(actor), pk=pk)
    if row.state != Claim.State.CODE_SENT:
        return _next_step(row)
    form = CodeForm(posted(request))
    if request.method == "POST" and form.is_valid():
        if claim_prove(claim=row, digits=form.cleaned_data["digits"], actor=actor):
            messages.success(request, _("The registration is yours. Now tell people about you."))
            return redirect("therapists:onboarding")
        row.refresh_from_db()
        if row.state != Claim.State.CODE_SENT:
            return _next_step(row)
        form.add_error("digits", _("This code is not right, or its 15 minutes are over. Check it, or ask for a check."))
    return render(request, "therapists/claim_code.html", {"form": form, "claim": row})


@allow("therapist")
@require_http_methods(["GET", "POST"])
def claim_check(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask a coordinator to check instead."""
    actor = for_request(request)
    row = get_object_or_404(own_claims(actor), pk=pk)
    if row.state not in {Claim.State.CODE_SENT, Claim.State.TO_CHECK}:
        return _next_step(row)
    form = CheckForm(posted(request), initial={"statement": row.statement})
    if request.method == "POST" and form.is_valid():
        try:
            claim_ask_check(claim=row, actor=actor, **form.cleaned_data)
        except ClaimRefused as refused:
            messages.info(request, str(refused))
        else:
            messages.success(request, _("Thank you. A coordinator checks this within two working days."))
        return redirect("therapists:onboarding")
    return render(request, "therapists/claim_check.html", {"form": form, "claim": row})


def _next_step(row: RegistrationClaim) -> HttpResponse:
    pages = {Claim.State.CODE_SENT: "therapists:claim_code", Claim.State.TO_CHECK: "therapists:claim_check"}
    page = pages.get(Claim.State(row.state))
    return redirect(page, row.pk) if page else redirect("therapists:onboarding")


def _steps(therapist: Therapist, actor: Actor) -> dict[str, object]:
    now = clock.now()
    judged = standing(therapist.pk, as_of=now)
    sections = profile_sections(therapist)
    return {
        "therapist": therapist,
        "registrations": own_registrations(actor),
        "sections": sections,
        "missing": [section for section in sections if section.needed and not section.done],
        "places": own_places(actor, as_of=now).count(),
        "standing": judged,
        "reasons": reason_words(judged.reasons),
    }
