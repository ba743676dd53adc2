"""My exposure: how often she was shown, and how often was her fair share."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from core import clock
from core.actors import Actor
from matching.selectors.exposure import own_exposure
from therapists.access import therapist_page
from therapists.models import Therapist
from therapists.selectors.standing import standing


@therapist_page
@require_GET
def exposure(request: HttpRequest, therapist: Therapist, actor: Actor) -> HttpResponse:
    own = own_exposure(therapist.pk)
    fair = own.line.fair
    context = {
        "own": own,
        "fair_words": _("less than 1") if 0 < fair < 0.5 else round(fair),
        "standing": standing(therapist.pk, as_of=clock.now()),
    }
    return render(request, "caseload/exposure.html", context)
