"""Leave a number: for whoever cannot or will not fill in pages. Open from the first page on."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from core import clock, throttle
from core.policy import public
from core.words import when
from referrals import words
from referrals.forms.safety import CallMeForm
from referrals.services.duty import CallPromise, call_promise
from referrals.services.safety import call_ask
from referrals.sessions import PROMISE_KEY
from referrals.views.drafts import VISITOR, draft_of
from referrals.views.sources import source_of

PER_HOUR = 20


@public("somebody who asks for a call has not said who she is")
def call_me(request: HttpRequest) -> HttpResponse:
    form = CallMeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        if throttle.allow(key=f"call-me {source_of(request)}", limit=PER_HOUR, per_seconds=3600):
            draft = draft_of(request)
            promise = call_ask(
                phone=form.cleaned_data["phone"],
                name=form.cleaned_data["name"],
                voicemail_ok="ok" in form.cleaned_data["voicemail"],
                submission=draft.submission if draft else None,
                actor=VISITOR,
            )
            request.session[PROMISE_KEY] = promise_words(promise)
            return redirect("referrals:call_me_done")
        form.add_error(
            None,
            _("We have many requests from here just now. Please call Samaritans on 116 123, or try again in an hour"),
        )
    context = {
        "form": form,
        "promise": promise_words(call_promise(clock.now())),
        "back_url": reverse("referrals:start"),
    }
    return render(request, "referrals/call_me.html", context)


@public("somebody who asks for a call has not said who she is")
def call_me_done(request: HttpRequest) -> HttpResponse:
    promise = request.session.get(PROMISE_KEY)
    if not promise:
        return redirect("referrals:call_me")
    has_draft = draft_of(request) is not None
    return render(request, "referrals/call_me_done.html", {"promise": promise, "has_draft": has_draft})


def promise_words(promise: CallPromise, *, reachable: bool = True) -> str:
    """Return by when a person calls, or that this cannot be said: a gap in the rota changes the words at once.

    `reachable`: a number is known or asked for on this very page. Without one nobody is promised a call.
    """
    if promise.by is None:
        return _("We cannot say when we will call. Please do not wait for us: call 111, or Samaritans on 116 123.")
    if not reachable:
        return words.call_by(promise.by, number="")
    told = {"when": when(promise.by), "name": promise.name}
    return _("A trained person will call by %(when)s. They will say only: “It’s %(name)s, calling back.”") % told
