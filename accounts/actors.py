"""From a signed-in user to the actor that services ask for."""

from django.http import HttpRequest

from accounts.models import User
from core.actors import Actor
from core.policy import user_roles


def for_user(user: User) -> Actor:
    """Return the user as an actor with the roles held today."""
    return Actor("user", str(user.pk), user.name, user.active_roles())


def for_request(request: HttpRequest) -> Actor:
    """Return the signed-in caller as an actor, with the roles the policy already read for this request."""
    return Actor("user", str(request.user.pk), str(request.user), user_roles(request))
