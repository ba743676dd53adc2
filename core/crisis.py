"""Where to turn in a crisis. A number nobody has checked in time is not shown: a dead line is worse than none."""

from collections.abc import Iterable

from core import clock
from core.models import CrisisContact

# What stays on the page whatever the dates say.
ALWAYS = ("emergency", "samaritans")


def contacts_for(nation: str = "") -> list[CrisisContact]:
    """Return the contacts of a nation, or those for everywhere while it is not known, in the order to show them.

    Rows past their check date are left out, except 999 and Samaritans.
    """
    rows = CrisisContact.objects.filter(active=True, nation__in={"", nation})
    today = clock.today()
    return [row for row in rows if row.slug in ALWAYS or row.check_by >= today]


def overdue_checks() -> Iterable[CrisisContact]:
    """Return the contacts whose check is overdue, for the people who must ring them."""
    return CrisisContact.objects.filter(active=True, check_by__lt=clock.today())
