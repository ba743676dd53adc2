"""What follows when a register says something new about a therapist. She is hidden by the rows themselves, at once and
without this; here the record is made and somebody is told to look after her and the people she sees.
"""

from datetime import datetime

from core import audit
from core.actors import Actor
from core.choices import Nation, Role
from core.working_time import working_days_after
from core.worklist import task_open
from therapists import kinds
from therapists.models import Registration

Status = Registration.Status
# Statuses with which somebody may be listed: a sanction may have been reviewed.
LISTABLE = frozenset({Status.ACTIVE, Status.SANCTION})


def status_fell(*, registration_id: int, before: str, after: str, actor: Actor, now: datetime) -> None:
    """Record a change of status of a therapist's registration; open a task where it fell."""
    audit.record_write(
        actor=actor,
        verb="registration_status_set",
        obj_type="registration",
        obj_id=registration_id,
        detail={"before": before, "after": after},
    )
    if before in LISTABLE and after != Status.ACTIVE:
        coordinator_task(
            kind=kinds.REGISTRATION_CHANGED,
            subject_id=registration_id,
            actor=actor,
            now=now,
            detail={"before": before, "after": after},
        )


def contradiction_found(*, registration_id: int, actor: Actor, now: datetime) -> None:
    audit.record_write(
        actor=actor,
        verb="registration_contradiction_found",
        obj_type="registration",
        obj_id=registration_id,
    )
    coordinator_task(kind=kinds.REGISTRATION_CONTRADICTS, subject_id=registration_id, actor=actor, now=now)


def coordinator_task(
    *,
    kind: str,
    subject_id: int,
    actor: Actor,
    now: datetime,
    detail: dict[str, str] | None = None,
    subject_type: str = "registration",
) -> None:
    """Open a coordinator's task, due at the end of the next working day (England's: coordinators sit there)."""
    task_open(
        kind=kind,
        subject_type=subject_type,
        subject_id=subject_id,
        owner_role=Role.COORDINATOR,
        due_at=working_days_after(now, 1, Nation.ENGLAND),
        actor=actor,
        detail=detail,
    )
