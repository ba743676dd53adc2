"""How a client reaches her referral without a password: reference, date of birth, and a code to her proved channel.

Nothing tells whether a reference exists: the same steps, the same answers. Limits count per reference and source, so
that nobody can lock her out.
"""

import datetime

from django.db import transaction

from clients.selectors import is_born
from core import clock
from core.actors import Actor
from core.audit import record_read
from core.one_time_codes import MAX_ISSUED_PER_HOUR, TooManyCodes, code_check, code_issue, code_newest
from core.references import reference_clean
from core.throttle import allow
from notifications.services import message_enqueue
from referrals.messages import topics
from referrals.models import Referral

PURPOSE = "client_sign_in"
REFERRAL = "referral"
TRIES, WINDOW_SECONDS = 10, 15 * 60
# Codes kept back for whoever has not asked within the hour: somebody who knows her reference and her date of birth can
# use up the others, and must not be able to keep her out with that.
RESERVE, HOUR_SECONDS = 5, 60 * 60
# What is returned when there is nobody to send a code to. No code has it.
NO_CODE = 0


def client_code_send(*, reference: str, born: datetime.date, source: str) -> int:
    """Send a code when reference and date of birth belong together; return its id for the session, or NO_CODE.

    `source` names where the attempt comes from (an address); callers never show the difference. When no more may be
    sent, the id is that of the code sent last, so that the digits in her mailbox still let her in.
    """
    referral = _find(reference, born, source)
    if referral is None:
        return NO_CODE
    first = allow(key=f"{PURPOSE} first:{referral.reference}:{source}", limit=1, per_seconds=HOUR_SECONDS)
    limit = MAX_ISSUED_PER_HOUR + (RESERVE if first else 0)
    try:
        with transaction.atomic():
            code = code_issue(purpose=PURPOSE, subject_type=REFERRAL, subject_id=referral.pk, limit=limit)
            message_enqueue(
                topic=topics.SIGN_IN_CODE,
                subject_type=REFERRAL,
                subject_id=referral.pk,
                recipient_type="client",
                recipient_id=referral.client_id,
                channel=referral.client.contact_channel,
                dedupe_key=f"{topics.SIGN_IN_CODE}:{code.pk}",
                detail={"code": code.pk},
            )
    except TooManyCodes:
        return code_newest(purpose=PURPOSE, subject_type=REFERRAL, subject_id=referral.pk) or NO_CODE
    return code.pk


def client_code_check(
    *, reference: str, born: datetime.date, digits: str, code_id: int, source: str
) -> Referral | None:
    """Return the referral when the digits are those of that very code; None otherwise, whatever was wrong."""
    referral = _find(reference, born, source)
    if referral is None or code_id == NO_CODE:
        return None
    right = code_check(purpose=PURPOSE, subject_type=REFERRAL, subject_id=referral.pk, digits=digits, code_id=code_id)
    return referral if right else None


def referral_opened(*, referral: Referral, actor: Actor) -> datetime.datetime | None:
    """Note that she opened her page, and return when she did so before: "Last opened Tuesday, 9.04pm"."""
    with transaction.atomic():
        before = Referral.objects.select_for_update(no_key=True).values_list("opened_at", flat=True).get(pk=referral.pk)
        Referral.objects.filter(pk=referral.pk).update(opened_at=clock.now())
        record_read(
            actor=actor, obj_type="client", obj_id=referral.client_id, obj_label=referral.reference, purpose="own_page"
        )
    return before


def _find(reference: str, born: datetime.date, source: str) -> Referral | None:
    try:
        clean = reference_clean(reference)
    except ValueError:
        return None
    if not allow(key=f"{PURPOSE}:{clean}:{source}", limit=TRIES, per_seconds=WINDOW_SECONDS):
        return None
    referral = Referral.objects.select_related("client").filter(reference=clean).first()
    return referral if referral is not None and is_born(referral.client, born) else None
