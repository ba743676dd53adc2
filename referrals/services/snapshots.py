"""What held when somebody chose: the fees she saw, and the list she chose from."""

from collections.abc import Iterable
from typing import Any

from clients.preferences import Stated
from core.actors import Actor
from matching.models import MatchRun
from matching.services.ranking import rank_now
from matching.services.runs import match_run_record
from referrals.models import Referral
from referrals.selectors.own import silently_excluded
from therapists.models import Therapist


def fees_now(therapist_ids: Iterable[int]) -> dict[str, dict[str, Any]]:
    """Return by therapist's pk as text: fee_pence, concession_pence (pence a session or None) and minutes."""
    rows = Therapist.objects.filter(pk__in=set(therapist_ids)).order_by("pk")
    return {
        str(pk): {"fee_pence": fee, "concession_pence": concession, "minutes": minutes}
        for pk, fee, concession, minutes in rows.values_list("pk", "fee_pence", "concession_pence", "session_minutes")
    }


def match_run_for(*, referral: Referral, actor: Actor) -> MatchRun:
    """Record the ranking that stands behind the present list of choices. The caller's event names it."""
    ranking = rank_now(
        Stated.from_canonical(referral.preferences.data),
        seed=int(referral.seed),
        silent_exclusions=silently_excluded(referral),
    )
    run = match_run_record(ranking=ranking, preferences=referral.preferences, seed=int(referral.seed), actor=actor)
    referral.match_run = run
    if referral.pk is not None:
        referral.save(update_fields=["match_run"])
    return run
