"""What decides whether a therapist is listed, apart from her registrations.

Any action of hers confirms. Her own only: what a coordinator does for her, what happens by itself and a page that was
merely opened say nothing about whether she is there.
"""

import datetime

from django.db import transaction
from django.db.models import Case, F, Value, When

from core import audit, clock
from core.actors import NOBODY, Actor
from core.choices import Nation, Role
from core.working_time import working_days_after
from core.worklist import task_open
from notifications.services import message_enqueue
from therapists import kinds, messages
from therapists.locks import lock_therapists
from therapists.models import Therapist
from therapists.selectors.confirmations import confirmation_nonce
from therapists.selectors.standing import UNANSWERED_LIMIT

LOOK_WORKING_DAYS = 2


def therapist_confirm(*, therapist_id: int, actor: Actor) -> bool:
    """She acted, so she is there: the listing stays open for 14 days and unanswered requests start from none again.

    Returns False, and changes nothing, when the actor is anybody but this therapist.
    """
    hers = Therapist.objects.filter(pk=therapist_id, user_id=actor.user_id or NOBODY)
    if not hers.update(confirmed_at=clock.now(), unanswered_in_a_row=0):
        return False
    audit.record_write(actor=actor, verb="therapist_confirm", obj_type="therapist", obj_id=therapist_id)
    return True


def own_confirm(*, actor: Actor) -> bool:
    """Confirm whichever therapist the actor is, after an act that names no therapist. False when the actor is none."""
    own = Therapist.objects.filter(user_id=actor.user_id or NOBODY).values_list("pk", flat=True).first()
    return own is not None and therapist_confirm(therapist_id=own, actor=actor)


@transaction.atomic
def confirmation_by_link(*, therapist_id: int, nonce: str, actor: Actor) -> bool:
    """Confirm by the link of a message, which was written about one confirmation (`nonce`).

    Returns False when she has acted since: there is nothing left to confirm.
    """
    row = lock_therapists([therapist_id]).get(therapist_id)
    if row is None or confirmation_nonce(row) != nonce:
        return False
    audit.record_write(actor=actor, verb="confirmation_by_link", obj_type="therapist", obj_id=therapist_id)
    return therapist_confirm(therapist_id=therapist_id, actor=actor)


@transaction.atomic
def listing_look_ask(*, therapist_id: int, actor: Actor) -> datetime.datetime:
    """Ask a coordinator to look at what keeps her from being listed and is not hers to mend. Returns by when that is;
    asking again while it is open changes nothing."""
    task = task_open(
        kind=kinds.LISTING_QUESTION,
        subject_type="therapist",
        subject_id=therapist_id,
        owner_role=Role.COORDINATOR,
        due_at=working_days_after(clock.now(), LOOK_WORKING_DAYS, Nation.ENGLAND),
        actor=actor,
    )
    therapist_confirm(therapist_id=therapist_id, actor=actor)
    return task.due_at


@transaction.atomic
def request_unanswered_count(*, therapist_id: int, actor: Actor) -> None:
    """Count a request that reached her and was not answered. Two in a row unlist, and she is told so at once."""
    row = lock_therapists([therapist_id])[therapist_id]
    row.unanswered_in_a_row += 1
    row.save(update_fields=["unanswered_in_a_row"])
    audit.record_write(actor=actor, verb="request_unanswered", obj_type="therapist", obj_id=therapist_id)
    if row.unanswered_in_a_row == UNANSWERED_LIMIT and row.user_id is not None:
        message_enqueue(
            topic=messages.UNANSWERED,
            subject_type="therapist",
            subject_id=row.pk,
            recipient_type="therapist",
            recipient_id=row.pk,
            dedupe_key=f"{messages.UNANSWERED}:{row.pk}:{confirmation_nonce(row)}",
            detail={"confirmed": confirmation_nonce(row)},
            respect_quiet_hours=True,
        )


def new_person_count(*, therapist_id: int, actor: Actor) -> None:
    """Count a new person against her monthly limit, in the London month of today."""
    month = f"{clock.today():%Y-%m}"
    count = Case(When(new_people_month=month, then=F("new_people_count") + 1), default=Value(1))
    Therapist.objects.filter(pk=therapist_id).update(new_people_count=count, new_people_month=month)
    audit.record_write(actor=actor, verb="new_person_count", obj_type="therapist", obj_id=therapist_id)


def therapist_pause(*, therapist_id: int, paused: bool, actor: Actor) -> None:
    """Stop or start taking new people. Nobody she already sees is touched. Starting ends a leave that has begun."""
    row = Therapist.objects.filter(pk=therapist_id)
    row.update(paused=paused)
    if not paused:
        row.filter(away_from__lte=clock.today()).update(away_from=None, away_until=None)
    verb = "therapist_pause" if paused else "therapist_unpause"
    audit.record_write(actor=actor, verb=verb, obj_type="therapist", obj_id=therapist_id)
    therapist_confirm(therapist_id=therapist_id, actor=actor)


def profile_publish(*, therapist_id: int, actor: Actor) -> None:
    """Mark the profile as complete and checked, so that it may be listed while her standing allows."""
    Therapist.objects.filter(pk=therapist_id).update(profile_verified_at=clock.now())
    audit.record_write(actor=actor, verb="profile_publish", obj_type="therapist", obj_id=therapist_id)
    therapist_confirm(therapist_id=therapist_id, actor=actor)
