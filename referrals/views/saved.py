"""Stopping and coming back: a return code shown on the screen, and the page that takes it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core import throttle
from core.policy import public
from referrals.forms.sign_in import ReturnForm
from referrals.presenters import steps
from referrals.services.submission import (
    somebody_has_to_call,
    submission_by_return_code,
    submission_delete,
    submission_return_code,
)
from referrals.sessions import DRAFT_KEYS, TOKEN_KEY
from referrals.views.drafts import Draft, draft_gone_on_with, with_draft
from referrals.views.sources import source_of

TRIES, PER_SECONDS = 10, 900


@public("somebody who stops has not said who she is")
@with_draft
def save(request: HttpRequest, draft: Draft) -> HttpResponse:
    """Say how to come back. The code is made only when asked for, because making one replaces the one before."""
    return render(request, "referrals/save.html", _saved(draft))


@public("somebody who stops has not said who she is")
@require_POST
@with_draft
def save_code(request: HttpRequest, draft: Draft) -> HttpResponse:
    code = submission_return_code(submission=draft.submission)
    return render(request, "referrals/save.html", _saved(draft) | {"code": code})


@public("the code itself is the key")
def come_back(request: HttpRequest) -> HttpResponse:
    """Take a return code. A wrong and an expired one get the same words."""
    form = ReturnForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        key = f"return-code {source_of(request)}"
        found = None
        if throttle.allow(key=key, limit=TRIES, per_seconds=PER_SECONDS):
            found = submission_by_return_code(code=form.cleaned_data["code"])
        if found is not None:
            request.session.cycle_key()
            for key in DRAFT_KEYS:
                # What was done on another draft in this browser was not done on this one.
                request.session.pop(key, None)
            request.session[TOKEN_KEY] = found[1]
            draft = draft_gone_on_with(request)
            return redirect(steps.where_to_go_on(draft.data).url if draft else "referrals:start")
        form.add_error("code", _("We cannot find that code. Check it, or start again: it takes about 10 minutes"))
    draft = draft_gone_on_with(request)
    onward = steps.where_to_go_on(draft.data).url if draft else ""
    return render(request, "referrals/return.html", {"form": form, "onward": onward})


@public("somebody who stops has not said who she is")
@with_draft
def go_on(request: HttpRequest, draft: Draft) -> HttpResponse:
    return redirect(steps.where_to_go_on(draft.data).url)


@public("somebody who stops has not said who she is")
@require_POST
@with_draft
def delete_draft(request: HttpRequest, draft: Draft) -> HttpResponse:
    """Forget what was typed. Answers about safety stay, as she was told when she gave them."""
    kept = submission_delete(submission=draft.submission)
    request.session.flush()
    if kept:
        messages.info(request, _kept_words(draft))
    return redirect("referrals:start")


def _saved(draft: Draft) -> dict[str, Any]:
    kept = _kept_words(draft) if somebody_has_to_call(draft.submission) else ""
    return {"expires_at": draft.submission.expires_at, "kept": kept}


def _kept_words(draft: Draft) -> str:
    if draft.answers.phone:
        return _("We keep your number until we have called you. Everything else is deleted.")
    return _("We keep your name and your address until we have reached you. Everything else is deleted.")
