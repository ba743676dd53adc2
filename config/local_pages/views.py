"""The local pages. Their URLs are only there when settings.LOCAL_PAGES is on, which production cannot set."""

import datetime

from allauth.account.adapter import get_adapter
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from accounts.services.demo import session_start_for_demo
from config.local_pages.cast import people
from config.local_pages.forms import MoveClockForm
from config.local_pages.mailbox import sent_mail, sent_mails
from core import clock, demo
from core.policy import public

REASON = "exists on a developer's machine only; holds invented people"


@public(REASON)
def cast(request: HttpRequest) -> HttpResponse:
    """List the demo's people, each with a button that signs in as them."""
    return render(request, "local/cast.html", {"people": people()})


@public(REASON)
@require_POST
def sign_in(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign in as one of the cast, second factor included, and go where that person starts."""
    person = next((person for person in people() if person.user.pk == pk), None)
    if person is None:
        raise Http404
    session_start_for_demo(request=request, user=person.user)
    return redirect(get_adapter().get_login_redirect_url(request))


@public(REASON)
def mails(request: HttpRequest) -> HttpResponse:
    """List what was sent, newest first."""
    return render(request, "local/mails.html", {"mails": sent_mails()})


@public(REASON)
def mail(request: HttpRequest, key: str) -> HttpResponse:
    """Show one message as it arrived."""
    found = sent_mail(key)
    if found is None:
        raise Http404
    return render(request, "local/mail.html", {"mail": found})


@public(REASON)
def clock_page(request: HttpRequest) -> HttpResponse:
    """Show the platform's clock and move it forward."""
    form = MoveClockForm(request.POST or None)
    if form.is_valid():
        clock.travel(datetime.timedelta(days=form.cleaned_data["days"], hours=form.cleaned_data["hours"]))
        return redirect("local:clock")
    return render(request, "local/clock.html", {"form": form, "now": clock.now(), "offset": clock.offset()})


@public(REASON)
@require_POST
def confirm_again(request: HttpRequest) -> HttpResponse:
    """Let the made-up therapists confirm on the day the clock has been moved to, as they do at every start."""
    demo.refresh()
    return redirect("local:clock")


@public(REASON)
@require_POST
def clock_reset(request: HttpRequest) -> HttpResponse:
    """Put the clock back to the system's."""
    clock.set_offset(datetime.timedelta())
    return redirect("local:clock")
