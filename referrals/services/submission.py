"""Drafts: what somebody typed, behind a token only she has. Typed is not true; `referral_submit` makes it so."""

import datetime
import hashlib
import secrets

from django.db import transaction

from core import clock
from core.actors import Actor
from core.audit import record_write
from core.crypto import keyed_digest
from core.models import Task
from core.one_time_codes import code_check, code_issue, codes_void
from core.references import ALPHABET
from notifications.services import message_enqueue
from referrals import clocks, kinds
from referrals.answers import Answers
from referrals.errors import DraftGone
from referrals.messages import topics
from referrals.models import Submission

SUBMISSION = "submission"
PROVE = "prove_channel"
CODE_LENGTH = 12
DRAFT = Submission.State.DRAFT
# The answers without which nobody can call: what to say, where, when and how.
TO_CALL = frozenset(
    {
        "nation",
        "given_name",
        "preferred_name",
        "channel",
        "email",
        "phone",
        "call_times",
        "voicemail_ok",
        "text_ok",
        "discreet",
    }
)


def submission_start() -> tuple[Submission, str]:
    """Begin a draft. Returns it and its token, which is kept nowhere: only its digest is."""
    token, now = secrets.token_urlsafe(32), clock.now()
    submission = Submission.objects.create(
        token_digest=_token_digest(token),
        seed=secrets.randbits(63),
        created_at=now,
        updated_at=now,
        expires_at=now + clocks.DRAFT_LASTS,
    )
    return submission, token


def submission_find(token: str) -> Submission | None:
    """Return the draft, or what became of it, by its token; None when the token is unknown or the draft expired."""
    found = Submission.objects.filter(token_digest=_token_digest(token)).first()
    if found is None or found.state == Submission.State.EXPIRED:
        return None
    if found.state == DRAFT and found.expires_at < clock.now():
        return None
    return found


def submission_save(*, submission: Submission, answers: Answers) -> Submission:
    """Keep the answers; the draft lives four weeks from now. Raises DraftGone when it was sent or has expired."""
    now = clock.now()
    with transaction.atomic():
        fresh = _draft(submission)
        fresh.answers, fresh.updated_at, fresh.expires_at = answers.to_dict(), now, now + clocks.DRAFT_LASTS
        fresh.save(update_fields=["answers", "updated_at", "expires_at"])
    return fresh


def submission_delete(*, submission: Submission) -> bool:
    """Forget what was typed, because she asked for it. Answers about safety stay, as she was told.

    While a worrying answer asks somebody to call, how to reach her stays until that is done, and nobody comes back to
    the draft. Returns whether something stayed.
    """
    with transaction.atomic():
        fresh = _draft(submission)
        if not somebody_has_to_call(fresh):
            _empty(fresh)
            return False
        # As if its time were over: the tick empties it once the call is made.
        fresh.answers = {key: value for key, value in fresh.answers.items() if key in TO_CALL}
        fresh.token_digest, fresh.return_code_digest = _token_digest(secrets.token_urlsafe(32)), ""
        fresh.updated_at = clock.now()
        fresh.expires_at = fresh.updated_at - datetime.timedelta(seconds=1)
        fresh.save(update_fields=["answers", "token_digest", "return_code_digest", "updated_at", "expires_at"])
    return True


def submission_channel_set(*, submission: Submission, channel: str, address: str) -> int:
    """Send a code to the channel that is to be the safe one, and return the code's id for the session.

    channel: "email" or "sms"; address: already cleaned. Raises DraftGone, TooManyCodes, ValueError.
    """
    if channel not in ("email", "sms") or not address:
        raise ValueError("only an e-mail address or a mobile number can be proved by a code")
    with transaction.atomic():
        fresh = _draft(submission)
        if (fresh.channel, fresh.channel_address) != (channel, address):
            # A code says nothing about where it went: one sent to another address must not prove this one.
            codes_void(purpose=PROVE, subject_type=SUBMISSION, subject_id=fresh.pk)
            fresh.channel, fresh.channel_address, fresh.channel_proved_at = channel, address, None
            fresh.save(update_fields=["channel", "channel_address", "channel_proved_at"])
        code = code_issue(purpose=PROVE, subject_type=SUBMISSION, subject_id=fresh.pk)
        message_enqueue(
            topic=topics.CHANNEL_CODE,
            subject_type=SUBMISSION,
            subject_id=fresh.pk,
            recipient_type=SUBMISSION,
            recipient_id=fresh.pk,
            channel=channel,
            dedupe_key=f"{topics.CHANNEL_CODE}:{code.pk}",
            detail={"code": code.pk},
        )
    return code.pk


