"""A therapist's leave: a pause with two dates. It begins and ends by itself; nobody she already sees is touched."""

import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core import clock
from core.actors import Actor
from therapists.locks import lock_therapists
from therapists.models import Therapist
from therapists.services.listing import therapist_pause
from therapists.services.profile import ProfileRefused, touched

LONGEST = datetime.timedelta(days=366)


def leave_set(*, therapist: Therapist, away_from: datetime.date, away_until: datetime.date, actor: Actor) -> None:
    """Say that she is away on these London dates and between them. A leave said before is replaced.

    Raises ProfileRefused: the end lies before the beginning, in the past, or more than a year ahead.
    """
    today = clock.today()
    if away_until < max(away_from, today):
        raise ProfileRefused(_("The last day must not be before the first, or in the past."))
    if away_until > today + LONGEST:
        raise ProfileRefused(_("Choose a last day within a year from now."))
    with transaction.atomic():
        row = lock_therapists([therapist.pk])[therapist.pk]
        begun = _begun(row, today)
        row.away_from, row.away_until = away_from, away_until
        row.save(update_fields=["away_from", "away_until"])
        if _away(row, today) and not row.paused:
            therapist_pause(therapist_id=row.pk, paused=True, actor=actor)
        elif begun and not _away(row, today):
            therapist_pause(therapist_id=row.pk, paused=False, actor=actor)
        touched(therapist=row, actor=actor, verb="leave_set", away_from=str(away_from), away_until=str(away_until))


def leave_cancel(*, therapist: Therapist, actor: Actor) -> None:
    """Take the dates back; if she is away already, she takes people again now. Doing it twice changes nothing."""
    with transaction.atomic():
        row = lock_therapists([therapist.pk])[therapist.pk]
        if row.away_from is None:
            return
        if _begun(row, clock.today()):
            therapist_pause(therapist_id=row.pk, paused=False, actor=actor)
        Therapist.objects.filter(pk=row.pk).update(away_from=None, away_until=None)
        touched(therapist=row, actor=actor, verb="leave_cancel")


def leaves_turn(*, actor: Actor) -> int:
    """Begin and end the leaves whose day has come. Returns how many; a missed day is made up for."""
    today = clock.today()
    beginning = Therapist.objects.filter(away_from__lte=today, away_until__gte=today, paused=False)
    ending = Therapist.objects.filter(away_until__lt=today, away_from__isnull=False)
    turned = 0
    for pk in [*beginning.values_list("pk", flat=True), *ending.values_list("pk", flat=True)]:
        turned += _turn(pk, today, actor)
    return turned


@transaction.atomic
def _turn(therapist_id: int, today: datetime.date, actor: Actor) -> bool:
    """Look again under the lock: she may have changed her mind this minute."""
    row = lock_therapists([therapist_id])[therapist_id]
    if not _begun(row, today) or (_away(row, today) and row.paused):
        return False
    therapist_pause(therapist_id=row.pk, paused=_away(row, today), actor=actor)
    return True


def _begun(row: Therapist, today: datetime.date) -> bool:
    return row.away_from is not None and row.away_from <= today


def _away(row: Therapist, today: datetime.date) -> bool:
    return _begun(row, today) and row.away_until is not None and today <= row.away_until
