"""Writing a whole list of choices anew: a round that keeps what became of each."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from core import clock
from referrals.answers import MAX_CHOICES
from referrals.models import Choice, Referral
from referrals.services.snapshots import fees_now


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a list. `state` is one of Choice.State."""

    therapist_id: int
    will_wait: bool
    state: str
    changed_at: datetime.datetime

    @classmethod
    def of(cls, choice: Choice) -> "Line":
        return cls(choice.therapist_id, choice.will_wait, choice.state, choice.changed_at)


def present_lines(referral: Referral) -> list[Line]:
    """Return the present list, in order."""
    return [Line.of(choice) for choice in referral.choices.filter(round=referral.round).order_by("rank")]


def round_write(*, referral: Referral, lines: Sequence[Line]) -> None:
    """Start a new round with these lines (at most five, each therapist once), and keep what each of them costs now
    where no fee was agreed before; in the caller's transaction."""
    if len(lines) > MAX_CHOICES:
        raise ValueError("a list holds five therapists")
    agreed = dict(referral.fee_snapshot.get("therapists", {}))
    new_ids = [line.therapist_id for line in lines if str(line.therapist_id) not in agreed]
    referral.fee_snapshot = {**referral.fee_snapshot, "therapists": {**agreed, **fees_now(new_ids)}}
    referral.round += 1
    referral.save(update_fields=["round", "fee_snapshot"])
    Choice.objects.bulk_create(
        Choice(
            referral=referral,
            round=referral.round,
            rank=rank,
            therapist_id=line.therapist_id,
            will_wait=line.will_wait,
            state=line.state,
            changed_at=line.changed_at,
        )
        for rank, line in enumerate(lines, start=1)
    )


def line_new(therapist_id: int, *, will_wait: bool) -> Line:
    """Return a line for somebody not tried yet."""
    return Line(therapist_id, will_wait, Choice.State.UNTRIED, clock.now())
