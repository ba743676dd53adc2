"""Whether this process can answer: asked by the proxy and by whoever starts the platform."""

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache

from core.policy import public


@public("tells one word about this process and nothing about anybody")
@never_cache
def health(request: HttpRequest) -> HttpResponse:
    """Answer "ok" when the database answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")
