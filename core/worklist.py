"""Things a named human must do, by when. Apps say what their kinds of task mean with `register_kind`.

A task is open once per (kind, subject): opening it again while it is open gives the same row.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import DateTimeField, ExpressionWrapper, F, Q, QuerySet
from django.utils.functional import Promise

from core import audit, clock
from core.actors import Actor, system
from core.choices import Role
from core.models import Task

Words = str | Promise


class NotOpen(Exception):
    """The task was closed or cancelled in the meantime."""


class TakenBySomebody(Exception):
    """Somebody else took the task first; `str()` is their name."""


class NotYours(Exception):
    """The actor holds neither the task's role nor the administrator's."""


@dataclass(frozen=True, slots=True)
class TaskKind:
    """`label` names it in a list, `words` say what to do. `link` gives the page where it is done.

    `second_person` kinds go back to everybody of the role when half the time is over, so that one person's absence
    cannot hold them up. `told` is called once, in the same transaction, with "second_person" or "overdue".
    """

    kind: str
    label: Words
    words: Words
    link: Callable[[Task], str | None] | None = None
    second_person: bool = False
    told: Callable[[Task, str], None] | None = None


_kinds: dict[str, TaskKind] = {}


def register_kind(
    kind: str,
    label: Words,
    words: Words,
    link: Callable[[Task], str | None] | None = None,
    *,
    second_person: bool = False,
    told: Callable[[Task, str], None] | None = None,
) -> None:
    """Say what a kind of task means. Called once per kind from AppConfig.ready."""
    _kinds[kind] = TaskKind(kind, label, words, link, second_person, told)


def kind_of(task: Task) -> TaskKind:
    """Return what the task's kind means. Raises LookupError for a kind nobody registered."""
    return _kinds[task.kind]


def link_of(task: Task) -> str | None:
    """Return the address of the page where the task is done, if there is one."""
    link = kind_of(task).link
    return link(task) if link else None


def task_open(
    *,
    kind: str,
    subject_type: str,
    subject_id: int,
    owner_role: str,
    due_at: datetime,
    actor: Actor,
    owner_id: int | None = None,
    owner_label: str = "",
    detail: dict[str, Any] | None = None,
    tighten: bool = False,
) -> Task:
    """Open a task, or return the one already open for this kind and subject. `detail` holds ids and codes only.

    `tighten`: an open one gets the earlier of both due times, and goes to the safety clinicians when this one asks
    for them; without it an open one stays as it is.

    Raises LookupError for an unregistered kind, ValueError for a therapist's task that names no therapist: those
    would stand on every therapist's list.
    """
    if kind not in _kinds:
        raise LookupError(f"no app registered tasks of kind {kind!r}")
    if owner_role == Role.THERAPIST and owner_id is None:
        raise ValueError("a therapist's task must name the therapist's user")
    key = {"kind": kind, "subject_type": subject_type, "subject_id": subject_id, "state": Task.State.OPEN}
    if existing := Task.objects.filter(**key).first():
        return _tightened(existing, owner_role, due_at, actor) if tighten else existing
    try:
        with transaction.atomic():
            task = Task.objects.create(
                **key,
                owner_role=owner_role,
                owner_id=owner_id,
                owner_label=owner_label,
                due_at=due_at,
                created_at=clock.now(),
                detail=detail or {},
            )
    except IntegrityError:
        existing = Task.objects.get(**key)
        return _tightened(existing, owner_role, due_at, actor) if tighten else existing
    audit.record_write(actor=actor, verb="task_open", obj_type="task", obj_id=task.pk, detail={"kind": kind})
    return task


@transaction.atomic
def task_take(*, task: Task, actor: Actor) -> Task:
    """Make a task the actor's own. Taking one's own again changes nothing.

    Raises NotYours, TakenBySomebody, NotOpen.
    """
    _require_hand(task, actor)
    mine_or_nobodys = Q(owner_id__isnull=True) | Q(owner_id=actor.user_id)
    won = Task.objects.filter(mine_or_nobodys, pk=task.pk, state=Task.State.OPEN).update(
        owner_id=actor.user_id, owner_label=actor.label
    )
    task.refresh_from_db()
    if not won:
        raise TakenBySomebody(task.owner_label) if task.state == Task.State.OPEN else NotOpen(task.pk)
    audit.record_write(actor=actor, verb="task_take", obj_type="task", obj_id=task.pk)
    return task


def task_close(*, task: Task, actor: Actor, outcome: str, note: str = "") -> Task:
    """Close a task as done. `outcome` is a code, `note` the person's own words. Raises NotYours, NotOpen."""
    _require_hand(task, actor)
    return _finish(task, actor, Task.State.DONE, outcome, note)


def task_cancel(*, task: Task, actor: Actor, outcome: str = "not_needed") -> Task:
    """Close a task because what it was about is gone. Raises NotOpen."""
    return _finish(task, actor, Task.State.CANCELLED, outcome, "")


def tasks_cancel_for(*, kind: str, subject_type: str, subject_id: int, actor: Actor) -> None:
    """Cancel the open task of this kind and subject, if there is one."""
    for task in Task.objects.filter(kind=kind, subject_type=subject_type, subject_id=subject_id, state=Task.State.OPEN):
        task_cancel(task=task, actor=actor)


