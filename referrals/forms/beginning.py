"""Am I in the right place: nation, age, who pays."""

from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from core.choices import Nation
from core.forms import RadiosField, YesNoField
from referrals.answers import NOT_SURE, SELF_PAY
from referrals.forms.base import QuestionForm
from therapists.selectors import reference
from therapists.words import sessions_words


class NationForm(QuestionForm):
    title = _("Where do you live?")
    lead = _("This tells us which help lines and which funded places are open to you.")
    keys = ("nation",)

    nation = RadiosField(choices=Nation.choices, missing=_("Choose where you live"))


class AgeForm(QuestionForm):
    title = _("Are you 18 or over?")
    keys = ("adult",)

    adult = YesNoField(
        choices=[("yes", _("Yes, I am 18 or over")), ("no", _("No, I am under 18"))],
        missing=_("Choose yes if you are 18 or over"),
    )


class PayingForm(QuestionForm):
    title = _("Who will pay for your sessions?")
    lead = _("You see what each therapist costs before you choose anyone. Using Rapport is free.")
    keys = ("paying",)

    paying = RadiosField(missing=_("Choose who will pay, or choose “I am not sure yet”"))

    def arrange(self) -> None:
        funders = reference.funders_open_to_self_referral(self.answers.get("nation", ""))
        field = self.fields["paying"]
        field.choices = [
            *((row.slug, row.name) for row in funders),
            (SELF_PAY, _("I will pay")),
            (NOT_SURE, _("I am not sure yet")),
        ]
        hints = {SELF_PAY: _("You can say how much you can pay on the next page.")}
        hints[NOT_SURE] = _("You can look around first. We ask again before you send anything.")
        for row in funders:
            free = _("Free to you, %(sessions)s.") % {"sessions": sessions_words(row.sessions)}
            hints[row.slug] = f"{free} {row.description}".strip()
        field.hints = hints


class CeilingForm(QuestionForm):
    title = _("What is the most you could pay for one session?")
    lead = _("We show you only therapists who charge this much or less. Leave it empty to see everyone.")
    skip = _("Show me every fee")
    keys = ("fee_ceiling_pence",)

    pounds = forms.IntegerField(
        label=_("Amount in pounds"),
        required=False,
        widget=forms.NumberInput(attrs={"class": "nhsuk-input--width-4"}),
        validators=[
            MinValueValidator(1, _("Enter 1 pound or more, or leave it empty")),
            MaxValueValidator(1000, _("Enter 1,000 pounds or less, or leave it empty")),
        ],
        error_messages={"invalid": _("Enter the amount in whole pounds, like 45")},
    )

    @classmethod
    def read(cls, answers: dict[str, Any]) -> dict[str, Any]:
        pence = answers.get("fee_ceiling_pence")
        return {"pounds": pence // 100} if pence else {}

    def clean_pounds(self) -> int | None:
        return self.cleaned_data["pounds"] or None

    def write(self) -> dict[str, Any]:
        pounds = self.cleaned_data["pounds"]
        return {"fee_ceiling_pence": pounds * 100 if pounds else None}
