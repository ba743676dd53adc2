"""What may help while somebody waits: for everybody, to read or to print. Nothing is kept about who reads it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from core.policy import public
from referrals.presenters.advice import checked_once, parts_of
from referrals.selectors.advice import waiting_advice


@public("what may help while waiting is for everybody")
@require_GET
def while_waiting(request: HttpRequest) -> HttpResponse:
    parts = parts_of(waiting_advice())
    return render(request, "referrals/while_waiting.html", {"parts": parts, "checked": checked_once(parts)})
