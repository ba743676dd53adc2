"""The lists somebody chose from, as they were recorded."""

from dataclasses import dataclass

from core.actors import Actor
from core.audit import record_read
from matching.models import MatchRun
from matching.selectors.runs import Repeat, match_run_repeat
from referrals.models import Choice, Referral, ReferralEvent


@dataclass(frozen=True)
class ChosenFrom:
    """A list repeated, and who was chosen from it, in order."""

    repeat: Repeat
    choices: tuple[Choice, ...]


def list_repeated(referral: Referral, run_id: int, *, actor: Actor) -> ChosenFrom | None:
    """Return a list of this referral's, repeated; None for any other. The reading is recorded.

    `referral` comes from what the actor may see.
    """
    event = ReferralEvent.objects.filter(referral=referral, detail__match_run=run_id).first()
    if run_id != referral.match_run_id and event is None:
        return None
    run = MatchRun.objects.select_related("weight_set", "preferences").get(pk=run_id)
    record_read(
        actor=actor,
        obj_type="client",
        obj_id=referral.client_id,
        obj_label=referral.reference,
        purpose="why_this_list",
    )
    # The first list has no round in its event.
    round_ = event.detail.get("round", 1) if event else referral.round
    choices = referral.choices.filter(round=round_).select_related("therapist").order_by("rank")
    return ChosenFrom(match_run_repeat(run), tuple(choices))
