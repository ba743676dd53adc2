"""Pages of a therapist's own: she gets in, with her profile in hand; everybody else gets 404."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.actors import for_request
from core.actors import Actor
from core.policy import allow
from therapists.models import Therapist
from therapists.selectors.own import own_therapist

OwnView = Callable[Concatenate[HttpRequest, Therapist, Actor, ...], HttpResponse]


def therapist_page(view: OwnView) -> Callable[..., HttpResponse]:
    """Mark a view for therapists and hand it (request, therapist, actor, ...).

    Somebody whose registration is not hers yet is led to the page where she claims it.
    """

    @wraps(view)
    def with_own(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        actor = for_request(request)
        therapist = own_therapist(actor)
        if therapist is None:
            return redirect("therapists:onboarding")
        return view(request, therapist, actor, *args, **kwargs)

    return allow("therapist")(with_own)
