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
from referrals.models import Choice, Offer, Placement, Referral
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
    joining = set(also)
    for _attempt in range(ATTEMPTS):
        expected = _concerned(referral_id) | joining
        try:
            with transaction.atomic():
                therapists = lock_all(therapist_ids=expected, referral_ids=[referral_id])
                if not _concerned(referral_id) <= expected:
                    raise _ListChanged
                return _read(referral_id, therapists)
        except _ListChanged:
            continue
    raise Busy


def _read(referral_id: int, therapists: dict[int, Therapist]) -> Locked:
    offers = Offer.objects.filter(referral_id=referral_id, state=Offer.State.OPEN)
    placements = Placement.objects.filter(referral_id=referral_id).exclude(state=Placement.State.ENDED)
    return Locked(
        referral=Referral.objects.select_related("client", "funder").get(pk=referral_id),
        therapists=therapists,
        offer=offers.select_for_update(no_key=True, of=("self",)).select_related("claim__place").first(),
        placement=placements.select_for_update(no_key=True, of=("self",)).select_related("claim__place").first(),
    )


def _concerned(referral_id: int) -> set[int]:
    chosen = Choice.objects.filter(referral_id=referral_id).values_list("therapist_id")
    asked = Offer.objects.filter(referral_id=referral_id, state=Offer.State.OPEN).values_list("therapist_id")
    meeting = Placement.objects.filter(referral_id=referral_id).exclude(state=Placement.State.ENDED)
    rows = chosen.order_by().union(asked, meeting.values_list("therapist_id"))
    return {pk for (pk,) in rows}
