"""Keeping the log of register changes short."""

from django.db import connection, transaction

from core.actors import Actor
from matching.models import RegisterChange, RegisterLog


@transaction.atomic
def changes_prune(*, actor: Actor) -> int:
    """Remove changes that were already over at the last pruning; return how many.

    A process that has not looked since then notices (RegisterLog.pruned_below) and reads everything anew.
    """
    del actor  # Housekeeping: nobody's data is touched, so there is nothing to record about who asked.
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        (xmin,) = cursor.fetchone()
    log = RegisterLog.objects.select_for_update().order_by("pk").first()
    if log is None:
        return 0
    removed, _ = RegisterChange.objects.filter(txid__lt=log.prune_next).delete()
    RegisterLog.objects.filter(pk=log.pk).update(prune_next=xmin)
    return removed
