"""Error pages. Each shows where to turn at once; the one for our own faults touches neither database nor session."""

import logging

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import loader
from django.utils.translation import gettext as _

from core import crisis
from core.policy import public

logger = logging.getLogger(__name__)

WHY = "an error page is shown to whoever met the error"

# What is left when even a template cannot be rendered.
_BARE = (
    '<!DOCTYPE html><html lang="en"><head><title>Sorry</title>'
    '<meta name="viewport" content="width=device-width"></head><body><h1>Sorry, something went wrong</h1>'
    '<p>If your life is in danger, call <a href="tel:999">999</a>. To talk to someone now, call Samaritans: '
    '<a href="tel:116123">116 123</a>.</p></body></html>'
)


@public(WHY)
def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "errors/400.html", status=400)


@public(WHY)
def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "errors/403.html", status=403)


@public(WHY)
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "errors/403_csrf.html", status=403)


@public(WHY)
def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "errors/404.html", status=404)


@public(WHY)
def too_many(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "errors/429.html", status=429)


@public(WHY)
def server_error(request: HttpRequest) -> HttpResponse:
    # Without the request: no session, no user, no query can break this page a second time.
    context = {"static_help": (crisis.EMERGENCY, crisis.ANY_111, crisis.SAMARITANS), "sorry": _("Sorry")}
    try:
        return HttpResponse(loader.get_template("errors/500.html").render(context), status=500)
    except Exception:  # whatever broke, these numbers must be shown
        logger.exception("the error page itself could not be rendered")
        return HttpResponse(_BARE, status=500)
