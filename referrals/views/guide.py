"""Finding a kind of therapy: short questions, then the kinds that fit, to tick. Never a prescription."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core.policy import public
from matching.chooser import choose
from referrals.answers import Answers
from referrals.forms.guide import NO_MATTER, FoundForm, GuideForm
from referrals.forms.wishes import ANY
from referrals.presenters import steps
from referrals.presenters.kinds import Asked, found_page
from referrals.presenters.side_steps import GUIDE
from referrals.views.drafts import Draft, with_draft_after
from referrals.views.side import SideView, after_side, side_begin, side_keep, with_change
from therapists.selectors import reference
from therapists.selectors.kinds import kinds

WHY = "people choose before they say who they are, so nobody signs in here"


@public(WHY)
@require_GET
@with_draft_after(GUIDE.at)
def guide_begin(request: HttpRequest, draft: Draft) -> HttpResponse:
    return side_begin(request, GUIDE, draft)


@public(WHY)
class GuideView(SideView):
    side = GUIDE
    flow = GUIDE.flow
    template_name = "referrals/question_guide.html"


@public("the page saves itself when somebody has to leave it")
@require_POST
@with_draft_after(GUIDE.at)
def guide_keep(request: HttpRequest, slug: str, draft: Draft) -> HttpResponse:
    return side_keep(request, GUIDE, slug, draft)


@public(WHY)
@require_http_methods(["GET", "POST"])
@with_draft_after(GUIDE.at)
def guide_found(request: HttpRequest, draft: Draft) -> HttpResponse:
    """Show the kinds that fit, and put what is ticked into the answers: several, one, or "still not sure"."""
    form = FoundForm(request.POST if request.method == "POST" else None, answers=draft.data)
    if request.method == "POST" and form.is_valid():
        draft.save(**_as_answers(form.write()))
        data = {**draft.data, **form.write()}
        return redirect(after_side(request, GUIDE, data))
    return render(request, "referrals/guide_found.html", {"form": form, **_context(request, draft, form)})


def _as_answers(written: dict[str, Any]) -> dict[str, Any]:
    return {**written, "modalities": tuple(written["modalities"])}


def _context(request: HttpRequest, draft: Draft, form: FoundForm) -> dict[str, Any]:
    said = draft.answers.guide
    asked = Asked({trait: value for trait, value in said.items() if value != NO_MATTER}, draft.answers.issues)
    for_adults = [kind for kind in kinds() if not kind.children_only]
    found = choose(for_adults, asked.wanted, asked.issues, seed=draft.seed)
    ticked = [value for value in form["values"].value() or [] if value != ANY]
    return {
        "page": found_page(found, for_adults, asked, ticked),
        "not_sure": ANY in (form["values"].value() or []),
        "told_apart": found.told_apart,
        "said": [*_said(request, said), _brings(request, draft.answers)],
        "back_url": with_change(request, reverse("referrals:guide", args=["six"])),
        "every_url": with_change(request, steps.page(GUIDE.at).url),
    }


def _brings(request: HttpRequest, answers: Answers) -> dict[str, Any]:
    """Return what brings her, as she said it before: it is not asked again."""
    names = [row.name for row in reference.issues() if row.slug in answers.issues]
    url = with_change(request, steps.page("reasons").url)
    return {"question": _("What brings you"), "answer": ", ".join(names), "url": url}


def _said(request: HttpRequest, said: dict[str, str]) -> list[dict[str, Any]]:
    """Return each question with her answer in words and where to change it; open ones too."""
    rows = []
    for step in GUIDE.flow.steps(said):
        form: type[GuideForm] = step.form
        label, _hint = form.options.get(said.get(form.trait, ""), ("", ""))
        url = with_change(request, reverse("referrals:guide", args=[step.slug]))
        rows.append({"question": form.title, "answer": label, "url": url})
    return rows
