"""Inviting somebody by e-mail to choose a password. The link works until she has chosen one, or for a week."""

import datetime

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction
from django.urls import reverse

from accounts.models import Organisation, User
from accounts.services.people import membership_add, user_create
from core import audit, clock, crypto, tokens
from core.actors import Actor
from notifications.models import Message
from notifications.services import message_enqueue

TOPIC = "account_invitation"
LASTS = datetime.timedelta(days=7)


class InvitationOver(ValueError):
    """The link was used, replaced by a newer password, or is too old."""


@transaction.atomic
def user_invite(*, email: str, name: str, organisation: Organisation, role: str, actor: Actor) -> User:
    """Add a person with a role and send the invitation. Raises people.EmailTaken."""
    user = user_create(email=email, name=name, actor=actor)
    membership_add(user=user, organisation=organisation, role=role, actor=actor)
    invitation_send(user=user, actor=actor)
    return user


def invitation_send(*, user: User, actor: Actor) -> Message:
    """Send the invitation, again if need be: once a minute at most. Raises InvitationOver once she has a password."""
    if user.has_usable_password():
        raise InvitationOver(user.pk)
    minute = clock.now().strftime("%Y%m%d%H%M")
    audit.record_write(actor=actor, verb="invitation_send", obj_type="user", obj_id=user.pk, obj_label=user.name)
    return message_enqueue(
        topic=TOPIC,
        subject_type="user",
        subject_id=user.pk,
        recipient_type="user",
        recipient_id=user.pk,
        dedupe_key=f"{TOPIC}:{user.pk}:{minute}",
    )


def invitation_link(user: User) -> str:
    """Return the full address of the page where she chooses a password."""
    token = tokens.sign(TOPIC, user.pk, _nonce(user), lasts=LASTS)
    return settings.SITE_URL + reverse("accounts:invitation", args=[token])


def invitation_user(token: str) -> User:
    """Return whom a link invites. Raises InvitationOver."""
    try:
        read = tokens.read(TOPIC, token)
    except tokens.BadToken as error:
        raise InvitationOver from error
    user = User.objects.filter(pk=read.row_id, is_active=True).first()
    if user is None or user.has_usable_password() or read.nonce != _nonce(user):
        raise InvitationOver
    return user


@transaction.atomic
def invitation_accept(*, token: str, password: str, actor: Actor) -> User:
    """Set the password; the link has proved the address. Raises InvitationOver."""
    user = User.objects.select_for_update().get(pk=invitation_user(token).pk)
    if user.has_usable_password():
        raise InvitationOver(user.pk)
    user.set_password(password)
    user.save(update_fields=["password"])
    EmailAddress.objects.update_or_create(user=user, email=user.email, defaults={"verified": True, "primary": True})
    audit.record_write(actor=actor, verb="invitation_accept", obj_type="user", obj_id=user.pk, obj_label=user.name)
    return user


def _nonce(user: User) -> str:
    # Django gives every unusable password a random tail: it changes whenever the password does.
    return crypto.keyed_digest(user.password, purpose=TOPIC)[:16]
