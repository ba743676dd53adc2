"""People who sign in, and the roles they hold between two dates."""

import datetime

from django.db import IntegrityError, transaction

from accounts.models import Membership, Organisation, User
from core import audit, clock
from core.actors import Actor


class EmailTaken(ValueError):
    """Somebody signs in with this address already."""


def user_create(*, email: str, name: str, actor: Actor) -> User:
    """Add a person without a password: an invitation lets her choose one. Raises EmailTaken."""
    if User.objects.filter(email__iexact=email).exists():
        raise EmailTaken(email)
    try:
        with transaction.atomic():
            user = User.objects.create_user(email, None, name=name)
            audit.record_write(actor=actor, verb="user_create", obj_type="user", obj_id=user.pk, obj_label=user.name)
    except IntegrityError as error:
        raise EmailTaken(email) from error
    return user


@transaction.atomic
def membership_add(
    *,
    user: User,
    organisation: Organisation,
    role: str,
    actor: Actor,
    starts_on: datetime.date | None = None,
    ends_on: datetime.date | None = None,
) -> Membership:
    """Give a role from a date (default today) on. A role held already stays as it is; one that ended begins again."""
    starts_on = starts_on or clock.today()
    membership, created = Membership.objects.select_for_update().get_or_create(
        user=user, organisation=organisation, role=role, defaults={"starts_on": starts_on, "ends_on": ends_on}
    )
    over = membership.ends_on is not None and membership.ends_on < starts_on
    if over:
        membership.starts_on, membership.ends_on = starts_on, ends_on
        membership.save(update_fields=["starts_on", "ends_on"])
    if created or over:
        _record(membership, actor, "membership_add", "")
    return membership


@transaction.atomic
def membership_end(*, membership: Membership, actor: Actor, reason: str = "") -> None:
    """Take a role away at once: its last day is yesterday. Ending one that ended changes nothing."""
    yesterday = clock.today() - datetime.timedelta(days=1)
    if membership.ends_on is not None and membership.ends_on <= yesterday:
        return
    _record(membership, actor, "membership_end", reason)
    if membership.starts_on > yesterday:
        # Given today and taken today: there is no day on which it was held to the end.
        membership.delete()
        return
    membership.ends_on = yesterday
    membership.save(update_fields=["ends_on"])


@transaction.atomic
def user_close(*, user: User, actor: Actor, reason: str) -> None:
    """Stop somebody from signing in, and end what she is signed in to: the next request finds nobody."""
    user.is_active = False
    user.save(update_fields=["is_active"])
    audit.record_write(
        actor=actor, verb="user_close", obj_type="user", obj_id=user.pk, obj_label=user.name, reason=reason
    )


def _record(membership: Membership, actor: Actor, verb: str, reason: str) -> None:
    audit.record_write(
        actor=actor,
        verb=verb,
        obj_type="user",
        obj_id=membership.user_id,
        obj_label=membership.user.name,
        reason=reason,
        detail={"role": membership.role, "organisation": membership.organisation_id},
    )
