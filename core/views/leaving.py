"""Leave this page: works as a plain link; the script makes it instant."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache

from core import leave
from core.policy import public


@leave.open_after_leaving
@public("leaving asks for nothing and shows nothing")
@never_cache
def leave_page(request: HttpRequest) -> HttpResponse:
    leave.left(request)
    return redirect(settings.LEAVE_URL)
