"""Keeping the log of register changes short and sound."""

from uuid import uuid4

from django.db import connection, transaction

from core.actors import Actor
from matching.models import RegisterChange, RegisterLog


@transaction.atomic
def changes_prune(*, actor: Actor) -> int:
    """Remove lines that were already over at the last pruning; return how many.

    A process that has not looked since then notices (RegisterLog.pruned_below) and reads everything anew. So does every
    process when the log counts transactions that do not exist yet: it comes from another server, and begins again.
    """
    del actor  # Housekeeping: nobody's data is touched, so there is nothing to record about who asked.
    log = RegisterLog.objects.select_for_update().order_by("pk").first()
    oldest, newest = _snapshot()
    lines = RegisterChange.objects.order_by()
    if log is None or max(log.prune_next, log.pruned_below) > newest or lines.filter(txid__gte=newest).exists():
        values = {"generation": uuid4(), "pruned_below": 0, "prune_next": oldest}
        RegisterLog.objects.update_or_create(pk=1, defaults=values)
        removed, _ = lines.filter(txid__gte=newest).delete()
        return removed
    # First said, then done: lines that vanish without being announced here are damage.
    RegisterLog.objects.filter(pk=log.pk).update(pruned_below=log.prune_next, prune_next=oldest)
    removed, _ = lines.filter(txid__lt=log.prune_next).delete()
    return removed


def _snapshot() -> tuple[int, int]:
    """Return the oldest transaction still open, and the one from which on none is over."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_snapshot_xmin(s)::text::bigint, pg_snapshot_xmax(s)::text::bigint FROM pg_current_snapshot() s"
        )
        oldest, newest = cursor.fetchone()
    return oldest, newest
