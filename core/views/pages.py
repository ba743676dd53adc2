"""Pages of words: how to hide a visit, accessibility, privacy, cookies."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from core.leave import open_after_leaving
from core.policy import public


@open_after_leaving
@public("somebody whose phone is watched reads this before anything else")
@require_safe
def hide_visit(request: HttpRequest) -> HttpResponse:
    return render(request, "core/hide_visit.html")


@open_after_leaving
@public("the law asks for this statement")
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "core/accessibility.html")


@open_after_leaving
@public("people read this before they tell us anything")
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "core/privacy.html")


@open_after_leaving
@public("people read this before they tell us anything")
@require_safe
def cookies(request: HttpRequest) -> HttpResponse:
    return render(request, "core/cookies.html")
