"""The client's questions, from the start page to the last one."""

from typing import Any, cast
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from clients.models import Client
from core import crisis
from core.flow import Step
from core.policy import public
from core.views.flow import FlowView
from referrals.answers import NOT_SURE, SELF_PAY, Answers
from referrals.presenters import steps
from referrals.presenters.information import notes_for
from referrals.services.submission import submission_save, submission_start
from referrals.sessions import DRAFT_KEYS, KNOWS_WHO_KEY, TOKEN_KEY
from referrals.views.drafts import Draft, draft_gone_on_with, draft_of, with_draft, with_draft_after
from referrals.views.side import side_links
from therapists.selectors import reference

NEVER_ASKED_BEFORE = "people choose before they say who they are, so nobody signs in here"


@public("the front door")
@require_GET
def start(request: HttpRequest) -> HttpResponse:
    return render(request, "referrals/start.html", {"has_draft": draft_of(request) is not None})


@public("starting asks for nothing")
@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """Open a new draft. A second press of the button opens the first one again; answers are left behind only when she
    says so, and a return code to them goes on working.
    """
    draft = draft_of(request)
    request.session.pop(KNOWS_WHO_KEY, None)
    if "find" in request.POST:
        request.session[KNOWS_WHO_KEY] = True
    if draft is not None and draft.data and "afresh" not in request.POST:
        return redirect("referrals:find" if "find" in request.POST else "referrals:begin_again")
    if draft is None or draft.data:
        _submission, token = submission_start()
        request.session.cycle_key()
        for key in DRAFT_KEYS:
            request.session.pop(key, None)
        request.session[TOKEN_KEY] = token
    return redirect(steps.page("where").url)


@public("starting asks for nothing")
@require_GET
@with_draft
def begin_again(request: HttpRequest, draft: Draft) -> HttpResponse:
    """Ask whoever pressed "Start now" beside a draft with answers whether to go on with it."""
    if not draft.data:
        return redirect(steps.page("where").url)
    return render(request, "referrals/begin_again.html")


@public("somebody under 18 must be led somewhere, whoever she is")
@require_GET
def under_18(request: HttpRequest) -> HttpResponse:
    nation = crisis.nation_of(request)
    context = {
        "contacts": crisis.contacts_for("under-18", nation, also=["shout"]),
        "for_parents": crisis.contacts_for("parents", nation),
    }
    return render(request, "referrals/under_18.html", context)


@public(NEVER_ASKED_BEFORE)
class QuestionView(FlowView):
    """One question. Answers are kept in the draft as soon as they are valid."""

    flow = steps.FLOW
    draft: Draft

    def load_draft(self, request: HttpRequest) -> dict[str, Any] | None:
        draft = draft_gone_on_with(request)
        if draft is None:
            return None
        self.draft = draft
        return draft.data

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        return self._too_early(request, slug) or super().get(request, slug)

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        return self._too_early(request, slug) or super().post(request, slug)

    def _too_early(self, request: HttpRequest, slug: str) -> HttpResponse | None:
        step = self.flow.get(slug)
        if step is None or step.form is None:
            raise Http404
        draft = draft_of(request)
        missing = steps.missing_before(slug, draft.data) if draft else None
        return redirect(missing.url) if missing else None

    def save_answers(self, request: HttpRequest, step: Step, answers: dict[str, Any]) -> None:
        answers = _what_may_stay(answers)
        if step.slug == "where":
            crisis.remember_nation(request, answers["nation"])
            answers = _without_foreign_funder(answers)
        submission_save(submission=self.draft.submission, answers=Answers.from_dict(answers))

    def _after(self, request: HttpRequest, step: Step, answers: dict[str, Any]) -> str:
        if answers.get("adult") is False:
            return reverse("referrals:under_18")
        if step.slug == "reach" and answers.get("channel") == Client.Channel.PHONE:
            return reverse("referrals:call_me")
        if "change" not in request.GET:
            return self._to_whom_she_knows(request, answers) or super()._after(request, step, answers)
        target = cast(steps.Page, step)
        if target.slug in {"reach", "reach-at"}:
            # A changed address must be proved before anything else.
            return super()._after(_without_change(request), step, answers)
        opened = self._opened(step, answers)
        if opened is not None:
            return f"{opened.url}?{urlencode({'change': request.GET['change']})}"
        return self.check_url()

    def _to_whom_she_knows(self, request: HttpRequest, answers: dict[str, Any]) -> str:
        """Return the page to look for somebody at, once what is needed before it is answered; "" for others."""
        if not request.session.get(KNOWS_WHO_KEY) or steps.missing_before("matches", answers):
            return ""
        del request.session[KNOWS_WHO_KEY]
        return reverse("referrals:find")

    def _opened(self, step: Step, answers: dict[str, Any]) -> steps.Page | None:
        """Return the question right after this one, when the new answer is what leads to it."""
        following = steps.after(step.slug, answers)
        before = {kept.slug for kept in self.flow.steps(self.draft.data)}
        return following if following is not None and following.slug not in before else None

    def form_kwargs(self, step: Step, answers: dict[str, Any]) -> dict[str, Any]:
        return {"answers": answers}

    def step_url(self, step: Step) -> str:
        return cast(steps.Page, step).url

    def start_url(self) -> str:
        return reverse("referrals:start")

    def check_url(self) -> str:
        return reverse("referrals:check" if self.request.GET.get("change") != "matches" else "referrals:matches")

    def finish_url(self, answers: Any) -> str:
        return reverse("referrals:check")

    def extra_context(self, step: Step, answers: Any) -> dict[str, Any]:
        shown = cast(steps.Page, step)
        self.template_name = shown.template
        own = {"autosave_url": reverse("referrals:autosave", args=[step.slug]), "save_url": reverse("referrals:save")}
        return {**own, **progress(step, answers), **side_links(self.request, self.draft)}


