"""Where to turn at once. A number nobody has checked in time is not shown: a dead line is worse than none.

Dated rows per nation; 999 and Samaritans stand here too, so that neither a date nor a fault can hide them.
"""

import time
from collections.abc import Iterable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.db import Error, connection, transaction
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import clock
from core.choices import Nation
from core.models import CrisisContact

SESSION_KEY = "nation"


@dataclass(frozen=True, slots=True)
class Contact:
    """One way to get help. `how`: call, text, app or web; `href` may be empty; so may `topic`: general help."""

    slug: str
    name: str | Promise
    how: str
    number: str | Promise
    href: str
    when: str | Promise
    for_whom: str | Promise
    position: int
    nation: str = ""
    check_by: date | None = None
    topic: str = ""


@dataclass(frozen=True, slots=True)
class Help:
    """What to show for a nation ("" while it is not known)."""

    nation: str
    nation_name: str | Promise
    contacts: tuple[Contact, ...]

    @property
    def first(self) -> tuple[Contact, ...]:
        """The three that matter most: the emergency number, urgent mental health help, somebody who listens."""
        return self.contacts[:3]


EMERGENCY = Contact(
    slug="emergency",
    name=gettext_lazy("Emergency services"),
    how="call",
    number="999",
    href="tel:999",
    when=gettext_lazy("Day and night"),
    for_whom=gettext_lazy("If your life or somebody else's is in danger now. You can also go to A&E."),
    position=10,
)
SAMARITANS = Contact(
    slug="samaritans",
    name="Samaritans",
    how="call",
    number="116 123",
    href="tel:116123",
    when=gettext_lazy("Day and night, free"),
    for_whom=gettext_lazy("Anybody, about anything. A person listens."),
    position=30,
)
# Said until the nation is known: what 111 offers differs between nations, that it answers does not.
ANY_111 = Contact(
    slug="111",
    name=gettext_lazy("Urgent mental health help"),
    how="call",
    number="111",
    href="tel:111",
    when=gettext_lazy("Day and night"),
    for_whom=gettext_lazy("Urgent help with your mental health, when nobody's life is in danger."),
    position=20,
)
ALWAYS = {contact.slug: contact for contact in (EMERGENCY, SAMARITANS)}

_cache: tuple[float, tuple[Contact, ...]] | None = None


def help_for(nation: str = "") -> Help:
    """Return where to turn in a nation, most urgent first. Works with an empty table and without a database.

    Rows past their check date and rows about a topic are left out; 999 and Samaritans never are.
    """
    known = nation if nation in Nation.values else ""
    contacts = ALWAYS | {row.slug: row for row in _in_date(known) if not row.topic}
    if not known:
        contacts[ANY_111.slug] = ANY_111
    ordered = sorted(contacts.values(), key=lambda contact: (contact.position, contact.slug))
    return Help(known, Nation(known).label if known else "", tuple(ordered))


def contacts_for(topic: str, nation: str = "", *, also: Iterable[str] = ()) -> list[Contact]:
    """Return the contacts about a topic, in the order of their positions; none when none was checked in time.

    Only rows for the nation or for everywhere. `also`: slugs of general contacts that belong on the page as well, so
    that one number stands in one row, with one date.
    """
    named = set(also)
    known = nation if nation in Nation.values else ""
    rows = [row for row in _in_date(known) if (row.topic == topic if row.topic else row.slug in named)]
    return sorted(rows, key=lambda row: (row.position, row.slug))


def overdue_checks() -> Iterable[CrisisContact]:
    """Return the contacts whose check is overdue, for the people who must ring them."""
    return CrisisContact.objects.filter(active=True, check_by__lt=clock.today())


def words(nation: str = "") -> str:
    """Return the most urgent contacts as one line of plain text, for messages."""
    return " ".join(f"{contact.name}: {contact.number}." for contact in help_for(nation).first)


def nation_of(request: HttpRequest) -> str:
    """Return the nation remembered in this session, or "". Without a database, nothing is remembered."""
    try:
        nation = request.session.get(SESSION_KEY, "")
    except (AttributeError, Error):
        return ""
    return nation if nation in Nation.values else ""


def remember_nation(request: HttpRequest, nation: str) -> None:
    """Remember the nation for this session. An unknown one is ignored."""
    if nation in Nation.values:
        request.session[SESSION_KEY] = nation


def say(contact: Contact) -> str:
    """Return what the contact's link says: "Call 999"."""
    return _("Call %(number)s") % {"number": contact.number} if contact.how == "call" else str(contact.number)


def forget_cached() -> None:
    """Read the rows again at the next page, instead of when the kept ones are too old."""
    global _cache  # noqa: PLW0603 - one process-wide cache, replaced whole
    _cache = None


def _in_date(nation: str) -> list[Contact]:
    today = clock.today()
    return [row for row in _rows() if row.nation in ("", nation) and (row.check_by is None or row.check_by >= today)]


def _rows() -> tuple[Contact, ...]:
    # Kept in the process: this panel is on every page, and must outlive a database that has gone away.
    global _cache  # noqa: PLW0603 - one process-wide cache, replaced whole
    if _cache and time.monotonic() - _cache[0] < settings.REFERENCE_CACHE_SECONDS:
        return _cache[1]
    fields = list(Contact.__dataclass_fields__)
    try:
        # A savepoint where a transaction is open: an error here must not take the caller's work down with it.
        with transaction.atomic() if connection.in_atomic_block else nullcontext():
            rows: list[dict[str, Any]] = list(CrisisContact.objects.filter(active=True).values(*fields))
    except Error:
        return _cache[1] if _cache else ()
    _cache = (time.monotonic(), tuple(Contact(**row) for row in rows))
    return _cache[1]
