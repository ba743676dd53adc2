"""The longer way to say how a therapist should work: the C-NIP. Every item may be left out, and so may all of it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clients import cnip
from clients.preferences import Strength
from core.policy import public
from referrals.answers import Answers
from referrals.forms.cnip import UseForm
from referrals.presenters import steps
from referrals.presenters.side_steps import CNIP
from referrals.presenters.talking import item_lines, scale_lines
from referrals.views.drafts import Draft, with_draft_after
from referrals.views.side import SideView, after_side, side_begin, side_keep, with_change

WHY = "people choose before they say who they are, so nobody signs in here"


@public(WHY)
@require_GET
@with_draft_after(CNIP.at)
def cnip_begin(request: HttpRequest, draft: Draft) -> HttpResponse:
    return side_begin(request, CNIP, draft)


@public(WHY)
class CnipView(SideView):
    side = CNIP
    flow = CNIP.flow
    template_name = "referrals/question_cnip.html"

    def extra_context(self, step: Any, answers: Any) -> dict[str, Any]:
        numbers = step.form.numbers
        about = {"first": numbers[0], "last": numbers[-1], "all": len(cnip.ITEMS)}
        own = {"instruction": cnip.INSTRUCTION, "stem": cnip.STEM, "zero": cnip.ZERO}
        return {**super().extra_context(step, answers), **about, **own}


@public("the page saves itself when somebody has to leave it")
@require_POST
@with_draft_after(CNIP.at)
def cnip_keep(request: HttpRequest, slug: str, draft: Draft) -> HttpResponse:
    return side_keep(request, CNIP, slug, draft)


@public(WHY)
@require_http_methods(["GET", "POST"])
@with_draft_after(CNIP.at)
def cnip_found(request: HttpRequest, draft: Draft) -> HttpResponse:
    """Show what the answers come to, to print or to put among what matters; or forget them."""
    items = draft.answers.cnip_items
    strong = cnip.strong_sides(items)
    form = UseForm(request.POST if "use" in request.POST else None, answers=_strength(draft.answers))
    if "forget" in request.POST:
        draft.save(cnip={})
        return redirect(with_change(request, steps.page(CNIP.at).url))
    if "skip" in request.POST:
        return redirect(after_side(request, CNIP, draft.data))
    if form.is_valid():
        draft.save(**draft.answers.style_by_cnip(form.cleaned_data["style_strength"]))
        return redirect(after_side(request, CNIP, draft.data))
    context = {
        "form": form,
        "lines": scale_lines(cnip.results(items)),
        "can_use": bool(cnip.complete_scales(items)),
        "strong": strong,
        "items": item_lines(items) if items else [],
        "stem": cnip.STEM,
        "back_url": with_change(request, reverse("referrals:cnip", args=["four"])),
        "short_url": with_change(request, steps.page(CNIP.at).url),
    }
    return render(request, "referrals/cnip_found.html", context)


def _strength(answers: Answers) -> dict[str, Any]:
    return {"style_strength": str(answers.style_strength or int(Strength.NICE))}
