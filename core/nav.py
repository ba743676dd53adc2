"""The navigation of signed-in people. Each app registers its own pages in AppConfig.ready: core knows none of them."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise

from core import policy


@dataclass(frozen=True, slots=True)
class Item:
    label: str | Promise
    url_name: str
    roles: frozenset[str]
    order: int


@dataclass(frozen=True, slots=True)
class Shown:
    """A navigation entry as the page shows it."""

    label: str | Promise
    url: str
    current: bool


_items: dict[str, Item] = {}


def register(*, label: str | Promise, url_name: str, roles: Iterable[str], order: int) -> None:
    """Add a page to the navigation of whoever holds one of the roles. Raises ValueError for an unknown role."""
    wanted = frozenset(roles)
    if not wanted or wanted - policy.ROLES:
        raise ValueError(f"{url_name}: a navigation item needs known roles, not {sorted(wanted)}")
    _items[url_name] = Item(label, url_name, wanted, order)


def items_for(request: HttpRequest) -> list[Shown]:
    """Return what the caller may open, in order; the entry the page belongs to is marked as current."""
    if not getattr(request, "user", None) or not request.user.is_authenticated:
        return []
    held = policy.user_roles(request)
    mine = sorted((item for item in _items.values() if item.roles & held), key=lambda item: item.order)
    urls = {item.url_name: reverse(item.url_name) for item in mine}
    # The longest address that the page lies under: "/caseload/" must not stay marked on "/caseload/week/".
    under = [url for url in urls.values() if request.path.startswith(url)]
    current = max(under, key=len, default="")
    return [Shown(item.label, urls[item.url_name], urls[item.url_name] == current) for item in mine]
