"""The matches page's address: how it is sorted and which page it is."""

from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

SORTS = [
    ("fit", _("People who offer most of what you asked")),
    ("distance", _("People who are nearest")),
    ("wait", _("People with the shortest wait")),
    ("fee", _("People with the lowest fee")),
]
LAST_PAGE = 5000


def sort_of(text: str) -> str:
    return text if text in dict(SORTS) else "fit"


def page_of(text: str) -> int:
    """Return a page number from what stands in the address; 1 for anything that is none."""
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 1
    return min(max(number, 1), LAST_PAGE)


def address(sort: str, page: int) -> str:
    query = {key: value for key, value in (("sort", sort), ("page", page)) if value not in ("fit", 1)}
    return reverse("referrals:matches") + (f"?{urlencode(query)}" if query else "")


def address_of(here: str) -> str:
    """Return the list somebody pressed a button on, from "sort-page"."""
    sort, _dash, page = here.partition("-")
    return address(sort_of(sort), page_of(page))
