"""Six digits that prove somebody reads a channel. Derived from the key and a nonce when the message is rendered.

A code allows five attempts and one use. A caller who keeps the code's id in the session checks that very code, so that
somebody else's wrong attempts cannot use up hers.
"""

import hmac
import secrets
from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from core import clock, crypto
from core.models import OneTimeCode

MAX_ATTEMPTS = 5
MAX_ISSUED_PER_HOUR = 10


class TooManyCodes(Exception):
    """So many codes were asked for within the hour that guessing could pay; `str()` is a sentence for the person."""


def code_issue(
    *, purpose: str, subject_type: str, subject_id: int, minutes: int = 15, limit: int = MAX_ISSUED_PER_HOUR
) -> OneTimeCode:
    """Issue a code for a subject. Earlier ones stay valid until they expire: the first message may come second.

    Raises TooManyCodes when `limit` codes were issued within the hour. The limit per subject is the last line; callers
    throttle by source before it.
    """
    now = clock.now()
    issued = OneTimeCode.objects.filter(
        purpose=purpose,
        subject_type=subject_type,
        subject_id=subject_id,
        created_at__gt=now - timedelta(hours=1),
    )
    if issued.count() >= limit:
        raise TooManyCodes(_("We have sent several codes already. Use the newest one, or try again in an hour."))
    return OneTimeCode.objects.create(
        purpose=purpose,
        subject_type=subject_type,
        subject_id=subject_id,
        nonce=secrets.token_hex(16),
        created_at=now,
        expires_at=now + timedelta(minutes=minutes),
    )


def code_digits(code: OneTimeCode) -> str:
    """Return the six digits, for the moment of sending only: never store or log them."""
    digest = crypto.keyed_digest(f"{code.purpose}\0{code.pk}\0{code.nonce}", purpose="one_time_code")
    return f"{int(digest, 16) % 1_000_000:06d}"


def codes_void(*, purpose: str, subject_type: str, subject_id: int) -> int:
    """End every live code of a subject, because what they were to prove has changed. Returns how many."""
    return _live(purpose, subject_type, subject_id).update(used_at=clock.now())


def code_newest(*, purpose: str, subject_type: str, subject_id: int) -> int | None:
    """Return the id of the code issued last that can still be used; None when there is none."""
    return _live(purpose, subject_type, subject_id).order_by("-pk").values_list("pk", flat=True).first()


@transaction.atomic
def code_check(*, purpose: str, subject_type: str, subject_id: int, digits: str, code_id: int | None = None) -> bool:
    """Say whether the digits are those of an unused, unexpired code with attempts left, and use it up if so.

    With `code_id` only that code is tried; without, every live one, and each counts the attempt.
    """
    typed = "".join(character for character in digits if character in "0123456789")
    live = _live(purpose, subject_type, subject_id).select_for_update(no_key=True)
    if code_id is not None:
        live = live.filter(pk=code_id)
    right = False
    for code in live.order_by("pk"):
        code.attempts += 1
        if hmac.compare_digest(code_digits(code), typed):
            right = True
            code.used_at = clock.now()
        code.save(update_fields=["attempts", "used_at"])
    return right


def _live(purpose: str, subject_type: str, subject_id: int) -> QuerySet[OneTimeCode]:
    return OneTimeCode.objects.filter(
        purpose=purpose,
        subject_type=subject_type,
        subject_id=subject_id,
        used_at__isnull=True,
        expires_at__gte=clock.now(),
        attempts__lt=MAX_ATTEMPTS,
    )
