"""From a signed-in user to the actor that services ask for."""

from accounts.models import User
from core.actors import Actor


def for_user(user: User) -> Actor:
    """Return the user as an actor with the roles held today."""
    return Actor("user", str(user.pk), user.name, user.active_roles())
