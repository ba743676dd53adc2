"""What brings somebody: issues, the main one, and own words."""

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.forms import CheckboxesField, RadiosField, TextareaField
from referrals.answers import leading_issue
from referrals.forms.base import STRENGTHS, Group, QuestionForm, groups_of
from therapists.models import Issue
from therapists.selectors import reference

OWN_WORDS_LENGTH = 2000
NOT_ONE = "none"


class IssuesForm(QuestionForm):
    title = _("What brings you here?")
    lead = _("Choose as many as you like. You can also choose none and carry on.")
    skip = _("I would rather not say")
    keys = ("issues",)

    issues = CheckboxesField(required=False)

    def arrange(self) -> None:
        groups = reference.issues_by_group()
        field = self.fields["issues"]
        field.choices = [(group, [(issue.slug, issue.name) for issue in rows]) for group, rows in groups]
        field.hints = {group: _examples(rows) for group, rows in groups}

    def groups(self) -> list[Group]:
        return groups_of(self, "issues")


def _examples(rows: list[Issue]) -> str:
    """Return what a folded group holds, so that nobody has to open them all."""
    return ", ".join(row.name for row in rows[:4]) + (" …" if rows[4:] else "")


class MainIssueForm(QuestionForm):
    title = _("Which one do you most want help with?")
    keys = ("main_issue",)

    main_issue = RadiosField(missing=_("Choose one, or choose “I cannot pick one”"))

    def arrange(self) -> None:
        chosen = set(self.answers.get("issues") or ())
        rows = [(issue.slug, issue.name) for issue in reference.issues() if issue.slug in chosen]
        self.fields["main_issue"].choices = [*rows, (NOT_ONE, _("I cannot pick one"))]

    def write(self) -> dict[str, Any]:
        value = self.cleaned_data["main_issue"]
        return {"main_issue": "" if value == NOT_ONE else value}


class ExperienceForm(QuestionForm):
    title = _("Should your therapist have worked with this a lot?")
    lead = _("Therapists name up to ten things they know well. Others may still be able to help.")
    keys = ("experience",)

    experience = RadiosField(
        choices=[("0", _("I do not mind")), *STRENGTHS],
        missing=_("Choose how much this matters, or choose “I do not mind”"),
    )

    def arrange(self) -> None:
        leading = leading_issue(self.answers.get("issues") or (), self.answers.get("main_issue") or "")
        named = next((issue.name for issue in reference.issues() if issue.slug == leading), "")
        if named:
            # The page names what "this" is: it was said two or three pages ago.
            self.lead = f"{gettext('You said: %(issue)s.') % {'issue': named}} {self.lead}"

    def write(self) -> dict[str, Any]:
        return {"experience": int(self.cleaned_data["experience"])}


class OwnWordsForm(QuestionForm):
    title = _("Do you want to say more in your own words?")
    lead = _("You do not have to. You decide later whether a therapist may read it.")
    skip = _("Skip this")
    keys = ("own_words",)

    own_words = TextareaField(
        label=_("Your own words"),
        required=False,
        max_length=OWN_WORDS_LENGTH,
        rows=6,
        read_when=_("Nobody reads this until you send your referral."),
    )
