"""The end of a placement, with what becomes of the place."""

import datetime

from django.db import transaction

from caseload.models import Ending
from core import clock
from core.actors import Actor
from referrals.models import Placement
from referrals.services.placements import placement_end


def therapy_end(
    *,
    placement: Placement,
    code: str,
    place_then: str = Ending.PlaceThen.NOT_YET,
    place_from: datetime.date | None = None,
    actor: Actor,
) -> Ending:
    """End it with a code of referrals.codes.END_CODES. The place is offered now, from a date, or not yet.

    Raises referrals.errors.NotAllowed (it has ended), PlaceDateWrong, ValueError (unknown code).
    """
    with transaction.atomic():
        placement_end(placement=placement, code=code, place_then=place_then, place_from=place_from, actor=actor)
        return Ending.objects.create(
            placement=placement, code=code, place_then=place_then, place_from=place_from, at=clock.now()
        )
