"""Weights are rows that never change: a new set is a new row, with author and reason, in force from the next list on.

Going back is choosing an older set again, as a new row.
"""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from core import clock
from core.actors import Actor
from core.audit import record_write
from matching.engine.plan import DOMAINS
from matching.models import WeightSet
from matching.weights import EVIDENCE, PRESETS

MOST = 10_000


def weights_clean(weights: Any) -> dict[str, int]:
    """Return weights by domain. Raises ValidationError unless every domain has whole hundredths, not all of them 0."""
    if not isinstance(weights, dict) or set(weights) != set(DOMAINS):
        raise ValidationError(_("Give a weight for each of: %(domains)s.") % {"domains": ", ".join(DOMAINS)})
    for domain, value in weights.items():
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MOST:
            problem = _("The weight of %(domain)s must be a whole number from 0 to %(most)d.")
            raise ValidationError(problem % {"domain": domain, "most": MOST})
    if not any(weights.values()):
        raise ValidationError(_("At least one weight must be more than 0: otherwise no wish counts for anything."))
    return {domain: weights[domain] for domain in DOMAINS}


@transaction.atomic
def weight_set_add(
    *, preset: str, weights: Any, reason: str, actor: Actor, again: int | None = None, seen: int | None = None
) -> WeightSet:
    """Put new weights in force. `again`: pk of the older set that is chosen again, whose weights these must be.

    `seen`: pk of the set that was in force when the decision was made. Raises ValidationError, also when another has
    come in between.
    """
    weights = weights_clean(weights)
    if not reason.strip():
        raise ValidationError(_("Give a reason."))
    newest = _newest_locked()
    if seen is not None and (newest is None or newest.pk != seen):
        raise ValidationError(_("Somebody has changed the weights since you opened this page. Look at them first."))
    older = None if again is None else WeightSet.objects.filter(pk=again).first()
    now = clock.now()
    row = WeightSet.objects.create(
        preset=preset,
        weights=weights,
        author=actor.label[:120],
        reason=reason.strip(),
        again=older if older is not None and older.weights == weights else None,
        # The newest is in force, also where a clock was put back.
        created_at=now if newest is None else max(now, newest.created_at),
    )
    record_write(actor=actor, verb="weights.set", obj_type="weight_set", obj_id=row.pk, reason=row.reason)
    return row


def weight_set_ensure(*, actor: Actor) -> WeightSet:
    """Return the weights in force; where none were loaded, the evidence becomes a row."""
    newest = WeightSet.objects.first()
    if newest is not None:
        return newest
    reason = next(reason for name, _weights, reason in PRESETS if name == "evidence")
    return weight_set_add(preset="evidence", weights=EVIDENCE, reason=reason, actor=actor)


def _newest_locked() -> WeightSet | None:
    """Return the set in force. Whoever else adds one waits for this transaction, and then finds it replaced."""
    WeightSet.objects.select_for_update(no_key=True).order_by("pk").first()
    return WeightSet.objects.first()
