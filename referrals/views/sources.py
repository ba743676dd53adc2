"""Where a request comes from, for counting attempts only: never stored, never logged."""

from allauth.account.adapter import get_adapter
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest


def source_of(request: HttpRequest) -> str:
    """Return the address the request came from.

    Behind a proxy every connection comes from the proxy: its header is read as far as ALLAUTH_TRUSTED_PROXY_COUNT says,
    and no further, because what stands left of it was written by the visitor.
    """
    try:
        return get_adapter().get_client_ip(request)
    except (PermissionDenied, ImproperlyConfigured):
        return request.META.get("REMOTE_ADDR", "")
