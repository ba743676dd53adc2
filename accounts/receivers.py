"""Sign-ins and their failures are written down, whichever way they come."""

from typing import Any

from allauth.core import context as allauth_context
from allauth.mfa.models import Authenticator
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db.models.signals import post_save
from django.dispatch import receiver

from accounts import second_factor
from accounts.actors import for_user
from accounts.models import User
from core import audit
from core.actors import system


@receiver(user_logged_in)
def note_sign_in(user: User, **_: Any) -> None:
    _note("sign_in", user)


@receiver(post_save, sender=Authenticator)
def note_second_factor(instance: Authenticator, created: bool, **_: Any) -> None:
    """With the row and not after its commit: the very next page asks whether this session is proved."""
    request = allauth_context.request
    if created and request is not None and request.user.pk == instance.user_id:
        second_factor.note_added(request, instance)


@receiver(user_logged_out)
def note_sign_out(user: User | None, **_: Any) -> None:
    if user is not None:
        _note("sign_out", user)


@receiver(user_login_failed)
def note_failure(credentials: dict[str, Any], **_: Any) -> None:
    # Neither what was typed nor whether anybody is called that: only whose account it was, if anybody's.
    typed = str(credentials.get("email") or credentials.get("username") or "")
    user = User.objects.filter(email__iexact=typed).first()
    audit.record_write(actor=system("sign-in"), verb="sign_in_failed", obj_type="user", obj_id=user.pk if user else "")


def _note(verb: str, user: User) -> None:
    audit.record_write(actor=for_user(user), verb=verb, obj_type="user", obj_id=user.pk, obj_label=user.name)
