"""Two referrals that may be one person's, side by side, for somebody who decides."""

from collections.abc import Sequence
from dataclasses import dataclass

from core import audit
from core.actors import Actor
from core.models import Task
from referrals import kinds
from referrals.models import Choice, Offer, Referral, WaitingListEntry
from referrals.selectors.lists import entries_of
from referrals.selectors.scope import referrals_visible_to
from referrals.transitions import SEEKING

CLOSED = Referral.State.CLOSED


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two. `may_close`: nobody sees her by this one, so that it can become part of the other."""

    referral: Referral
    name: str
    born: str
    postcode: str
    nhs_number: str
    channel: str
    address: str
    phone: str
    choices: tuple[Choice, ...]
    entries: tuple[WaitingListEntry, ...]
    offer: Offer | None
    may_close: bool


def two_sides(actor: Actor, pk: int, other: int) -> tuple[Side, Side] | None:
    """Return both, the one that waits longer first; None when the actor may not see both. The reading is recorded."""
    found = {row.pk: row for row in referrals_visible_to(actor).filter(pk__in=(pk, other))}
    if len(found) < 2:
        return None
    rows = sorted(found.values(), key=lambda row: (row.clock_started_at, row.pk))
    audit.records_read(
        actor=actor, obj_type="client", obj_ids=sorted({row.client_id for row in rows}), purpose="identity_check"
    )
    return _side(rows[0]), _side(rows[1])


def mergeable(sides: Sequence[Side]) -> list[Side]:
    """Return which of the two may be the one that goes on."""
    first, second = sides
    if first.referral.client_id == second.referral.client_id or CLOSED in (first.referral.state, second.referral.state):
        return []
    return [keep for keep, away in ((first, second), (second, first)) if away.may_close]


def pairs_of(task: Task) -> list[tuple[int, int]]:
    """Return the pairs of open referrals, by pk, that an identity task asks about: the new one with each of others."""
    if task.kind != kinds.IDENTITY_CHECK:
        return []
    ids = [task.subject_id, *task.detail.get("perhaps", [])]
    rows = Referral.objects.filter(client_id__in=ids).exclude(state=CLOSED).order_by("pk")
    by_client = dict(rows.values_list("client_id", "pk"))
    new = by_client.pop(task.subject_id, None)
    return [(new, pk) for pk in by_client.values()] if new is not None else []


def _side(referral: Referral) -> Side:
    client = referral.client
    offers = Offer.objects.filter(referral=referral, state=Offer.State.OPEN).select_related("therapist")
    choices = referral.choices.filter(round=referral.round).select_related("therapist").order_by("rank")
    return Side(
        referral=referral,
        name=f"{client.given_name} {client.family_name}",
        born=client.date_of_birth,
        postcode=client.postcode,
        nhs_number=client.nhs_number,
        channel=client.get_contact_channel_display(),
        address={"email": client.email, "letter": client.address}.get(client.contact_channel, client.phone),
        phone=client.phone,
        choices=tuple(choices),
        entries=tuple(entries_of(referral)),
        offer=offers.first(),
        may_close=referral.state in SEEKING and not _leaving(referral),
    )


def _leaving(referral: Referral) -> bool:
    return referral.placements.exclude(state="ended").exists()
