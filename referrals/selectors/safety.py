"""What was answered about safety. Values are read here and in the safety clinician's page only."""

from referrals.models import Referral, SafetyAnswer, SafetyOption, SafetyQuestion, Submission


def alarming_options() -> set[tuple[int, str]]:
    """Return (question pk, value) of every answer that opens a task."""
    return set(SafetyOption.objects.filter(open_task=True).values_list("question_id", "value"))


def has_alarm(referral: Referral) -> bool:
    """Say whether any answer given with this referral alarms."""
    answers = list(SafetyAnswer.objects.filter(referral=referral))
    if not answers:
        return False
    alarming = alarming_options()
    return any((answer.question_id, answer.value) in alarming for answer in answers)


def latest_answers(submission: Submission) -> dict[int, SafetyAnswer]:
    """Return the newest answer by question pk."""
    rows = SafetyAnswer.objects.filter(submission=submission).order_by("pk")
    return {answer.question_id: answer for answer in rows}


def first_question(referral: Referral) -> str:
    """Return the slug of the first question about safety, for somebody who answers again; "" where nothing links her
    answers to her.
    """
    if referral.submission_id is None:
        return ""
    asked = SafetyQuestion.objects.filter(active=True, asked_if_question=None).order_by("position")
    return asked.values_list("slug", flat=True).first() or ""
