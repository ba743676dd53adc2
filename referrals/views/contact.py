"""Proving the safe channel: a code goes to the address, and comes back here."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core import throttle
from core.crypto import keyed_digest
from core.one_time_codes import TooManyCodes
from core.policy import public
from referrals.forms.contact import CodeForm
from referrals.presenters import steps
from referrals.services.submission import submission_channel_prove, submission_channel_set
from referrals.sessions import CODE_KEY, SENT_TO_KEY
from referrals.views.drafts import Draft, draft_of, with_draft_after
from referrals.views.sources import source_of

WHY = "the code is what proves who reads the channel"
CODES_PER_HOUR = 10


@public(WHY)
@with_draft_after("code")
def code(request: HttpRequest, draft: Draft) -> HttpResponse:
    """Ask for the code. The first visit sends it; coming back to the page does not send another."""
    if not steps.proves_by_code(draft.data):
        return _onward(request)
    if steps.PROVED in draft.data:
        return render(
            request, "referrals/code_done.html", _context(draft) | {"onward": steps.after("code", draft.data)}
        )
    if request.method == "POST" and CODE_KEY not in request.session:
        # This browser asked for no code: without knowing which one is meant, every code of the draft would do.
        return redirect("referrals:code")
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        right = submission_channel_prove(
            submission=draft.submission, digits=form.cleaned_data["code"], code_id=request.session[CODE_KEY]
        )
        if right:
            return _onward(request)
        form.add_error("code", _("This code is not right, or it is too old. Check it, or ask for a new one"))
    elif request.method != "POST" and not _has_sent(request, draft):
        _send(request, draft)
    return render(request, "referrals/code.html", {"form": form, **_context(draft)})


@public(WHY)
@require_POST
@with_draft_after("code")
def code_again(request: HttpRequest, draft: Draft) -> HttpResponse:
    if steps.proves_by_code(draft.data) and _send(request, draft):
        messages.success(request, _("We have sent a new code."))
    return redirect("referrals:code")


def _send(request: HttpRequest, draft: Draft) -> bool:
    """Send a code to the address in the answers. Says so on the page when there were too many."""
    try:
        if not throttle.allow(key=f"channel-code {source_of(request)}", limit=CODES_PER_HOUR, per_seconds=3600):
            raise TooManyCodes(_("We have sent several codes already. Use the newest one, or try again in an hour."))
        request.session[CODE_KEY] = submission_channel_set(
            submission=draft.submission, channel=draft.answers.channel, address=draft.answers.channel_address
        )
    except TooManyCodes as too_many:
        messages.warning(request, str(too_many))
        return False
    request.session[SENT_TO_KEY] = _address(draft)
    return True


def _has_sent(request: HttpRequest, draft: Draft) -> bool:
    return CODE_KEY in request.session and request.session.get(SENT_TO_KEY) == _address(draft)


def _address(draft: Draft) -> str:
    # Which address a code went to, without keeping the address in the session.
    where = f"{draft.submission.pk} {draft.answers.channel} {draft.answers.channel_address}"
    return keyed_digest(where, purpose="code_sent_to")[:16]


def _context(draft: Draft) -> dict[str, str]:
    return {
        "address": draft.answers.channel_address,
        "channel": draft.answers.channel,
        "back_url": steps.page("reach-at").url,
    }


def _onward(request: HttpRequest) -> HttpResponse:
    draft = draft_of(request)
    following = steps.after("reach-at", draft.data) if draft else None
    if following is not None and following.slug == "code":
        following = steps.after("code", draft.data) if draft else None
    return redirect(following.url if following else "referrals:check")
