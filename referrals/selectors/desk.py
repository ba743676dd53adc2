"""What the desk shows: figures, what is overdue, and one referral by what somebody can say on the phone."""

import datetime
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from clients.identity import digests
from core import audit
from core.actors import Actor
from core.models import Task
from referrals import kinds
from referrals.models import Referral
from referrals.selectors.scope import referrals_visible_to

CALLING = (
    kinds.CALL_CLIENT,
    kinds.CALL_BEFORE_TELLING,
    kinds.HELP_CHOOSE,
    kinds.THERAPIST_OF_CLIENT,
    kinds.FIRST_CONTACT,
    kinds.NO_DECISION,
    kinds.PARKED_ENTRY,
    kinds.OFFER_NOT_TOLD,
    kinds.WORRY,
)

# While somebody is choosing and the desk has taken the next step over, it is taken by one of these calls.
NEXT_BY_A_CALL = (kinds.CALL_CLIENT, kinds.CALL_BEFORE_TELLING, kinds.HELP_CHOOSE)


@dataclass(frozen=True, slots=True)
class Record:
    """A client's identity, for telling whether two records are one person."""

    name: str
    born: str
    postcode: str
    contact: str
    referrals: tuple[Referral, ...]


@dataclass(frozen=True, slots=True)
class Figures:
    """How many referrals are open, how many of them have nobody who acts next, how many are past their time."""

    open: int
    unowned: int
    overdue: int


def figures(actor: Actor, *, now: datetime.datetime) -> Figures:
    """Count what the actor may see. One query.

    `unowned` is counted although a constraint forbids it: the line on the desk is a measurement, not a promise.
    """
    counts = (
        referrals_visible_to(actor)
        .exclude(state=Referral.State.CLOSED)
        .aggregate(
            open=Count("pk"),
            unowned=Count("pk", filter=Q(action_owner="") | Q(due_at__isnull=True)),
            overdue=Count("pk", filter=Q(due_at__lt=now)),
        )
    )
    return Figures(**counts)


def overdue(actor: Actor, *, now: datetime.datetime) -> QuerySet[Referral]:
    """Return open referrals past their time or without an owner, the longest first."""
    stuck = Q(due_at__lt=now) | Q(due_at__isnull=True) | Q(action_owner="")
    rows = referrals_visible_to(actor).exclude(state=Referral.State.CLOSED).filter(stuck)
    return rows.order_by("due_at", "pk")


def found(actor: Actor, *, reference: str, family_name: str, born: datetime.date | None) -> list[Referral]:
    """Return the referrals with this (clean) reference, or else of people with this family name and date of birth.

    Newest first, at most 20. Names are compared exactly, but for case, accents, spaces and hyphens.
    """
    rows = referrals_visible_to(actor).order_by("-pk")
    if reference:
        return list(rows.filter(reference=reference))
    known = digests(given_name="", family_name=family_name, born=born, postcode="", nhs_number="")
    if not (known.family and known.born):
        return []
    return list(rows.filter(client__family_digest=known.family, client__born_digest=known.born)[:20])


def closed_by(actor: Actor, pk: int) -> bool:
    """Say whether the actor closed this task herself: the same form sent twice leads here."""
    return Task.objects.filter(pk=pk, closed_by_id=actor.user_id or 0).exists()


def number_missing(task: Task) -> bool:
    """Say whether a call is owed to somebody whose number nobody knows: read now, for she may leave one meanwhile."""
    if task.kind not in CALLING or task.subject_type != "referral":
        return False
    return not Referral.objects.select_related("client").get(pk=task.subject_id).client.phone


def needs_next(task: Task) -> bool:
    """Say whether nobody but the desk acts next for whoever this call is about: closing it must say what comes then."""
    if task.kind not in NEXT_BY_A_CALL or task.subject_type != "referral":
        return False
    waiting = Referral.objects.filter(pk=task.subject_id, state=Referral.State.CHOOSING)
    return waiting.filter(action_owner=Referral.Owner.COORDINATOR).exists()


def identity_records(task: Task, *, actor: Actor) -> list[Record]:
    """Return the new record and those it may be the same person as, side by side; the reading is recorded."""
    if task.kind != kinds.IDENTITY_CHECK:
        return []
    ids = [task.subject_id, *task.detail.get("perhaps", [])]
    found = referrals_visible_to(actor).filter(client_id__in=ids).order_by("-pk")
    by_client: dict[int, list[Referral]] = {}
    for referral in found:
        by_client.setdefault(referral.client_id, []).append(referral)
    audit.records_read(actor=actor, obj_type="client", obj_ids=sorted(by_client), purpose="identity_check")
    return [_record(by_client[pk]) for pk in ids if pk in by_client]


def _record(referrals: list[Referral]) -> Record:
    client = referrals[0].client
    return Record(
        name=f"{client.given_name} {client.family_name}",
        born=client.date_of_birth,
        postcode=client.postcode,
        contact=client.email or client.phone,
        referrals=tuple(referrals),
    )
