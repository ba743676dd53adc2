"""Registers, registrations and claims, as a coordinator or somebody who joins may see them."""

from django.db.models import QuerySet

from core.actors import Actor
from core.choices import Role
from therapists.models import ImportRun, Register, Registration, RegistrationClaim, SamePersonPair
from therapists.selectors.search import registration_ids

CHECKERS = (Role.COORDINATOR, Role.ADMINISTRATOR)
MOST_FOUND = 50


def registers_to_claim_on() -> list[Register]:
    """Return the registers that a therapist may name: those in use with a valid accreditation."""
    rows = Register.objects.filter(active=True, accreditation=Register.Accreditation.VALID)
    return list(rows.order_by("name"))


def registers_to_import() -> list[Register]:
    return list(Register.objects.filter(active=True).order_by("name"))


def registrations_visible_to(actor: Actor) -> QuerySet[Registration]:
    rows = Registration.objects.select_related("register", "therapist")
    return rows if actor.holds(*CHECKERS) else rows.none()


def claims_visible_to(actor: Actor) -> QuerySet[RegistrationClaim]:
    rows = RegistrationClaim.objects.select_related("registration__register", "registration__therapist", "user")
    return rows if actor.holds(*CHECKERS) else rows.none()


def pairs_visible_to(actor: Actor) -> QuerySet[SamePersonPair]:
    rows = SamePersonPair.objects.select_related(
        "first__register", "second__register", "first__therapist", "second__therapist"
    )
    return rows if actor.holds(*CHECKERS) else rows.none()


def imports_visible_to(actor: Actor) -> QuerySet[ImportRun]:
    rows = ImportRun.objects.select_related("register")
    return rows if actor.holds(*CHECKERS) else rows.none()


def registrations_found(actor: Actor, text: str) -> list[Registration]:
    """Return registrations that may be meant, likeliest first, at most 50: listed or not, with a profile or without.

    The text is a number or its beginning, or words of a name or town, as clients may type them (selectors.search).
    """
    if not actor.holds(*CHECKERS):
        return []
    ids = registration_ids(text, limit=MOST_FOUND)
    found = registrations_visible_to(actor).in_bulk(ids)
    return [found[pk] for pk in ids if pk in found]
