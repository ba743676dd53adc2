"""Why one person was offered a place before another: the recorded look at the list that decided it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from clients.selectors import called
from core import audit
from core.actors import Actor
from referrals.models import Allotment, EventReason, Offer, ReferralEvent, WaitingListEntry
from referrals.selectors import allotments
from referrals.selectors.lists import entries_visible_to
from therapists.models import Place

LOOKS = 200


@dataclass(frozen=True, slots=True)
class Stood:
    """Where somebody stood in that look: `number` from 1, what decided, and which place she got, if any."""

    number: int
    entry: int
    code: str
    place: int | None


@dataclass(frozen=True, slots=True)
class Person:
    """One of the two. `stood` is None when she was not on the list then."""

    entry: WaitingListEntry
    name: str
    stood: Stood | None
    priority_reason: str
    no_offer_before: datetime | None


@dataclass(frozen=True, slots=True)
class Why:
    """One look at one list. `first` was offered a place in it; `other` is whom she is compared with, if anybody.

    `ahead`: everybody who stood before `first`, in order. `places`: what was free.
    """

    therapist: str
    at: datetime
    places: tuple[Place, ...]
    first: Person
    other: Person | None
    ahead: tuple[Stood, ...]


def entry_for_why(actor: Actor, pk: int) -> WaitingListEntry | None:
    """Return an entry a coordinator may ask about, ended ones too."""
    rows = entries_visible_to(actor).select_related("referral__client", "therapist")
    return rows.filter(pk=pk).first()


def others_on(actor: Actor, entry: WaitingListEntry, *, most: int = 100) -> list[WaitingListEntry]:
    """Return who else is or was on the same list, those on it first, in its order."""
    rows = entries_visible_to(actor).filter(therapist_id=entry.therapist_id).exclude(pk=entry.pk)
    live = rows.filter(state__in=WaitingListEntry.LIVE).order_by("-priority", "referral__queue_from", "pk")
    gone = rows.exclude(state__in=WaitingListEntry.LIVE).exclude(agreed_at=None).order_by("-changed_at", "-pk")
    return [*live[:most], *gone[:most]][:most]


def why_before(a: WaitingListEntry, b: WaitingListEntry | None, *, actor: Actor) -> Why | None:
    """Say why one of two entries of one list was offered a place before the other; with one, why she was at all.

    The newest look in which exactly one of the two was offered a place, or the newest in which either was; None when
    neither ever was. The reading of both records is recorded. Raises ValueError for entries of different lists.
    """
    if b is not None and a.therapist_id != b.therapist_id:
        raise ValueError("two entries of one list are compared")
    both = [a] if b is None else [a, b]
    looks = _looks_that_offered(both)
    if not looks:
        return None
    parted = [look for look in looks if len(look[1]) == 1]
    look, offered = (parted or looks)[0]
    first = a if a.pk in offered else both[-1]
    return _why(look, first, b if first is a else a, actor)


def why_offer(offer: Offer, *, actor: Actor) -> Why | None:
    """Say why this place was offered to her, from the look that did it; None when no look is recorded."""
    entry = WaitingListEntry.objects.select_related("referral__client", "therapist").get(offers=offer)
    for look, _offered in _looks_that_offered([entry]):
        if look.at <= offer.opened_at:
            return _why(look, entry, None, actor)
    return None


def _looks_that_offered(entries: Sequence[WaitingListEntry]) -> list[tuple[Allotment, set[int]]]:
    """Return the looks in which one of these was offered a place, newest first, each with who was."""
    ids = {entry.pk for entry in entries}
    since = min(entry.joined_at for entry in entries)
    rows = Allotment.objects.filter(therapist_id=entries[0].therapist_id, at__gte=since).order_by("-at", "-pk")
    found = []
    for look in rows[:LOOKS]:
        offered = {pk for pk, code, _place in look.entries if code == allotments.OFFERED and pk in ids}
        if offered:
            found.append((look, offered))
    return found


def _why(look: Allotment, first: WaitingListEntry, other: WaitingListEntry | None, actor: Actor) -> Why:
    stood = [Stood(number, *line) for number, line in enumerate(look.entries, start=1)]
    by_entry = {line.entry: line for line in stood}
    people = [first] if other is None else [first, other]
    audit.records_read(
        actor=actor,
        obj_type="client",
        obj_ids=sorted({entry.referral.client_id for entry in people}),
        purpose="why_before",
    )
    places = Place.objects.filter(pk__in=look.places).select_related("session_format", "location").order_by("pk")
    return Why(
        therapist=first.therapist.display_name,
        at=look.at,
        places=tuple(places),
        first=_person(first, by_entry, look.at),
        other=_person(other, by_entry, look.at) if other is not None else None,
        ahead=tuple(line for line in stood if line.number < by_entry[first.pk].number),
    )


def _person(entry: WaitingListEntry, stood: dict[int, Stood], at: datetime) -> Person:
    events = ReferralEvent.objects.filter(referral_id=entry.referral_id, detail__entry=entry.pk, at__lte=at)
    forward = events.filter(action="prioritise").order_by("-pk").first()
    reason = ""
    if forward is not None and forward.detail.get("priority"):
        reason = EventReason.objects.filter(event=forward).values_list("reason", flat=True).first() or ""
    later = events.filter(detail__has_key="no_offer_before").order_by("-pk").first()
    until = later.detail["no_offer_before"] if later is not None else None
    return Person(
        entry=entry,
        name=called(entry.referral.client),
        stood=stood.get(entry.pk),
        priority_reason=reason,
        no_offer_before=datetime.fromisoformat(until) if until else None,
    )
