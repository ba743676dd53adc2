"""Where a request comes from, for counting attempts only: never stored, never logged."""

from ipaddress import IPv6Address, ip_address

from allauth.account.adapter import get_adapter
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest

# What one household is given at least: whoever has one address of it has all of them.
NETWORK_BITS = 64


def source_of(request: HttpRequest) -> str:
    """Return the address the request came from; of an IPv6 address the network, or there would be an end to no count.

    Behind a proxy every connection comes from the proxy: its header is read as far as ALLAUTH_TRUSTED_PROXY_COUNT says,
    and no further, because what stands left of it was written by the visitor.
    """
    try:
        text = get_adapter().get_client_ip(request)
    except (PermissionDenied, ImproperlyConfigured):
        text = request.META.get("REMOTE_ADDR", "")
    return _network(text)


def _network(text: str) -> str:
    try:
        address = ip_address(text)
    except ValueError:
        return text
    if not isinstance(address, IPv6Address):
        return text
    return str(address.ipv4_mapped or IPv6Address(int(address) >> NETWORK_BITS << NETWORK_BITS))
