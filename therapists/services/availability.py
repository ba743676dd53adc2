"""When, where and how a therapist works, and on which days she answers."""

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core import geo
from core.actors import Actor
from therapists.locks import lock_therapists
from therapists.models import Location, SessionFormat, Therapist
from therapists.services.profile import ProfileRefused, touched
from therapists.services.search import search_entries_refresh

FEWEST_ANSWERING_DAYS = 2
WHOLE_WEEK = 2**21


def formats_set(*, therapist: Therapist, formats: Iterable[SessionFormat], online_hours: int, actor: Actor) -> None:
    """Set how people meet her, and the hours (21-bit mask) for what is not in person.

    Raises ProfileRefused when nothing is chosen, or when a remote format has no hours.
    """
    chosen = list(formats)
    if not chosen:
        raise ProfileRefused(_("Choose at least one way to meet."))
    if any(not row.in_person for row in chosen) and not online_hours:
        raise ProfileRefused(_("Tick at least one time for video, phone or text sessions."))
    _check_hours(online_hours)
    with transaction.atomic():
        row = lock_therapists([therapist.pk])[therapist.pk]
        row.formats.set(chosen)
        row.online_hours = online_hours
        row.save(update_fields=["online_hours"])
        touched(therapist=row, actor=actor, verb="hours_update", formats=sorted(f.slug for f in chosen))


def answering_days_set(*, therapist: Therapist, days: int, actor: Actor) -> None:
    """Set on which days she answers requests (bit 0 is Monday): at least two, or answers would come too late."""
    if not 0 < days < 128 or days.bit_count() < FEWEST_ANSWERING_DAYS:
        raise ProfileRefused(_("Choose at least two days."))
    with transaction.atomic():
        row = lock_therapists([therapist.pk])[therapist.pk]
        row.answering_days = days
        row.save(update_fields=["answering_days"])
        touched(therapist=row, actor=actor, verb="answering_days_set", days=days)


def location_add(
    *,
    therapist: Therapist,
    actor: Actor,
    name: str,
    address: str,
    town: str,
    postcode: str,
    step_free: bool | None,
    hours: int,
) -> Location:
    """Add a room. The point comes from the postcode; raises ProfileRefused when the postcode is not known."""
    _check_hours(hours)
    values: dict[str, object] = {"name": name, "address": address, "town": town, "step_free": step_free, "hours": hours}
    values |= _point(postcode)
    with transaction.atomic():
        row = lock_therapists([therapist.pk])[therapist.pk]
        # The same form sent twice is one room.
        if existing := row.locations.filter(active=True, **values).first():
            return existing
        location = Location.objects.create(therapist=row, **values)
        search_entries_refresh(therapist_ids=[row.pk])
        touched(therapist=row, actor=actor, verb="location_add", location=location.pk)
    return location


def location_update(
    *,
    location: Location,
    actor: Actor,
    name: str,
    address: str,
    town: str,
    postcode: str,
    step_free: bool | None,
    hours: int,
) -> None:
    """Change a room. Raises ProfileRefused when the postcode is not known."""
    _check_hours(hours)
    values = {
        "name": name,
        "address": address,
        "town": town,
        "step_free": step_free,
        "hours": hours,
        **_point(postcode),
    }
    with transaction.atomic():
        row = lock_therapists([location.therapist_id])[location.therapist_id]
        Location.objects.filter(pk=location.pk).update(**values)
        search_entries_refresh(therapist_ids=[row.pk])
        touched(therapist=row, actor=actor, verb="location_update", location=location.pk)


def location_remove(*, location: Location, actor: Actor) -> None:
    """Take a room out of what is shown; whoever meets her there is not moved.

    Raises ProfileRefused while places on offer are tied to the room: they would be offered nowhere.
    """
    if location.places.filter(closed_at__isnull=True).exists():
        raise ProfileRefused(_("Some of your places are in this room. Close them or move them first."))
    _activate(location, active=False, verb="location_remove", actor=actor)


def location_restore(*, location: Location, actor: Actor) -> None:
    """Undo a removal."""
    _activate(location, active=True, verb="location_restore", actor=actor)


def _activate(location: Location, *, active: bool, verb: str, actor: Actor) -> None:
    with transaction.atomic():
        row = lock_therapists([location.therapist_id])[location.therapist_id]
        Location.objects.filter(pk=location.pk).update(active=active)
        search_entries_refresh(therapist_ids=[row.pk])
        touched(therapist=row, actor=actor, verb=verb, location=location.pk)


def _check_hours(hours: int) -> None:
    if not 0 <= hours < WHOLE_WEEK:
        raise ProfileRefused(_("Choose times from the table."))


def _point(postcode: str) -> dict[str, object]:
    try:
        clean = geo.postcode_clean(postcode)
    except ValueError as error:
        raise ProfileRefused(_("Enter a full UK postcode, such as LS1 4AP.")) from error
    point = geo.point_for(clean)
    if point is None:
        raise ProfileRefused(_("We do not know where this postcode is. Check it, or tell the service team."))
    easting, northing, precision_m = point
    return {"postcode": clean, "easting": easting, "northing": northing, "precision_m": precision_m}
