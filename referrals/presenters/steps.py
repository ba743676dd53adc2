"""The order of the client's pages, computed from her answers. Slugs stand in the phone's history: they say nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from core.flow import Flow, Step
from referrals.answers import SELF_PAY, leading_issue
from referrals.forms import about, beginning, contact, needs, reasons, sharing, wishes
from referrals.forms.base import QuestionForm
from therapists.selectors import reference

Data = Mapping[str, Any]

# Facts about the draft that are no answers, put among them so that conditions can see them.
PROVED = "channel_proved"
SAFETY_DONE = "safety_done"

WISHES = "wishes"
CONTACT = "contact"


@dataclass(frozen=True, slots=True)
class Page(Step):
    """`route` names a page of its own; without one the question page serves it. `part`: before or after the choice."""

    route: str = ""
    part: str = WISHES
    template: str = "referrals/question.html"

    @property
    def url(self) -> str:
        return reverse(self.route) if self.route else reverse("referrals:question", args=[self.slug])


def pays_herself(answers: Data) -> bool:
    return answers.get("paying") == SELF_PAY


def has_a_main_issue(answers: Data) -> bool:
    return bool(leading_issue(answers.get("issues") or (), answers.get("main_issue") or ""))


def has_several_issues(answers: Data) -> bool:
    return len(answers.get("issues") or ()) > 1


def needs_information(answers: Data) -> bool:
    chosen = set(answers.get("issues") or ())
    return bool(chosen) and any(row.show_information for row in reference.issues() if row.slug in chosen)


def might_meet_in_person(answers: Data) -> bool:
    chosen = set(answers.get("formats") or ())
    return not chosen or any(row.in_person for row in reference.formats() if row.slug in chosen)


def proves_by_code(answers: Data) -> bool:
    return answers.get("channel") in {"email", "sms"}


def _ask(slug: str, form: type[QuestionForm], part: str = WISHES, *, needed: bool = False, **more: Any) -> Page:
    return Page(slug=slug, form=form, keys=form.keys, part=part, optional=not needed, **more)


FLOW = Flow(
    [
        _ask("where", beginning.NationForm, needed=True),
        _ask("age", beginning.AgeForm, needed=True),
        _ask("paying", beginning.PayingForm, needed=True),
        _ask("most", beginning.CeilingForm, condition=pays_herself),
        _ask("reasons", reasons.IssuesForm, template="referrals/question_reasons.html"),
        Page("good-to-know", route="referrals:information", condition=needs_information, optional=True),
        _ask("main", reasons.MainIssueForm, condition=has_several_issues),
        _ask("known", reasons.ExperienceForm, condition=has_a_main_issue),
        _ask("words", reasons.OwnWordsForm),
        _ask("kind", wishes.TherapyForm, template="referrals/question_kind.html"),
        _ask("times", wishes.TimesForm, template="referrals/question_grouped.html"),
        _ask("meeting", wishes.FormatsForm, template="referrals/question_grouped.html"),
        _ask("distance", wishes.PlaceForm, condition=might_meet_in_person),
        _ask("person", wishes.GenderForm, template="referrals/question_grouped.html"),
        _ask("language", wishes.LanguageForm, template="referrals/question_grouped.html"),
        _ask("background", wishes.IdentityForm, template="referrals/question_grouped.html"),
        _ask("groups", needs.GroupsForm),
        _ask("needs", needs.NeedsForm, template="referrals/question_needs.html"),
        Page("not-them", route="referrals:not_them", keys=("not_these",), optional=True),
        _ask("style", needs.StyleForm, template="referrals/question_style.html"),
        Page("matches", route="referrals:matches", optional=True),
        Page("choices", route="referrals:choices", optional=True),
        _ask("reach", contact.ChannelForm, CONTACT, needed=True),
        _ask("reach-at", contact.AddressForm, CONTACT, needed=True),
        Page("code", route="referrals:code", keys=(PROVED,), condition=proves_by_code, part=CONTACT),
        _ask("safe", contact.SafeForm, CONTACT),
        _ask("name", about.NameForm, CONTACT, needed=True),
        _ask("born", about.BirthForm, CONTACT, needed=True),
        _ask("home", about.HomeForm, CONTACT),
        _ask("practice", about.PracticeForm, CONTACT),
        Page("safety", route="referrals:safety", keys=(SAFETY_DONE,), part=CONTACT),
        _ask("sharing", sharing.SharingForm, CONTACT, needed=True),
    ]
)


def page(slug: str) -> Page:
    """Return the page of a slug that is written in the code. Raises LookupError."""
    found = FLOW.get(slug)
    if not isinstance(found, Page):
        raise LookupError(slug)
    return found


def after(slug: str, answers: Data) -> Page | None:
    return FLOW.next_step(slug, answers)  # type: ignore[return-value]


def before(slug: str, answers: Data) -> Page | None:
    return FLOW.previous_step(slug, answers)  # type: ignore[return-value]


def missing_before(slug: str, answers: Data) -> Page | None:
    """Return the first page before `slug` that must be answered and is not: nobody jumps over it."""
    for step in FLOW.steps(answers):
        if step.slug == slug:
            return None
        if step.keys and not step.optional and not step.is_answered(answers):
            return step  # type: ignore[return-value]
    return None


def where_to_go_on(answers: Data) -> Page:
    """Return where somebody who comes back goes on: after the last thing she answered."""
    steps = FLOW.steps(answers)
    answered = [index for index, step in enumerate(steps) if step.is_answered(answers)]
    if answers.get("choices"):
        answered.append(next(index for index, step in enumerate(steps) if step.slug == "matches"))
    for begun, question in (("guide", "kind"), ("cnip", "style")):
        if answers.get(begun):
            # A way beside this question was begun: the question itself leads back into it.
            answered.append(next(index for index, step in enumerate(steps) if step.slug == question) - 1)
    if not answered:
        return steps[0]  # type: ignore[return-value]
    return steps[min(max(answered) + 1, len(steps) - 1)]  # type: ignore[return-value]
