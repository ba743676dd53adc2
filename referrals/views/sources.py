"""Where a request comes from, for counting attempts only: never stored, never logged."""

from django.http import HttpRequest


def source_of(request: HttpRequest) -> str:
    """Return the address the request came from, as the proxy in front of us tells it."""
    return request.META.get("REMOTE_ADDR", "")
