"""May this therapist be shown, asked, and offered to people? Computed whenever asked, so that it is right the moment a
registration changes and the moment time passes, without any job.

This is the slow and obvious truth. matching compares thousands at once with columns; a test shows that both agree.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from core.clock import LONDON
from therapists.models import Register, Registration, Therapist
from therapists.selectors.places import free_counts, left_for_new

CONFIRMATION_LASTS = datetime.timedelta(days=14)
UNANSWERED_LIMIT = 2
# A register is often slow to say that somebody has renewed: what was asked in time may still be answered.
RENEWAL_GRACE = datetime.timedelta(days=14)

_OF_THERAPISTS = (
    "profile_verified_at",
    "paused",
    "confirmed_at",
    "unanswered_in_a_row",
    "monthly_limit",
    "new_people_month",
    "new_people_count",
    "offerable_entries",
    "list_limit",
    "list_closed",
    "list_entries",
)
_OF_REGISTRATIONS = (
    "therapist_id",
    "status",
    "valid_until",
    "contradiction",
    "sanction_reviewed_at",
    "register__active",
    "register__accreditation",
    "register__accredited_from",
    "register__accredited_until",
)

REASONS = {
    "no_active_registration": _("None of your registrations is active and in date on an accredited register."),
    "registration_in_question": _("One of your registrations is suspended, removed, under a sanction or in question."),
    "profile_not_verified": _("Your profile has not been published yet."),
    "paused": _("You have paused new people."),
    "not_confirmed": _("You have not confirmed in the last 14 days that you are taking people."),
    "unanswered": _("Two requests in a row were not answered."),
    "monthly_limit": _("You have reached the number of new people you take in a month."),
}


@dataclass(frozen=True)
class Standing:
    """`reasons` are the codes of REASONS that keep a therapist from being listed, in their order there.

    `renewing`: no registration is in date, and the end date alone is why, not longer ago than RENEWAL_GRACE. It stops
    new requests; what was open before may still be accepted. `list_room`: how many more people her waiting list takes,
    0 where it is closed or full; she is asked only while she is listed, see `accepts_waiting`. `on_list`: how many are
    on it.
    """

    listed: bool
    has_place: bool
    reasons: tuple[str, ...]
    free_for_new: int
    renewing: bool = False
    list_room: int = 0
    on_list: int = 0

    @property
    def accepts_waiting(self) -> bool:
        """Whether somebody may join her list now, whether or not she has a place."""
        return self.listed and self.list_room > 0

    @property
    def open(self) -> bool:
        """Whether she may be shown in a list of matches: with a place for a newcomer, or with room on her list."""
        return self.has_place or self.accepts_waiting


def is_bad(registration: Registration) -> bool:
    """One such registration hides a therapist, whatever her others say."""
    status = Registration.Status
    if registration.contradiction:
        return True
    if registration.status == status.SANCTION:
        return registration.sanction_reviewed_at is None
    return registration.status in {status.SUSPENDED, status.REMOVED}


def is_good(registration: Registration, on: datetime.date, *, late: datetime.timedelta = datetime.timedelta(0)) -> bool:
    """Active (or with a reviewed sanction) and in date, or at most `late` past it, on a register which is accredited
    on that London date."""
    status = Registration.Status
    if registration.status not in {status.ACTIVE, status.SANCTION} or is_bad(registration):
        return False
    if registration.valid_until is None or registration.valid_until + late < on:
        return False
    return register_accredited(registration.register, on)


def register_accredited(register: Register, on: datetime.date) -> bool:
    """Return whether the register itself holds a valid accreditation on that date. Both ends are included; an end
    without a date is open."""
    return (
        register.active
        and register.accreditation == Register.Accreditation.VALID
        and (register.accredited_from is None or register.accredited_from <= on)
        and (register.accredited_until is None or on <= register.accredited_until)
    )


def standing_for(ids: Iterable[int], *, as_of: datetime.datetime) -> dict[int, Standing]:
    """Return the standing of each therapist by pk, at a moment. Three queries, however many are asked for."""
    wanted = list(set(ids))
    if not wanted:
        return {}
    free = free_counts(wanted, as_of=as_of)
    # Only what is judged: opening sealed addresses and reading long texts costs more than judging.
    rows = Registration.objects.filter(therapist_id__in=wanted).select_related("register").only(*_OF_REGISTRATIONS)
    # Sorted in here: prefetching makes a query set for each therapist, which takes as long as all the queries.
    held: dict[int | None, list[Registration]] = defaultdict(list)
    for registration in rows.order_by():
        held[registration.therapist_id].append(registration)
    found = Therapist.objects.filter(pk__in=wanted).only(*_OF_THERAPISTS)
    return {one.pk: _judge(one, held[one.pk], as_of, free.get(one.pk, 0)) for one in found}


def standing(therapist_id: int, *, as_of: datetime.datetime) -> Standing:
    """Return one therapist's standing. Raises Therapist.DoesNotExist."""
    found = standing_for([therapist_id], as_of=as_of)
    if therapist_id not in found:
        raise Therapist.DoesNotExist(therapist_id)
    return found[therapist_id]


def _judge(therapist: Therapist, held: list[Registration], as_of: datetime.datetime, free: int) -> Standing:
    reasons = tuple(code for code, holds in _doubts(therapist, held, as_of) if holds)
    listed = not reasons
    renewing = "no_active_registration" in reasons and _renewing(held, as_of)
    left = left_for_new(free, therapist.offerable_entries)
    return Standing(listed, listed and left > 0, reasons, left, renewing, list_room(therapist), therapist.list_entries)


def list_room(therapist: Therapist) -> int:
    """Return how many more people her list takes: none where it is closed or full."""
    return 0 if therapist.list_closed else max(0, therapist.list_limit - therapist.list_entries)


def _renewing(held: list[Registration], as_of: datetime.datetime) -> bool:
    on = as_of.astimezone(LONDON).date()
    return any(is_good(registration, on, late=RENEWAL_GRACE) for registration in held)


def _doubts(therapist: Therapist, held: list[Registration], as_of: datetime.datetime) -> list[tuple[str, bool]]:
    on = as_of.astimezone(LONDON).date()
    return [
        ("no_active_registration", not any(is_good(registration, on) for registration in held)),
        ("registration_in_question", any(is_bad(registration) for registration in held)),
        ("profile_not_verified", therapist.profile_verified_at is None),
        ("paused", therapist.paused),
        ("not_confirmed", not _confirmed(therapist, as_of)),
        ("unanswered", therapist.unanswered_in_a_row >= UNANSWERED_LIMIT),
        ("monthly_limit", _limit_reached(therapist, on)),
    ]


def _confirmed(therapist: Therapist, as_of: datetime.datetime) -> bool:
    return therapist.confirmed_at is not None and as_of <= therapist.confirmed_at + CONFIRMATION_LASTS


def new_people_left(therapist: Therapist, on: datetime.date) -> int | None:
    """Return how many more new people she takes in the month of that London date; None is no limit."""
    if therapist.monthly_limit is None or therapist.new_people_month != f"{on:%Y-%m}":
        return therapist.monthly_limit
    return max(therapist.monthly_limit - therapist.new_people_count, 0)


def _limit_reached(therapist: Therapist, on: datetime.date) -> bool:
    return new_people_left(therapist, on) == 0
