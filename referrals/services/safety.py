"""Safety questions: what alarms is data. The answer is saved first, in a transaction of its own, and help is shown at
once; a task is opened where somebody can be reached. There is no score and nobody is refused.
"""

from dataclasses import dataclass

from django.db import transaction

from core import clock
from core.actors import Actor
from core.audit import record_write
from core.choices import Nation, Role
from core.models import Task
from core.worklist import task_open
from referrals import kinds
from referrals.answers import Answers
from referrals.models import CallRequest, Referral, SafetyAnswer, SafetyOption, SafetyQuestion, Submission
from referrals.selectors.safety import latest_answers
from referrals.services.duty import CallPromise, call_promise, task_due

SUBMISSION = "submission"
CALL_REQUEST = "call_request"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that applies. `answered` is all the browser ever learns of an answer."""

    question: SafetyQuestion
    options: tuple[SafetyOption, ...]
    answered: bool


@dataclass(frozen=True, slots=True)
class SafetyOutcome:
    """`call`: who calls by when, when a task was opened; None when nothing alarms or nobody can be reached."""

    show_help: bool
    alarmed: bool
    call: CallPromise | None


def questions_for(submission: Submission) -> list[Asked]:
    """Return the active questions that apply, in order. A follow-up applies when its question was answered so."""
    questions = SafetyQuestion.objects.filter(active=True).prefetch_related("options")
    given = latest_answers(submission)
    return [
        Asked(question, tuple(question.options.all()), question.pk in given)
        for question in questions
        if _applies(question, given)
    ]


def safety_answer_record(
    *, submission: Submission, question: SafetyQuestion, value: str, actor: Actor
) -> SafetyOutcome:
    """Save an answer and set off what its option says. Raises SafetyOption.DoesNotExist for an unknown value.

    Saving never waits for the rest: should opening the task fail, the answer is kept. The draft is locked, so that an
    answer given while it is being sent, or after, belongs to the referral it became.
    """
    option = question.options.get(value=value)
    with transaction.atomic():
        submission = Submission.objects.select_for_update(no_key=True).get(pk=submission.pk)
        SafetyAnswer.objects.create(
            submission=submission,
            referral=_sent(submission),
            question=question,
            value=value,
            at=clock.now(),
        )
        record_write(actor=actor, verb="safety_answer_record", obj_type=SUBMISSION, obj_id=submission.pk)
    if not option.open_task:
        return SafetyOutcome(option.show_help, alarmed=False, call=None)
    promise = _task(submission, option, actor) if reachable(submission) else None
    return SafetyOutcome(option.show_help, alarmed=True, call=promise)


def reachable(submission: Submission) -> bool:
    """Say whether a person could be reached: a proved channel, or a number she left."""
    return submission.channel_proved_at is not None or submission.call_requests.exists()


def number_known(submission: Submission) -> bool:
    """Say whether there is a number to call: typed on the way, or left for a call."""
    referral = _sent(submission)
    phone = referral.client.phone if referral else Answers.from_dict(submission.answers).phone
    return bool(phone) or submission.call_requests.exists()


def call_ask(
    *,
    phone: str,
    actor: Actor,
    name: str = "",
    call_times: str = "",
    voicemail_ok: bool = False,
    submission: Submission | None = None,
) -> CallPromise:
    """Somebody left a number, perhaps before anything else: a trained person calls it. `phone` is already cleaned."""
    now = clock.now()
    with transaction.atomic():
        request = CallRequest.objects.create(
            submission=submission, name=name, phone=phone, call_times=call_times, voicemail_ok=voicemail_ok, at=now
        )
        if submission is not None:
            _wish_note(submission, no_call=False)
        promise = call_promise(now)
        task_open(
            kind=kinds.CALL_REQUEST,
            subject_type=CALL_REQUEST,
            subject_id=request.pk,
            owner_role=Role.SAFETY_CLINICIAN,
            due_at=task_due(promise, _nation(submission), now),
            actor=actor,
            detail={"rota_gap": promise.by is None},
        )
        record_write(actor=actor, verb="call_ask", obj_type=CALL_REQUEST, obj_id=request.pk)
    return promise


def call_declined(*, submission: Submission, actor: Actor) -> None:
    """She carries on without a call. The task stays: a clinician reads the answers and decides, knowing her wish."""
    with transaction.atomic():
        _wish_note(submission, no_call=True)
        record_write(actor=actor, verb="safety_call_declined", obj_type=SUBMISSION, obj_id=submission.pk)


def call_wanted(*, submission: Submission, actor: Actor) -> bool:
    """She wants the call, whatever she said before. Returns False when no call is open: then she leaves a number."""
    with transaction.atomic():
        owed = _wish_note(submission, no_call=False)
        record_write(actor=actor, verb="safety_call_wanted", obj_type=SUBMISSION, obj_id=submission.pk)
    return owed


def _wish_note(submission: Submission, *, no_call: bool) -> bool:
    """Write her wish on the open call, in the caller's transaction. Returns whether there is one."""
    task = (
        Task.objects.select_for_update()
        .filter(kind=kinds.SAFETY_CALL, subject_type=SUBMISSION, subject_id=submission.pk, state=Task.State.OPEN)
        .first()
    )
    if task is None:
        return False
    if bool(task.detail.get("no_call_wanted")) != no_call:
        task.detail = {**task.detail, "no_call_wanted": no_call}
        task.save(update_fields=["detail"])
    return True


def _sent(submission: Submission) -> Referral | None:
    return Referral.objects.select_related("client").filter(submission=submission).first()


@transaction.atomic
def _task(submission: Submission, option: SafetyOption, actor: Actor) -> CallPromise:
    """A wish not to be called was about the answers before this one: it does not outlast a new alarm."""
    now = clock.now()
    promise = call_promise(now)
    task = task_open(
        kind=kinds.SAFETY_CALL,
        subject_type=SUBMISSION,
        subject_id=submission.pk,
        owner_role=option.owner_role,
        due_at=task_due(promise, _nation(submission), now),
        actor=actor,
        detail={"question": option.question_id, "rota_gap": promise.by is None},
        tighten=True,
    )
    _wish_note(submission, no_call=False)
    # An earlier alarm may have been promised an earlier time, and that is the one that counts.
    return CallPromise(min(promise.by, task.due_at), promise.name, promise.user_id) if promise.by else promise


def _applies(question: SafetyQuestion, given: dict[int, SafetyAnswer]) -> bool:
    if question.asked_if_question_id is None:
        return True
    before = given.get(question.asked_if_question_id)
    return before is not None and before.value in question.asked_if_values


def _nation(submission: Submission | None) -> str:
    if submission is None:
        return Nation.ENGLAND
    referral = _sent(submission)
    nation = referral.client.nation if referral else Answers.from_dict(submission.answers).nation
    return nation or Nation.ENGLAND
