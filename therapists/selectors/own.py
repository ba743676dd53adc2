"""What a therapist may see of her own, and how far her profile has come."""

import datetime
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.actors import NOBODY, Actor
from therapists.models import (
    Location,
    Place,
    Registration,
    RegistrationClaim,
    Therapist,
)
from therapists.selectors.places import live_claims


@dataclass(frozen=True, slots=True)
class Section:
    """One page of the profile. `needed`: nobody is listed without it."""

    slug: str
    title: Promise | str
    needed: bool
    done: bool


def therapists_visible_to(actor: Actor) -> QuerySet[Therapist]:
    """Return the therapist whom the actor is; nobody else's, whatever roles are held."""
    if actor.user_id is None:
        return Therapist.objects.none()
    return Therapist.objects.filter(user_id=actor.user_id)


def own_therapist(actor: Actor) -> Therapist | None:
    """Return the actor's own profile, or None before a registration is hers."""
    return therapists_visible_to(actor).first()


def own_registrations(actor: Actor) -> list[Registration]:
    rows = Registration.objects.filter(therapist__in=therapists_visible_to(actor))
    return list(rows.select_related("register").order_by("register__name"))


def own_claims(actor: Actor) -> QuerySet[RegistrationClaim]:
    """Return what she said is hers, newest first."""
    rows = RegistrationClaim.objects.filter(user_id=actor.user_id or NOBODY)
    return rows.select_related("registration__register").order_by("-made_at", "-pk")


def own_locations(actor: Actor) -> QuerySet[Location]:
    return Location.objects.filter(therapist__in=therapists_visible_to(actor)).order_by("pk")


def own_places(actor: Actor, *, as_of: datetime.datetime) -> QuerySet[Place]:
    """Return her places on offer or in use, each with `taken`: somebody holds it or is in it."""
    rows = Place.objects.filter(therapist__in=therapists_visible_to(actor), closed_at__isnull=True)
    taken = Exists(live_claims(as_of=as_of).filter(place=OuterRef("pk")))
    return rows.annotate(taken=taken).select_related("location", "session_format").order_by("day", "time", "pk")


def places_ever(therapist: Therapist) -> int:
    """Return how many places she ever made: what `places_offer` compares."""
    return Place.objects.filter(therapist=therapist).count()


def profile_sections(therapist: Therapist) -> list[Section]:
    """Return the pages of the profile in order, and which are done. Seven queries."""
    formats = list(therapist.formats.all())
    in_person = any(row.in_person for row in formats)
    rooms = therapist.locations.filter(active=True).exists()
    paid = therapist.fee_pence is not None or therapist.contracts.exists()
    styled = any(getattr(therapist, f) is not None for f in ("style_directive", "style_emotional", "style_past"))
    return [
        Section("about", _("Your name and about you"), True, bool(therapist.about and therapist.nation)),
        Section("languages", _("Languages"), True, therapist.language_links.exists()),
        Section("approach", _("Kinds of therapy"), True, therapist.modality_links.exists()),
        Section("issues", _("What you have experience with"), True, therapist.issue_links.exists()),
        Section("meeting", _("How people meet you, and online hours"), True, bool(formats)),
        Section("rooms", _("Rooms"), in_person, rooms),
        Section("answering", _("The days you answer"), True, therapist.answering_days.bit_count() >= 2),
        Section("money", _("Fee and terms"), True, paid),
        Section("contracts", _("Who else pays: contracts you hold"), False, paid and therapist.contracts.exists()),
        Section("people", _("People you work with"), False, therapist.client_groups.exists()),
        Section("identity", _("What you choose to say about yourself"), False, therapist.identity_tags.exists()),
        Section("access", _("What you can arrange"), False, therapist.access_options.exists()),
        Section("style", _("How you work"), False, styled),
    ]


def sections_missing(therapist: Therapist) -> list[Section]:
    """Return what is still needed before the profile can be published."""
    return [section for section in profile_sections(therapist) if section.needed and not section.done]
