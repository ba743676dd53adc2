"""The profile, page by page, and its preview as clients see it."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core import clock
from core.actors import Actor
from core.forms import posted
from therapists.access import therapist_page
from therapists.forms.about import AboutForm, AccessForm, ClientGroupsForm, IdentityForm, StyleForm
from therapists.forms.base import SectionForm
from therapists.forms.practice import ApproachForm, ContractsForm, IssuesForm, LanguagesForm, MoneyForm
from therapists.forms.week import AnsweringForm, MeetingForm
from therapists.models import Therapist
from therapists.selectors.own import profile_sections
from therapists.selectors.public import public_profile
from therapists.selectors.standing import REASONS, standing
from therapists.services.profile import ProfileRefused
from therapists.services.publication import own_profile_publish

FORMS: dict[str, type[SectionForm]] = {
    "about": AboutForm,
    "languages": LanguagesForm,
    "approach": ApproachForm,
    "issues": IssuesForm,
    "meeting": MeetingForm,
    "answering": AnsweringForm,
    "money": MoneyForm,
    "contracts": ContractsForm,
    "people": ClientGroupsForm,
    "identity": IdentityForm,
    "access": AccessForm,
    "style": StyleForm,
}


@therapist_page
@require_GET
def profile(request: HttpRequest, therapist: Therapist, actor: Actor) -> HttpResponse:
    """Every page of the profile with its state."""
    return render(request, "therapists/profile.html", {"therapist": therapist, "sections": profile_sections(therapist)})


@therapist_page
@require_http_methods(["GET", "POST"])
def section(request: HttpRequest, therapist: Therapist, actor: Actor, slug: str) -> HttpResponse:
    """One page of the profile."""
    if slug not in FORMS:
        raise Http404
    form = FORMS[slug](posted(request), therapist=therapist)
    if request.method == "POST" and form.is_valid() and saved(form, actor):
        messages.success(request, _("Saved."))
        return redirect("therapists:onboarding" if therapist.profile_verified_at is None else "therapists:profile")
    return render(request, f"therapists/sections/{_template(slug)}.html", {"form": form, "slug": slug})


@therapist_page
@require_GET
def preview(request: HttpRequest, therapist: Therapist, actor: Actor) -> HttpResponse:
    """Her page as clients see it."""
    judged = standing(therapist.pk, as_of=clock.now())
    return render(
        request,
        "therapists/preview.html",
        {"profile": public_profile(therapist.pk), "standing": judged, "reasons": reason_words(judged.reasons)},
    )


@therapist_page
@require_POST
def publish(request: HttpRequest, therapist: Therapist, actor: Actor) -> HttpResponse:
    """Publish the profile, when nothing needed is missing."""
    try:
        own_profile_publish(therapist=therapist, actor=actor)
    except ProfileRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Your profile is published."))
    return redirect("therapists:onboarding")


def saved(form: SectionForm, actor: Actor) -> bool:
    """Save a valid form; a refusal becomes an error of the form, and nothing typed is lost."""
    try:
        form.save(actor)
    except ProfileRefused as refused:
        form.add_error(None, str(refused))
        return False
    return True


def reason_words(codes: tuple[str, ...]) -> list[str]:
    """Return why she is not listed, in words."""
    return [str(REASONS[code]) for code in codes]


def _template(slug: str) -> str:
    return {"languages": "rows", "approach": "rows", "meeting": "meeting"}.get(slug, "fields")