def submission_channel_prove(*, submission: Submission, digits: str, code_id: int | None = None) -> bool:
    """Say whether the digits prove the channel, and remember it. Proving it again is right too."""
    with transaction.atomic():
        fresh = _draft(submission)
        right = code_check(purpose=PROVE, subject_type=SUBMISSION, subject_id=fresh.pk, digits=digits, code_id=code_id)
        if right:
            fresh.channel_proved_at = clock.now()
            fresh.save(update_fields=["channel_proved_at"])
    return right


def submission_return_code(*, submission: Submission) -> str:
    """Return a code to come back with, like "7K4C-9XQM-P3HF". Each call makes a new one and ends the one before."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
    with transaction.atomic():
        fresh = _draft(submission)
        fresh.return_code_digest = _code_digest(body)
        fresh.save(update_fields=["return_code_digest"])
    return "-".join(body[start : start + 4] for start in range(0, CODE_LENGTH, 4))


def submission_by_return_code(*, code: str) -> tuple[Submission, str] | None:
    """Return the draft and a new token for this device; None when no draft has this code. Callers throttle."""
    typed = "".join(character for character in code.upper() if character.isalnum())
    if len(typed) != CODE_LENGTH:
        return None
    with transaction.atomic():
        found = Submission.objects.filter(
            return_code_digest=_code_digest(typed), state=DRAFT, expires_at__gte=clock.now()
        )
        submission = found.select_for_update(no_key=True).first()
        if submission is None:
            return None
        token = secrets.token_urlsafe(32)
        submission.token_digest = _token_digest(token)
        submission.save(update_fields=["token_digest"])
    return submission, token


def submission_expire(*, submission: Submission, actor: Actor) -> bool:
    """Empty a draft whose time is over. Returns False when it was touched meanwhile, and while a worrying answer given
    with it still asks somebody to call: how to reach her stands nowhere else.
    """
    with transaction.atomic():
        fresh = Submission.objects.select_for_update(no_key=True).get(pk=submission.pk)
        if fresh.state != DRAFT or fresh.expires_at >= clock.now() or somebody_has_to_call(fresh):
            return False
        _empty(fresh)
        record_write(actor=actor, verb="submission_expire", obj_type=SUBMISSION, obj_id=fresh.pk)
    return True


def somebody_has_to_call(submission: Submission) -> bool:
    """Say whether a worrying answer still asks somebody to call."""
    calls = Task.objects.filter(kind=kinds.SAFETY_CALL, subject_type=SUBMISSION, subject_id=submission.pk)
    return calls.filter(state=Task.State.OPEN).exists()


def _draft(submission: Submission) -> Submission:
    """Lock and read again. Raises DraftGone."""
    fresh = Submission.objects.select_for_update(no_key=True).get(pk=submission.pk)
    if fresh.state != DRAFT or fresh.expires_at < clock.now():
        raise DraftGone
    return fresh


def _empty(submission: Submission) -> None:
    submission.state, submission.answers, submission.return_code_digest = Submission.State.EXPIRED, {}, ""
    submission.channel, submission.channel_address = "", ""
    submission.save(update_fields=["state", "answers", "return_code_digest", "channel", "channel_address"])


def _token_digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _code_digest(body: str) -> str:
    return keyed_digest(body, purpose="submission.return_code")
