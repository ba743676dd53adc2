"""Safety questions. Help comes first and at once; what is answered is kept at once and never shown again."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from core.policy import public
from referrals.forms.safety import SafetyForm
from referrals.models import SafetyQuestion, Submission
from referrals.presenters import steps
from referrals.services.safety import call_declined, call_wanted, number_known, questions_for, safety_answer_record
from referrals.sessions import HELP_KEY, SAFETY_KEY
from referrals.views.call_me import promise_words
from referrals.views.drafts import VISITOR, Draft, with_draft_after, with_draft_or_sent

WHY = "safe contact is proved by now; signing in comes with the reference"


@public(WHY)
@never_cache
@require_GET
@with_draft_after("safety")
def safety(request: HttpRequest, draft: Draft) -> HttpResponse:
    """Say what is asked, why, and that an answer is kept even if she goes away."""
    asked = questions_for(draft.submission)
    if not asked:
        request.session[SAFETY_KEY] = True
        return redirect(_done_url(draft))
    context = {
        "questions": [{"text": one.question.text, "url": _url(one.question.slug)} for one in asked if one.answered],
        "first": _next_url(draft, after=""),
        "back_url": _before(draft),
    }
    return render(request, "referrals/safety.html", context)


@public(WHY)
@never_cache
@with_draft_or_sent
def safety_question(request: HttpRequest, slug: str, draft: Draft) -> HttpResponse:
    asked = next((one for one in questions_for(draft.submission) if one.question.slug == slug), None)
    if asked is None:
        raise Http404
    form = SafetyForm(request.POST if request.method == "POST" else None, question=asked.question)
    skipped = "skip" in request.POST and asked.question.optional
    if request.method == "POST" and (skipped or form.is_valid()):
        return _answered(request, draft, asked.question, form)
    context = {
        "form": form,
        "title": asked.question.text,
        "lead": asked.question.hint,
        "answered": asked.answered,
        "can_skip": asked.question.optional,
        "back_url": reverse("referrals:my_referral" if _is_sent(draft) else "referrals:safety"),
    }
    return render(request, "referrals/safety_question.html", context)


def _answered(request: HttpRequest, draft: Draft, question: SafetyQuestion, form: SafetyForm) -> HttpResponse:
    value = "" if form.question.optional and "skip" in request.POST else form.cleaned_data.get("answer", "")
    if not value:
        return redirect(_onward(request, draft, question.slug))
    outcome = safety_answer_record(submission=draft.submission, question=question, value=value, actor=VISITOR)
    onward = _onward(request, draft, question.slug)
    if not (outcome.show_help or outcome.call):
        return redirect(onward)
    request.session[HELP_KEY] = {
        "onward": onward,
        "promise": promise_words(outcome.call, reachable=number_known(draft.submission)) if outcome.call else "",
    }
    return redirect("referrals:safety_help")


@public(WHY)
@never_cache
@require_GET
@with_draft_or_sent
def safety_help(request: HttpRequest, draft: Draft) -> HttpResponse:
    """Help at once, before anything else; then by when a person calls, and both ways on."""
    kept = request.session.get(HELP_KEY)
    if not kept:
        return redirect("referrals:safety")
    name = draft.answers.preferred_name or draft.answers.given_name
    context = {"promise": kept["promise"], "name": name, "nation": draft.answers.nation}
    return render(request, "referrals/safety_help.html", context)


@public(WHY)
@require_POST
@with_draft_or_sent
def safety_call(request: HttpRequest, draft: Draft) -> HttpResponse:
    """Take "Call me" or "Carry on without a call". Without a number to call, ask for one."""
    kept = request.session.get(HELP_KEY) or {}
    if request.POST.get("call") != "yes":
        call_declined(submission=draft.submission, actor=VISITOR)
    elif not call_wanted(submission=draft.submission, actor=VISITOR) or not draft.answers.phone:
        return redirect("referrals:call_me")
    return redirect(kept.get("onward") or _next_url(draft, after=""))


def _onward(request: HttpRequest, draft: Draft, slug: str) -> str:
    url = _next_url(draft, after=slug)
    if url == _done_url(draft):
        request.session[SAFETY_KEY] = True
    return url


def _next_url(draft: Draft, *, after: str) -> str:
    """Return the next question's page: the list is computed anew, because an answer can open a further question."""
    questions = questions_for(draft.submission)
    asked = [one.question.slug for one in questions]
    following = asked[asked.index(after) + 1 :] if after in asked else asked
    # Opening the last page directly does not get round a question that must be answered.
    needed = [one.question.slug for one in questions if not (one.question.optional or one.answered)]
    pending = following or needed
    return _url(pending[0]) if pending else _done_url(draft)


def _is_sent(draft: Draft) -> bool:
    return draft.submission.state == Submission.State.SUBMITTED


def _done_url(draft: Draft) -> str:
    if _is_sent(draft):
        return reverse("referrals:my_referral")
    following = steps.after("safety", draft.data)
    return following.url if following else reverse("referrals:check")


def _url(slug: str) -> str:
    return reverse("referrals:safety_question", args=[slug])


def _before(draft: Draft) -> str:
    before = steps.before("safety", draft.data)
    return before.url if before else reverse("referrals:start")
