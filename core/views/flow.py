"""The pages of a one-question-per-page flow. Where the answers are kept is the subclass's affair."""

import datetime
from abc import ABC, abstractmethod
from typing import Any, ClassVar
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.views import View

from core.flow import Answers, Flow, Step


class FlowView(View, ABC):
    """Ask one question, keep the answer, go to the next. Routed with a `slug`; the subclass carries the marker."""

    flow: ClassVar[Flow]
    template_name = "components/question_page.html"

    # What a subclass says.

    @abstractmethod
    def load_draft(self, request: HttpRequest) -> dict[str, Any] | None:
        """Return the answers so far, or None when there is no draft to add to."""

    @abstractmethod
    def save_answers(self, request: HttpRequest, step: Step, answers: dict[str, Any]) -> None:
        """Keep the whole cleaned answers after `step` was answered."""

    @abstractmethod
    def step_url(self, step: Step) -> str: ...

    @abstractmethod
    def start_url(self) -> str: ...

    @abstractmethod
    def check_url(self) -> str: ...

    def finish_url(self, answers: Answers) -> str:
        """Return where the last step leads: the check page unless said otherwise."""
        return self.check_url()

    def draft_missing(self, request: HttpRequest) -> HttpResponse:
        return redirect(self.start_url())

    def extra_context(self, step: Step, answers: Answers) -> dict[str, Any]:
        return {}

    # The pages.

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        found = self._find(request, slug)
        if isinstance(found, HttpResponse):
            return found
        step, answers = found
        return self._page(request, step, answers, self.make_form(step, answers))

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        found = self._find(request, slug)
        if isinstance(found, HttpResponse):
            return found
        step, answers = found
        # Skipping is an answer too: it takes back what was said here before.
        kept = {key: value for key, value in answers.items() if key not in step.keys}
        if "skip" not in request.POST:
            form = self.make_form(step, answers, data=request.POST, files=request.FILES)
            if not form.is_valid():
                return self._page(request, step, answers, form)
            kept |= self.answers_of(form)
        cleaned = self.flow.cleaned_answers(kept)
        self.save_answers(request, step, cleaned)
        return redirect(self._after(request, step, cleaned))

    def make_form(self, step: Step, answers: dict[str, Any], **kwargs: Any) -> forms.BaseForm:
        """Return the step's form, showing what was answered before. A form with `read` finds that out for itself."""
        if not hasattr(step.form, "read"):
            kwargs["initial"] = answers
        form: forms.BaseForm = step.form(**self.form_kwargs(step, answers), **kwargs)
        return form

    def form_kwargs(self, step: Step, answers: dict[str, Any]) -> dict[str, Any]:
        return {}

    def answers_of(self, form: forms.BaseForm) -> dict[str, Any]:
        """Return the valid form's answers as JSON values."""
        if hasattr(form, "write"):
            written: dict[str, Any] = form.write()
            return written
        return {key: _as_json(value) for key, value in form.cleaned_data.items()}

    def _find(self, request: HttpRequest, slug: str) -> tuple[Step, dict[str, Any]] | HttpResponse:
        answers = self.load_draft(request)
        if answers is None:
            return self.draft_missing(request)
        for step in self.flow.steps(answers):
            if step.slug == slug:
                return step, answers
        # A question these answers do not lead to: an old tab, or a guessed address.
        waiting = self.flow.first_unanswered(answers)
        return HttpResponseRedirect(self.step_url(waiting) if waiting else self.check_url())

    def _after(self, request: HttpRequest, step: Step, answers: dict[str, Any]) -> str:
        if "change" in request.GET:
            # A changed answer may have opened questions nobody has answered yet.
            opened = self.flow.first_unanswered(answers)
            return f"{self.step_url(opened)}?{urlencode({'change': 1})}" if opened else self.check_url()
        following = self.flow.next_step(step.slug, answers)
        return self.step_url(following) if following else self.finish_url(answers)

    def _back(self, request: HttpRequest, step: Step, answers: dict[str, Any]) -> str:
        if "change" in request.GET:
            return self.check_url()
        before = self.flow.previous_step(step.slug, answers)
        return self.step_url(before) if before else self.start_url()

    def _page(self, request: HttpRequest, step: Step, answers: dict[str, Any], form: forms.BaseForm) -> HttpResponse:
        context = {"form": form, "step": step, "back_url": self._back(request, step, answers)}
        if step.title:
            context["title"] = step.title
        context |= self.extra_context(step, answers)
        return render(request, self.template_name, context)


def _as_json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime.date) else value
