"""The lists somebody chose from, as they were recorded."""

from core.actors import Actor
from core.audit import record_read
from matching.models import MatchRun
from matching.selectors.runs import Repeat, match_run_repeat
from referrals.models import Referral, ReferralEvent


def list_repeated(referral: Referral, run_id: int, *, actor: Actor) -> Repeat | None:
    """Return a list of this referral's, repeated; None for any other. The reading is recorded.

    `referral` comes from what the actor may see.
    """
    named = ReferralEvent.objects.filter(referral=referral, detail__match_run=run_id)
    if run_id != referral.match_run_id and not named.exists():
        return None
    run = MatchRun.objects.select_related("weight_set", "preferences").get(pk=run_id)
    record_read(
        actor=actor,
        obj_type="client",
        obj_id=referral.client_id,
        obj_label=referral.reference,
        purpose="why_this_list",
    )
    return match_run_repeat(run)
