"""The one lock order: therapists by pk, then referrals by pk, then offers.

A service that changes a referral enters `referral_locked`: it takes every therapist on the list, so a re-walk in the
same transaction never has to lock a therapist after a referral. The list is read before the locks and compared after
them; when it changed in between, the savepoint gives the locks back and the whole is tried again.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import transaction

from referrals.errors import Busy
from referrals.models import Choice, Offer, Placement, Referral, WaitingListEntry
from therapists.locks import lock_therapists
from therapists.models import Therapist

ATTEMPTS = 5


class _ListChanged(Exception):
    pass


@dataclass(frozen=True, slots=True)
class Locked:
    """Fresh rows, locked until the transaction ends."""

    referral: Referral
    therapists: dict[int, Therapist]
    offer: Offer | None
    placement: Placement | None
    # The placement she is leaving while she looks for somebody else.
    leaving: Placement | None = None


def lock_all(*, therapist_ids: Iterable[int], referral_ids: Iterable[int]) -> dict[int, Therapist]:
    """Lock therapists, then referrals, in this order. Returns the therapists, fresh, by pk."""
    therapists = lock_therapists(therapist_ids)
    wanted = Referral.objects.filter(pk__in=sorted(set(referral_ids))).order_by("pk")
    list(wanted.select_for_update(no_key=True, of=("self",)).values_list("pk", flat=True))
    return therapists


@contextmanager
def referral_locked(referral_id: int, *, also: Iterable[int] = ()) -> Iterator[Locked]:
    """Open a transaction that holds the referral, everybody on its list, its open offer and its live placement.

    `also`: therapists who are about to be put on the list. Raises Referral.DoesNotExist, Busy.
    """
    with transaction.atomic():
        yield lock_referral(referral_id, also=also)


def lock_referral(referral_id: int, *, also: Iterable[int] = ()) -> Locked:
    """The same inside the caller's own transaction."""
    return lock_referrals([referral_id], also=also)[referral_id]


def lock_referrals(referral_ids: Iterable[int], *, also: Iterable[int] = ()) -> dict[int, Locked]:
    """The same for several referrals at once, in the one order: by pk what each of them holds."""
    joining, ids = set(also), sorted(set(referral_ids))
    for _attempt in range(ATTEMPTS):
        expected = _concerned(ids) | joining
        try:
            with transaction.atomic():
                therapists = lock_all(therapist_ids=expected, referral_ids=ids)
                if not _concerned(ids) <= expected:
                    raise _ListChanged
                return {pk: _read(pk, therapists) for pk in ids}
        except _ListChanged:
            continue
    raise Busy


def _read(referral_id: int, therapists: dict[int, Therapist]) -> Locked:
    offers = Offer.objects.filter(referral_id=referral_id, state=Offer.State.OPEN)
    placements = Placement.objects.filter(referral_id=referral_id).exclude(state=Placement.State.ENDED)
    live = list(placements.select_for_update(no_key=True, of=("self",)).select_related("claim__place").order_by("pk"))
    return Locked(
        referral=Referral.objects.select_related("client", "funder").get(pk=referral_id),
        therapists=therapists,
        offer=offers.select_for_update(no_key=True, of=("self",)).select_related("claim__place", "entry").first(),
        placement=next((row for row in live if row.leaving_since is None), None),
        leaving=next((row for row in live if row.leaving_since is not None), None),
    )


def _concerned(referral_ids: list[int]) -> set[int]:
    chosen = Choice.objects.filter(referral_id__in=referral_ids).values_list("therapist_id")
    asked = Offer.objects.filter(referral_id__in=referral_ids, state=Offer.State.OPEN).values_list("therapist_id")
    meeting = Placement.objects.filter(referral_id__in=referral_ids).exclude(state=Placement.State.ENDED)
    waited = WaitingListEntry.objects.filter(referral_id__in=referral_ids, state__in=WaitingListEntry.LIVE)
    others = (asked, meeting.values_list("therapist_id"), waited.values_list("therapist_id"))
    rows = chosen.order_by().union(*others)
    return {pk for (pk,) in rows}
