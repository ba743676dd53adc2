"""Becoming a therapist here: first the role, which shows nothing; then a registration has to be hers."""

from accounts.models import Organisation, User
from accounts.services.people import membership_add
from core.actors import Actor
from core.choices import Role

INDEPENDENT = "Independent therapists"


def therapist_join(*, user_id: int, actor: Actor) -> None:
    """Give a signed-in person the therapist's role, which leads to a second factor and to claiming a registration.

    Doing it twice changes nothing.
    """
    home, _ = Organisation.objects.get_or_create(name=INDEPENDENT, kind=Organisation.Kind.PROVIDER)
    membership_add(user=User.objects.get(pk=user_id), organisation=home, role=Role.THERAPIST, actor=actor)
