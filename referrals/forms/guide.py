"""Short questions for somebody who does not know which kind of therapy she would like. "I do not mind" is an answer."""

from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.forms import RadiosField
from referrals.forms.base import QuestionForm
from referrals.forms.wishes import TherapyForm

NO_MATTER = "any"


class GuideForm(QuestionForm):
    """One question about one trait of kinds of therapy. `options`: value of the trait -> (label, hint)."""

    trait: ClassVar[str] = ""
    options: ClassVar[dict[str, tuple[Promise, Promise | str]]] = {}
    skip = _("Skip this")

    answer = RadiosField(missing=_("Choose an answer, or choose “I’m not sure”"))

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.keys = (cls.trait,)

    def arrange(self) -> None:
        field = self.fields["answer"]
        field.label = self.title
        field.choices = [
            *((value, label) for value, (label, _hint) in self.options.items()),
            (NO_MATTER, _("I’m not sure, or I do not mind")),
        ]
        field.hints = {value: hint for value, (_label, hint) in self.options.items() if hint}

    @classmethod
    def read(cls, answers: dict[str, Any]) -> dict[str, Any]:
        return {"answer": answers[cls.trait]} if cls.trait in answers else {}

    def write(self) -> dict[str, Any]:
        return {self.trait: self.cleaned_data["answer"]}


class FocusForm(GuideForm):
    trait = "focus"
    title = _("What would you like to talk about most?")
    options = {
        "now": (_("Now, and what comes next"), ""),
        "past": (_("The past, and where things come from"), ""),
    }


class PracticeForm(GuideForm):
    trait = "practice"
    title = _("Would you like things to do between meetings?")
    lead = _("For example writing something down, or trying something new in your week.")
    options = {
        "yes": (_("Yes, things I can practise"), ""),
        "no": (_("No, only the meetings"), ""),
    }


class LeadForm(GuideForm):
    trait = "lead"
    title = _("How would you like the meetings to go?")
    options = {
        "structured": (_("With a plan, step by step"), ""),
        "open": (_("Open: I choose what we talk about"), ""),
    }


class TimeForm(GuideForm):
    trait = "time"
    title = _("How long would you like it to take?")
    lead = _("How many meetings you can have may also depend on who pays.")
    options = {
        "short": (_("Shorter: a small or a set number of meetings"), ""),
        "longer": (_("Longer: as long as it needs"), ""),
    }


class CompanyForm(GuideForm):
    trait = "company"
    title = _("Would you like to be alone with the therapist?")
    options = {
        "alone": (_("Just me and the therapist"), ""),
        "group": (_("In a group with other people"), ""),
        "close": (
            _("With my partner or my family"),
            _("You can refer only yourself here. Ask at the first meeting whether you can come together."),
        ),
    }


class WayForm(GuideForm):
    trait = "way"
    title = _("How would you like to work?")
    options = {
        "talking": (_("Mainly by talking"), ""),
        "making": (_("By making things, music, acting or moving"), ""),
        "body": (_("By noticing my body, or becoming very relaxed"), ""),
    }


class FoundForm(TherapyForm):
    """The kinds that were found, to tick. Any kind may be ticked: what she chose before is shown with them."""

    title = _("Kinds of therapy that fit what you said")
    lead = ""
    button = _("Put these in my answers")
    none_label = _("I’m still not sure")
