"""Places that are offered to clients, as coordinators read them: which are out, who could not be told, who did not
answer, and whose waiting is parked."""

import datetime
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from clients.models import Client
from core import audit
from core.actors import Actor
from core.choices import Role
from notifications.selectors import failed_messages, letters_to_print
from referrals.models import Offer, Referral, WaitingListEntry
from referrals.selectors.keyset import Order, Page, page_of
from referrals.selectors.lists import SEALED, entries_visible_to
from referrals.transitions import SEEKING

PAGE = 50
OPEN, LAPSED = Offer.State.OPEN, Offer.State.LAPSED
# A message waits for the morning at most; what is not handed over by then has a reason somebody should know.
TOLD_WITHIN = datetime.timedelta(hours=16)
# What a page that names nobody need not open.
SEALED_OF_CLIENT = tuple(
    f"referral__client__{name}"
    for name in (
        "given_name", "family_name", "preferred_name", "date_of_birth", "nhs_number", "postcode", "email", "phone",
        "address", "call_times", "access_needs",
    )
)  # fmt: skip
LAPSED_SINCE = datetime.timedelta(days=28)


@dataclass(frozen=True, slots=True)
class Counts:
    """What the front page of the desk says about lists. Each figure is a page."""

    waiting: int
    offers: int
    not_told: int
    lapsed: int
    parked: int
    frozen: int
    letters: int
    came_back: int


@dataclass(frozen=True, slots=True)
class NotTold:
    """A place that is held for somebody who could not be told, and how to reach her: the reading is recorded."""

    offer: Offer
    name: str
    phone: str
    call_times: str
    voicemail_ok: bool


def offers_visible_to_desk(actor: Actor) -> QuerySet[Offer]:
    """Return places offered to clients, whatever became of them. Coordinators only."""
    rows = Offer.objects.filter(awaiting=Offer.Awaiting.CLIENT)
    if not actor.holds(Role.COORDINATOR):
        return rows.none()
    rows = rows.select_related(
        "referral__client", "therapist", "claim__place__session_format", "claim__place__location"
    )
    return rows.defer(*SEALED)


def offers_out(actor: Actor, *, mark: str) -> Page:
    """Return a page of places that wait for a client's answer, the one whose time is over first on top."""
    rows = offers_visible_to_desk(actor).filter(state=OPEN)
    return page_of(
        rows.defer(*SEALED, *SEALED_OF_CLIENT),
        Order("expires_at"),
        mark,
        size=PAGE,
        marked=lambda row: (row.expires_at, row.pk),
    )


def offers_not_told(actor: Actor, *, mark: str, now: datetime.datetime) -> Page:
    """Return a page of NotTold: the message came back, or was not handed over within TOLD_WITHIN."""
    rows = offers_visible_to_desk(actor).filter(_not_told(now), state=OPEN)
    page = page_of(rows, Order("expires_at"), mark, size=PAGE, marked=lambda row: (row.expires_at, row.pk))
    audit.records_read(
        actor=actor, obj_type="client", obj_ids=[row.referral.client_id for row in page.rows], purpose="place_not_told"
    )
    return Page([_reached(row, row.referral.client) for row in page.rows], page.more, page.later)


def offers_lapsed(actor: Actor, *, mark: str, now: datetime.datetime) -> Page:
    """Return a page of places of the last four weeks that nobody answered about, newest first."""
    rows = offers_visible_to_desk(actor).filter(state=LAPSED, closed_at__gt=now - LAPSED_SINCE)
    newest = Order("closed_at", newest_first=True)
    rows = rows.defer(*SEALED, *SEALED_OF_CLIENT)
    return page_of(rows, newest, mark, size=PAGE, marked=lambda row: (row.closed_at, row.pk))


def entries_parked(actor: Actor, *, mark: str) -> Page:
    """Return a page of entries to which nothing is offered until somebody has found out why, the longest first."""
    rows = entries_visible_to(actor).filter(state=WaitingListEntry.State.PARKED).defer(*SEALED)
    return page_of(rows, Order("changed_at"), mark, size=PAGE, marked=lambda row: (row.changed_at, row.pk))


def counts(actor: Actor, *, now: datetime.datetime) -> Counts | None:
    """Return the figures for a coordinator, None for anybody else. Eight queries, each over what it counts alone."""
    if not actor.holds(Role.COORDINATOR):
        return None
    offers = Offer.objects.filter(awaiting=Offer.Awaiting.CLIENT)
    entries = WaitingListEntry.objects.filter(state__in=WaitingListEntry.ON_LIST)
    return Counts(
        waiting=Referral.objects.filter(state__in=SEEKING).count(),
        offers=offers.filter(state=OPEN).count(),
        not_told=offers.filter(_not_told(now), state=OPEN).count(),
        lapsed=offers.filter(state=LAPSED, closed_at__gt=now - LAPSED_SINCE).count(),
        parked=WaitingListEntry.objects.filter(state=WaitingListEntry.State.PARKED).count(),
        frozen=entries.filter(frozen_at__isnull=False).values("therapist").distinct().count(),
        letters=letters_to_print().count(),
        came_back=failed_messages().count(),
    )


def _not_told(now: datetime.datetime) -> Q:
    return Q(bounced_at__isnull=False) | Q(told_at__isnull=True, opened_at__lt=now - TOLD_WITHIN)


def _reached(offer: Offer, client: Client) -> NotTold:
    return NotTold(
        offer,
        f"{client.given_name} {client.family_name}",
        client.phone,
        client.call_times,
        client.voicemail_ok,
    )