def _what_may_stay(answers: dict[str, Any]) -> dict[str, Any]:
    """Take out what leads elsewhere: nothing is kept about a child, and a call is no channel to prove."""
    leads_away = {"adult": answers.get("adult") is False, "channel": answers.get("channel") == Client.Channel.PHONE}
    return {key: value for key, value in answers.items() if not leads_away.get(key)}


def _without_foreign_funder(answers: dict[str, Any]) -> dict[str, Any]:
    """Take back a funder that does not pay in the nation just chosen: who pays is asked again."""
    known = {SELF_PAY, NOT_SURE, *(row.slug for row in reference.funders_open_to_self_referral(answers["nation"]))}
    return answers if answers.get("paying") in known else {k: v for k, v in answers.items() if k != "paying"}


def _without_change(request: HttpRequest) -> HttpRequest:
    query = request.GET.copy()
    query.pop("change", None)
    request.GET = query  # type: ignore[assignment]
    return request


def progress(step: Step, answers: Any) -> dict[str, Any]:
    """Return how far somebody is in her part: parts are short enough to promise an end."""
    part = cast(steps.Page, step).part
    asked = [other for other in steps.FLOW.steps(answers) if cast(steps.Page, other).part == part and other.keys]
    return {"number": asked.index(step) + 1 if step in asked else None, "of": len(asked), "part": part}


@public("the page saves itself when somebody has to leave it")
@require_POST
@with_draft
def autosave(request: HttpRequest, slug: str, draft: Draft) -> HttpResponse:
    """Keep what is valid of a half-filled page; say nothing about the rest."""
    step = steps.FLOW.get(slug)
    if step is not None and step.form is not None and steps.missing_before(slug, draft.data) is None:
        form = step.form(request.POST, answers=draft.data)
        if form.is_valid():
            answers = steps.FLOW.cleaned_answers({**draft.data, **form.write()})
            if answers.get("adult") is not False:
                submission_save(submission=draft.submission, answers=Answers.from_dict(_what_may_stay(answers)))
    return HttpResponse(status=204)


@public(NEVER_ASKED_BEFORE)
@with_draft_after("good-to-know")
def information(request: HttpRequest, draft: Draft) -> HttpResponse:
    """What is good to know about some issues before choosing. It stops nobody."""
    notes = notes_for(draft.answers.issues, draft.answers.nation)
    if not notes:
        return redirect(steps.page("reasons").url)
    onward = steps.after("good-to-know", draft.data)
    context = {"notes": notes, "onward": onward.url if onward else "", "back_url": steps.page("reasons").url}
    return render(request, "referrals/information.html", context)
