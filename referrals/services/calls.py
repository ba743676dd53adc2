"""Calls that a human owes a client."""

import datetime
from typing import Any

from core import clock
from core.actors import Actor
from core.choices import Role
from core.models import Task
from core.worklist import task_open, tasks_cancel_for, tasks_close_for
from referrals import clocks, kinds, words
from referrals.errors import CallFirst
from referrals.models import Referral
from referrals.selectors.calls import call_before_telling
from referrals.selectors.safety import has_alarm

NOES_BEFORE_A_CALL = 2
REFERRAL = "referral"
# What is moot once somebody works with the client, or the referral is closed. A call because she may need more than
# she was offered is not: it is done by being made.
CALLS = (kinds.CALL_CLIENT, kinds.HELP_CHOOSE, kinds.PARKED_ENTRY, kinds.OFFER_NOT_TOLD)
CHASES = (kinds.FIRST_CONTACT, kinds.NO_DECISION)


def call_open(
    *,
    referral: Referral,
    why: str,
    actor: Actor,
    kind: str = kinds.CALL_CLIENT,
    due_at: datetime.datetime | None = None,
    role: str = Role.COORDINATOR,
) -> Task:
    """Ask a human to call the client, by the end of the next working day unless said otherwise.

    While one call of the kind is open a second reason only brings it forward, or to the safety clinicians.
    """
    due_at = due_at or clocks.call_due(referral.client.nation, clock.now())
    detail: dict[str, Any] = {"why": why, "reference": referral.reference}
    return task_open(
        kind=kind,
        subject_type=REFERRAL,
        subject_id=referral.pk,
        owner_role=role,
        due_at=due_at,
        actor=actor,
        detail=detail,
        tighten=True,
    )


def call_after_noes(*, referral: Referral, actor: Actor) -> Task | None:
    """Open the call that is due after the second no or silence in a row; after the first where an answer alarmed."""
    alarmed = has_alarm(referral)
    if referral.noes_in_a_row >= (1 if alarmed else NOES_BEFORE_A_CALL):
        role = Role.SAFETY_CLINICIAN if alarmed else Role.COORDINATOR
        return call_open(referral=referral, why="noes_in_a_row", actor=actor, role=role)
    return None


def call_first_or_raise(referral: Referral) -> None:
    """Raises CallFirst while the client must be spoken with before anything else happens."""
    call = call_before_telling(referral)
    if call is not None:
        raise CallFirst(words.call_by(call.due_at, number=referral.client.phone))


def call_before_telling_made(*, referral: Referral, note: str, actor: Actor) -> None:
    """The client was spoken with: close the call that came before everything else, if one is open."""
    tasks_close_for(
        kind=kinds.CALL_BEFORE_TELLING,
        subject_type=REFERRAL,
        subject_id=referral.pk,
        actor=actor,
        outcome="reached",
        note=note,
    )


def calls_cancel(*, referral: Referral, kinds_: tuple[str, ...], actor: Actor) -> None:
    """Take back calls that have become moot."""
    for kind in kinds_:
        tasks_cancel_for(kind=kind, subject_type=REFERRAL, subject_id=referral.pk, actor=actor)
