"""The language switch of every page."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

from core.leave import open_after_leaving
from core.policy import public


@open_after_leaving
@public("everybody may read in their own language")
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    return set_language(request)
