"""What a therapist had to do, and has done."""

from django.db import transaction

from core.actors import Actor
from core.models import Task
from core.worklist import task_close
from therapists.services.listing import own_confirm


@transaction.atomic
def task_tick_off(*, task: Task, actor: Actor) -> None:
    """Close a task of the therapist's as done. Raises core.worklist.NotOpen, NotYours."""
    own_confirm(actor=actor)
    task_close(task=task, actor=actor, outcome="done")
