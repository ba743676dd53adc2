"""What a safety clinician sees of a task: the answers, and how to reach the person. Every look is recorded."""

from dataclasses import dataclass

from clients.selectors import called
from core.actors import Actor
from core.audit import record_read
from core.models import Task
from referrals import kinds
from referrals.answers import Answers
from referrals.models import CallRequest, Referral, SafetyAnswer, Submission
from referrals.selectors.summary import safety_pairs


@dataclass(frozen=True, slots=True)
class SafetyCase:
    """`referral` is None while nothing has been sent. `no_call_wanted`: she would rather not be called."""

    called: str
    email: str
    phone: str
    call_times: str
    voicemail_ok: bool
    discreet: bool
    answers: tuple[tuple[str, str], ...]
    no_call_wanted: bool
    referral: Referral | None


def safety_case(task: Task, *, actor: Actor) -> SafetyCase | None:
    """Return the case of a safety task; None for any other kind of task."""
    if task.kind == kinds.CALL_REQUEST:
        case = _from_number(CallRequest.objects.select_related("submission").get(pk=task.subject_id))
    elif task.kind == kinds.SAFETY_CALL:
        case = _from_draft(Submission.objects.get(pk=task.subject_id), bool(task.detail.get("no_call_wanted")))
    else:
        return None
    record_read(actor=actor, obj_type=task.subject_type, obj_id=task.subject_id, purpose="safety_call")
    if case.referral is not None:
        record_read(
            actor=actor,
            obj_type="client",
            obj_id=case.referral.client_id,
            obj_label=case.referral.reference,
            purpose="safety_call",
        )
    return case


def _from_number(request: CallRequest) -> SafetyCase:
    return SafetyCase(
        called=request.name,
        email="",
        phone=request.phone,
        call_times=request.call_times,
        voicemail_ok=request.voicemail_ok,
        discreet=True,
        answers=(),
        no_call_wanted=False,
        referral=_sent(request.submission),
    )


def _from_draft(draft: Submission, no_call_wanted: bool) -> SafetyCase:
    answers = tuple(safety_pairs(SafetyAnswer.objects.filter(submission=draft).select_related("question")))
    referral = _sent(draft)
    if referral is not None:
        client = referral.client
        return SafetyCase(
            called=called(client),
            email=client.email,
            phone=client.phone,
            call_times=client.call_times,
            voicemail_ok=client.voicemail_ok,
            discreet=client.discreet,
            answers=answers,
            no_call_wanted=no_call_wanted,
            referral=referral,
        )
    typed = Answers.from_dict(draft.answers)
    proved = draft.channel_address
    return SafetyCase(
        called=typed.preferred_name or typed.given_name,
        email=proved if draft.channel == "email" else typed.email,
        phone=proved if draft.channel == "sms" else typed.phone,
        call_times=", ".join(typed.call_times),
        voicemail_ok=typed.voicemail_ok,
        discreet=typed.discreet,
        answers=answers,
        no_call_wanted=no_call_wanted,
        referral=None,
    )


def _sent(draft: Submission | None) -> Referral | None:
    if draft is None:
        return None
    return Referral.objects.select_related("client").filter(submission=draft).first()
