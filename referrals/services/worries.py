"""Somebody is worried about something her therapist did."""

from clients.services.contact import client_phone_add
from core.actors import Actor
from core.choices import Role
from core.models import Task
from referrals import kinds
from referrals.locks import referral_locked
from referrals.messages import topics
from referrals.messages.send import tell_client
from referrals.models import Referral
from referrals.services.calls import call_open
from referrals.services.events import referral_step


def worry_raise(*, referral: Referral, actor: Actor, phone: str = "", voicemail_ok: bool = False) -> Task:
    """A safety clinician calls her, whatever becomes of the referral meanwhile. Her therapist learns nothing of it, and
    on her page and in the message it is a call like any other, for others may read them too.

    `phone`, already cleaned, is kept where no number was known. Raises NotAllowed when the referral is closed.
    """
    with referral_locked(referral.pk) as locked:
        fresh = locked.referral
        if phone:
            client_phone_add(client=fresh.client, phone=phone, voicemail_ok=voicemail_ok, actor=actor)
        task = call_open(referral=fresh, why="worry", actor=actor, kind=kinds.WORRY, role=Role.SAFETY_CLINICIAN)
        event = referral_step(referral=fresh, action="call_me", actor=actor, detail={"task": task.pk})
        tell_client(topic=topics.CALL_COMING, referral=fresh, event=event, call_by=task.due_at.isoformat())
        return task
