"""Who is not listed, and why, over the whole register at once: for the desk.

The same rules as in therapists.selectors.standing, in the database's words; a test shows that both agree. A page of
people is judged by standing itself.
"""

import datetime

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from core.actors import Actor
from core.choices import Role
from core.clock import LONDON
from therapists.models import Register, Registration, Therapist
from therapists.selectors.standing import CONFIRMATION_LASTS, UNANSWERED_LIMIT

# As coordinators read them: standing.REASONS speaks to the therapist herself.
DESK_REASONS = {
    "no_active_registration": _("No registration is active and in date on an accredited register"),
    "registration_in_question": _("A registration is suspended, removed, under a sanction or in question"),
    "profile_not_verified": _("The profile is not published"),
    "paused": _("New people are paused"),
    "not_confirmed": _("Not confirmed in the last 14 days"),
    "unanswered": _("Two requests in a row were not answered"),
    "monthly_limit": _("The limit of new people in a month is reached"),
}
_BY_REGISTRATIONS = ("no_active_registration", "registration_in_question")
_Status = Registration.Status
_HER = OuterRef("pk")


def unlisted_counts(actor: Actor, *, as_of: datetime.datetime) -> dict[str, int]:
    """Return how many therapists each of DESK_REASONS keeps from being listed, and under "" how many it is in all:
    somebody may have several."""
    doubts, everybody = _doubts(as_of), _visible_to(actor)
    # Asked each by itself, the registrations are joined; inside one aggregate they would be looked up row by row.
    of_registrations = {code: everybody.filter(doubts.pop(code)).count() for code in _BY_REGISTRATIONS}
    of_columns = everybody.aggregate(**{code: Count("pk", filter=holds) for code, holds in doubts.items()})
    found = of_registrations | of_columns
    return {"": everybody.filter(_any(as_of)).count(), **{code: found[code] for code in DESK_REASONS}}


def unlisted_therapists(actor: Actor, *, as_of: datetime.datetime, reason: str = "") -> QuerySet[Therapist]:
    """Return who is not listed for that reason ("" is any), the longest silent first."""
    holds = _doubts(as_of)[reason] if reason else _any(as_of)
    return _visible_to(actor).filter(holds).order_by(F("confirmed_at").asc(nulls_first=True), "pk")


def _visible_to(actor: Actor) -> QuerySet[Therapist]:
    if actor.holds(Role.COORDINATOR, Role.ADMINISTRATOR):
        return Therapist.objects.all()
    return Therapist.objects.none()


def _any(as_of: datetime.datetime) -> Q:
    holds = Q()
    for doubt in _doubts(as_of).values():
        holds |= doubt
    return holds


def _doubts(as_of: datetime.datetime) -> dict[str, Q]:
    month = f"{as_of.astimezone(LONDON).date():%Y-%m}"
    this_month, none_at_all = Q(new_people_month=month), Q(monthly_limit=0)
    return {
        "no_active_registration": Q(~Exists(_good(as_of.astimezone(LONDON).date()))),
        "registration_in_question": Q(Exists(Registration.objects.filter(_bad(), therapist=_HER))),
        "profile_not_verified": Q(profile_verified_at__isnull=True),
        "paused": Q(paused=True),
        "not_confirmed": Q(confirmed_at__isnull=True) | Q(confirmed_at__lt=as_of - CONFIRMATION_LASTS),
        "unanswered": Q(unanswered_in_a_row__gte=UNANSWERED_LIMIT),
        "monthly_limit": none_at_all | (this_month & Q(new_people_count__gte=F("monthly_limit"))),
    }


def _bad() -> Q:
    in_question = Q(status=_Status.SANCTION, sanction_reviewed_at__isnull=True)
    return ~Q(contradiction="") | Q(status__in=(_Status.SUSPENDED, _Status.REMOVED)) | in_question


def _good(on: datetime.date) -> QuerySet[Registration]:
    held = Registration.objects.filter(therapist=_HER, status__in=(_Status.ACTIVE, _Status.SANCTION)).exclude(_bad())
    return held.filter(
        Q(register__accredited_from__isnull=True) | Q(register__accredited_from__lte=on),
        Q(register__accredited_until__isnull=True) | Q(register__accredited_until__gte=on),
        valid_until__gte=on,
        register__active=True,
        register__accreditation=Register.Accreditation.VALID,
    )