def tasks_close_for(*, kind: str, subject_type: str, subject_id: int, actor: Actor, outcome: str, note: str) -> None:
    """Close the open task of this kind and subject as done, if there is one.

    For services in which the act itself says that the task was done: they have checked who may act.
    """
    for task in Task.objects.filter(kind=kind, subject_type=subject_type, subject_id=subject_id, state=Task.State.OPEN):
        _finish(task, actor, Task.State.DONE, outcome, note)


def open_of_kind(kind: str) -> QuerySet[Task]:
    """Return the open tasks of a kind, whatever they are about."""
    return Task.objects.filter(kind=kind, state=Task.State.OPEN)


def tasks_escalate_due(*, now: datetime) -> int:
    """Hand on what half its time has not moved, and show administrators what is overdue. Returns how many."""
    second = [kind for kind, known in _kinds.items() if known.second_person]
    half_over = ExpressionWrapper(F("created_at") + (F("due_at") - F("created_at")) / 2, output_field=DateTimeField())
    waiting = Task.objects.filter(state=Task.State.OPEN, kind__in=second, due_at__gte=now)
    waiting = waiting.exclude(detail__has_key="second_person_at").annotate(half=half_over).filter(half__lt=now)
    overdue = Task.objects.filter(state=Task.State.OPEN, escalated_at__isnull=True, due_at__lt=now)
    handed_on = sum(_hand_to_second(pk, now) for pk in waiting.values_list("pk", flat=True))
    return handed_on + sum(_escalate(pk, now) for pk in overdue.values_list("pk", flat=True))


def tasks_visible_to(actor: Actor) -> QuerySet[Task]:
    """Return open tasks the actor may see: those of her roles, her own, and for administrators overdue ones."""
    mine = Q(owner_id=actor.user_id) if actor.user_id is not None else Q(pk__in=[])
    roles = actor.roles - {Role.THERAPIST}
    by_role = Q(owner_role__in=roles)
    escalated = Q(escalated_at__isnull=False) if Role.ADMINISTRATOR in actor.roles else Q(pk__in=[])
    return Task.objects.filter(mine | by_role | escalated, state=Task.State.OPEN)


def tasks_for(actor: Actor) -> QuerySet[Task]:
    """Return the actor's worklist, soonest first: her own, and what nobody of her roles has taken yet."""
    nobodys_or_mine = Q(owner_id__isnull=True) | Q(escalated_at__isnull=False)
    if actor.user_id is not None:
        nobodys_or_mine |= Q(owner_id=actor.user_id)
    return tasks_visible_to(actor).filter(nobodys_or_mine)


def _require_hand(task: Task, actor: Actor) -> None:
    owns = task.owner_id is not None and task.owner_id == actor.user_id
    by_role = actor.holds(task.owner_role) and task.owner_role != Role.THERAPIST
    if not (owns or by_role or actor.type == "system" or actor.holds(Role.ADMINISTRATOR)):
        raise NotYours(task.pk)


@transaction.atomic
def _tightened(task: Task, owner_role: str, due_at: datetime, actor: Actor) -> Task:
    """Whoever had taken it with a lesser role gives it back: it must stand on the list of those it goes to."""
    fresh = Task.objects.select_for_update().get(pk=task.pk)
    raised = owner_role == Role.SAFETY_CLINICIAN != fresh.owner_role
    if not raised and due_at >= fresh.due_at:
        return fresh
    fresh.due_at = min(fresh.due_at, due_at)
    if raised:
        fresh.owner_role, fresh.owner_id, fresh.owner_label = owner_role, None, ""
    fresh.save(update_fields=["due_at", "owner_role", "owner_id", "owner_label"])
    audit.record_write(
        actor=actor, verb="task_tighten", obj_type="task", obj_id=fresh.pk, detail={"role": fresh.owner_role}
    )
    return fresh


@transaction.atomic
def _finish(task: Task, actor: Actor, state: str, outcome: str, note: str) -> Task:
    won = Task.objects.filter(pk=task.pk, state=Task.State.OPEN).update(
        state=state,
        outcome=outcome,
        note=note,
        closed_at=clock.now(),
        closed_by_id=actor.user_id,
        closed_by_label=actor.label,
    )
    task.refresh_from_db()
    if not won:
        raise NotOpen(task.pk)
    verb = "task_close" if state == Task.State.DONE else "task_cancel"
    audit.record_write(actor=actor, verb=verb, obj_type="task", obj_id=task.pk, detail={"outcome": outcome})
    return task


@transaction.atomic
def _hand_to_second(pk: int, now: datetime) -> bool:
    task = Task.objects.select_for_update().get(pk=pk)
    if task.state != Task.State.OPEN or "second_person_at" in task.detail:
        return False
    task.detail = {**task.detail, "second_person_at": now.isoformat(), "first_owner_id": task.owner_id}
    task.owner_id, task.owner_label = None, ""
    task.save(update_fields=["detail", "owner_id", "owner_label"])
    _tell(task, "second_person")
    return True


@transaction.atomic
def _escalate(pk: int, now: datetime) -> bool:
    won = Task.objects.filter(pk=pk, state=Task.State.OPEN, escalated_at__isnull=True).update(escalated_at=now)
    if won:
        _tell(Task.objects.get(pk=pk), "overdue")
    return bool(won)


def _tell(task: Task, what: str) -> None:
    audit.record_write(actor=system("tick"), verb=f"task_{what}", obj_type="task", obj_id=task.pk)
    known = _kinds.get(task.kind)
    if known and known.told:
        known.told(task, what)
