"""Weights are rows that never change: a new set is a new row, with its author and reason."""

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
    """Return weights by domain. Raises ValidationError unless every domain has a whole number of hundredths."""
    if not isinstance(weights, dict) or set(weights) != set(DOMAINS):
        raise ValidationError(_("Give a weight for each of: %(domains)s.") % {"domains": ", ".join(DOMAINS)})
    for domain, value in weights.items():
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MOST:
            problem = _("The weight of %(domain)s must be a whole number from 0 to %(most)d.")
            raise ValidationError(problem % {"domain": domain, "most": MOST})
    return {domain: weights[domain] for domain in DOMAINS}


@transaction.atomic
def weight_set_add(*, preset: str, weights: Any, reason: str, actor: Actor) -> WeightSet:
    """Put new weights in force. Raises ValidationError."""
    row = WeightSet.objects.create(
        preset=preset, weights=weights_clean(weights), author=actor.label, reason=reason, created_at=clock.now()
    )
    record_write(actor=actor, verb="weights.set", obj_type="weight_set", obj_id=row.pk, reason=reason)
    return row


def weight_set_ensure(*, actor: Actor) -> WeightSet:
    """Return the weights in force; where none were loaded, the evidence becomes a row."""
    newest = WeightSet.objects.first()
    if newest is not None:
        return newest
    reason = next(reason for name, _weights, reason in PRESETS if name == "evidence")
    return weight_set_add(preset="evidence", weights=EVIDENCE, reason=reason, actor=actor)
