"""The first step of the one lock order: therapists by pk, then referrals by pk, then offers.

Lock as late as possible but before reading what the decision rests on, and read again after locking: an object fetched
before the lock is stale.
"""

from collections.abc import Iterable

from django.db import transaction

from therapists.models import Therapist


def lock_therapists(ids: Iterable[int]) -> dict[int, Therapist]:
    """Lock these therapists' rows until the transaction ends and return them fresh, by pk.

    `no_key`: foreign keys to the row may still be inserted meanwhile. Raises RuntimeError outside a transaction, where
    a lock would be gone at once.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("lock_therapists needs a transaction")
    wanted = Therapist.objects.filter(pk__in=sorted(set(ids))).order_by("pk")
    return {therapist.pk: therapist for therapist in wanted.select_for_update(no_key=True, of=("self",))}
