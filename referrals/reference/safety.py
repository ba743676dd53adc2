"""The safety questions and what each answer sets off. Rows, so that a clinician can read and change them in the admin.

All but the first can be left out. Nothing here is a score: an answer shows help and asks a human to call, no more.
"""

from datetime import date
from typing import Any, NamedTuple

from core.choices import Role
from core.reference.registry import LoadResult, load_rows, register_loader
from referrals.models import SafetyOption, SafetyQuestion

CHECKED_ON = date(2026, 11, 22)
YES, NO, NOT_SURE, TALK = "yes", "no", "not-sure", "rather-talk"


class Option(NamedTuple):
    value: str
    label: str
    alarms: bool = False


class Question(NamedTuple):
    slug: str
    text: str
    options: tuple[Option, ...]
    hint: str = ""
    optional: bool = True
    after: tuple[str, tuple[str, ...]] | None = None


def _yes_alarms() -> tuple[Option, ...]:
    return (
        Option(YES, "Yes", alarms=True),
        Option(NO, "No"),
        Option(TALK, "I would rather talk about it", alarms=True),
    )


QUESTIONS = (
    Question(
        "keep-safe",
        "Right now, can you keep yourself safe?",
        (
            Option(YES, "Yes"),
            Option(NO, "No", alarms=True),
            Option(NOT_SURE, "I’m not sure", alarms=True),
        ),
        optional=False,
    ),
    Question(
        "dark-thoughts",
        "In the last two weeks, have you thought that you would be better off dead, or about hurting yourself?",
        _yes_alarms(),
        hint="Many people have such thoughts. Saying so never stops you getting help here.",
    ),
    Question(
        "plan",
        "Have you made a plan, or done anything to hurt yourself?",
        _yes_alarms(),
        after=("dark-thoughts", (YES, TALK)),
    ),
    Question(
        "unsafe-at-home",
        "Is anybody hurting or frightening you, or do you feel unsafe where you live?",
        _yes_alarms(),
        hint="We tell nobody who lives with you.",
    ),
    Question("others", "Are you worried that you might hurt somebody else?", _yes_alarms()),
    Question(
        "depend",
        "Do children, or an adult you look after, depend on you?",
        (Option(YES, "Yes"), Option(NO, "No")),
    ),
)


def register() -> None:
    """Add them to what `load_reference` loads."""
    register_loader("safety questions", load)


def load(*, overwrite: bool) -> LoadResult:
    """Load questions, then what each follows, then the answers."""
    result = load_rows(SafetyQuestion, key=("slug",), rows=_questions(), overwrite=overwrite)
    pks = dict(SafetyQuestion.objects.values_list("slug", "pk"))
    for question in QUESTIONS:
        if question.after:
            before, values = question.after
            SafetyQuestion.objects.filter(slug=question.slug, asked_if_question=None).update(
                asked_if_question_id=pks[before], asked_if_values=list(values)
            )
    return result + load_rows(SafetyOption, key=("question_id", "value"), rows=_options(pks), overwrite=overwrite)


def _questions() -> list[dict[str, Any]]:
    return [
        {
            "slug": question.slug,
            "text": question.text,
            "hint": question.hint,
            "position": position,
            "optional": question.optional,
            "checked_on": CHECKED_ON,
        }
        for position, question in enumerate(QUESTIONS, start=1)
    ]


def _options(pks: dict[str, int]) -> list[dict[str, Any]]:
    return [
        {
            "question_id": pks[question.slug],
            "value": option.value,
            "label": option.label,
            "position": position,
            "show_help": option.alarms,
            "open_task": option.alarms,
            "owner_role": Role.SAFETY_CLINICIAN if option.alarms else "",
            "clock": SafetyOption.Clock.NEXT_ON_ROTA if option.alarms else "",
        }
        for question in QUESTIONS
        for position, option in enumerate(question.options, start=1)
    ]
