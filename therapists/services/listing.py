"""What decides whether a therapist is listed, apart from her registrations. Any action of hers confirms."""

from django.db.models import Case, F, Value, When

from core import audit, clock
from core.actors import Actor
from therapists.models import Therapist


def therapist_confirm(*, therapist_id: int, actor: Actor) -> None:
    """She acted, so she is there: the listing stays open for 14 days and unanswered requests start from none again."""
    Therapist.objects.filter(pk=therapist_id).update(confirmed_at=clock.now(), unanswered_in_a_row=0)
    audit.record_write(actor=actor, verb="therapist_confirm", obj_type="therapist", obj_id=therapist_id)


def request_unanswered_count(*, therapist_id: int, actor: Actor) -> None:
    """Count a request that reached her and was not answered. Two in a row unlist."""
    Therapist.objects.filter(pk=therapist_id).update(unanswered_in_a_row=F("unanswered_in_a_row") + 1)
    audit.record_write(actor=actor, verb="request_unanswered", obj_type="therapist", obj_id=therapist_id)


def new_person_count(*, therapist_id: int, actor: Actor) -> None:
    """Count a new person against her monthly limit, in the London month of today."""
    month = f"{clock.today():%Y-%m}"
    count = Case(When(new_people_month=month, then=F("new_people_count") + 1), default=Value(1))
    Therapist.objects.filter(pk=therapist_id).update(new_people_count=count, new_people_month=month)
    audit.record_write(actor=actor, verb="new_person_count", obj_type="therapist", obj_id=therapist_id)


def therapist_pause(*, therapist_id: int, paused: bool, actor: Actor) -> None:
    """Stop or start taking new people. Nobody she already sees is touched."""
    Therapist.objects.filter(pk=therapist_id).update(paused=paused, confirmed_at=clock.now())
    verb = "therapist_pause" if paused else "therapist_unpause"
    audit.record_write(actor=actor, verb=verb, obj_type="therapist", obj_id=therapist_id)


def profile_publish(*, therapist_id: int, actor: Actor) -> None:
    """Mark the profile as complete and checked, so that it may be listed while her standing allows."""
    now = clock.now()
    Therapist.objects.filter(pk=therapist_id).update(profile_verified_at=now, confirmed_at=now)
    audit.record_write(actor=actor, verb="profile_publish", obj_type="therapist", obj_id=therapist_id)
