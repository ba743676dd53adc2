"""The questions of a way beside the main one. Each answer is kept at once; leaving loses nothing."""

from typing import Any, ClassVar, cast
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from core.flow import Step
from core.views.flow import FlowView
from referrals.presenters import steps
from referrals.presenters.side_steps import Side
from referrals.views.drafts import Draft, draft_gone_on_with, draft_of

# Where a change leads back to: the check page, or the list of people.
CHANGES = ("1", "matches")


def with_change(request: HttpRequest, url: str) -> str:
    """Return the address with the mark that says where a changed answer leads back to."""
    change = request.GET.get("change")
    return f"{url}?{urlencode({'change': change})}" if change in CHANGES else url


def side_links(request: HttpRequest, draft: Draft) -> dict[str, Any]:
    """Return, for the questions that the ways lead off from, where they begin and whether somebody began them."""
    return {
        "guide_url": with_change(request, reverse("referrals:guide_begin")),
        "guide_begun": bool(draft.answers.guide),
        "cnip_url": with_change(request, reverse("referrals:cnip_begin")),
        "cnip_begun": bool(draft.answers.cnip),
    }


def after_side(request: HttpRequest, side: Side, data: dict[str, Any]) -> str:
    """Return where somebody goes once the way's end is answered: back to what she was changing, or on."""
    change = request.GET.get("change")
    if change in CHANGES:
        return reverse("referrals:check" if change == "1" else "referrals:matches")
    following = steps.after(side.at, data)
    return following.url if following else reverse("referrals:check")


class SideView(FlowView):
    """One question of a `side`, whose flow is the subclass's `flow`. Subclasses carry the marker."""

    side: ClassVar[Side]
    draft: Draft

    def load_draft(self, request: HttpRequest) -> dict[str, Any] | None:
        draft = draft_gone_on_with(request)
        if draft is None:
            return None
        self.draft = draft
        return dict(getattr(draft.answers, self.side.kept_in))

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        return self._elsewhere(request, slug) or super().get(request, slug)

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        return self._elsewhere(request, slug) or super().post(request, slug)

    def _elsewhere(self, request: HttpRequest, slug: str) -> HttpResponse | None:
        if self.side.flow.get(slug) is None:
            raise Http404
        draft = draft_of(request)
        missing = steps.missing_before(self.side.at, draft.data) if draft else None
        return redirect(missing.url) if missing else None

    def save_answers(self, request: HttpRequest, step: Step, answers: dict[str, Any]) -> None:
        self.draft.save(**{self.side.kept_in: answers})

    def form_kwargs(self, step: Step, answers: dict[str, Any]) -> dict[str, Any]:
        return {"answers": answers}

    def step_url(self, step: Step) -> str:
        return with_change(self.request, reverse(f"referrals:{self.side.name}", args=[step.slug]))

    def start_url(self) -> str:
        return reverse("referrals:start")

    def check_url(self) -> str:
        return with_change(self.request, reverse(f"referrals:{self.side.name}_found"))

    def _after(self, request: HttpRequest, step: Step, answers: dict[str, Any]) -> str:
        following = self.side.flow.next_step(step.slug, answers)
        return self.step_url(following) if following else self.check_url()

    def _back(self, request: HttpRequest, step: Step, answers: dict[str, Any]) -> str:
        before = self.side.flow.previous_step(step.slug, answers)
        return self.step_url(before) if before else with_change(request, steps.page(self.side.at).url)

    def extra_context(self, step: Step, answers: Any) -> dict[str, Any]:
        asked = self.side.flow.steps(answers)
        return {
            "number": asked.index(step) + 1,
            "of": len(asked),
            "autosave_url": reverse(f"referrals:{self.side.name}_keep", args=[step.slug]),
            "save_url": reverse("referrals:save"),
            "stop_url": with_change(self.request, steps.page(self.side.at).url),
        }


def side_keep(request: HttpRequest, side: Side, slug: str, draft: Draft) -> HttpResponse:
    """Keep what is valid of a page somebody leaves in a hurry; say nothing about the rest."""
    step = side.flow.get(slug)
    if step is not None and steps.missing_before(side.at, draft.data) is None:
        said = dict(getattr(draft.answers, side.kept_in))
        form = step.form(request.POST, answers=said)
        if form.is_valid():
            others = {key: value for key, value in said.items() if key not in step.keys}
            draft.save(**{side.kept_in: cast(dict[str, Any], {**others, **form.write()})})
    return HttpResponse(status=204)


def side_begin(request: HttpRequest, side: Side, draft: Draft) -> HttpResponse:
    """Go on at the first open question, or show what was found when there is none."""
    step = side.next_open(getattr(draft.answers, side.kept_in))
    name = f"referrals:{side.name}"
    return redirect(with_change(request, reverse(name, args=[step.slug]) if step else reverse(f"{name}_found")))
