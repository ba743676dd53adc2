"""Going away for a while, a pause, and a change of therapist."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core import clock
from core.forms import DateField, Form, RadiosField
from referrals.errors import PauseDateWrong
from referrals.services.pausing import LONGEST

MANY, FEW = "many", "few"


class UntilForm(Form):
    """A day of return: from tomorrow, at most three months ahead."""

    until = DateField(
        label=_("The day you are back"),
        help_text=_("Day, month and year in numbers, at most three months ahead."),
        missing=_("Enter the day you are back"),
    )

    def __init__(self, *args: Any, label: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if label is not None:
            self.fields["until"].label = label

    def clean_until(self) -> Any:
        until = self.cleaned_data["until"]
        if not clock.today() < until <= clock.today() + LONGEST:
            raise forms.ValidationError(str(PauseDateWrong()))
        return until


class SwitchForm(Form):
    """From when the wait for somebody else counts depends on this, and on nothing else."""

    sessions = RadiosField(
        label=_("How many sessions have you had together?"),
        choices=[
            (FEW, _("None, one or two")),
            (MANY, _("Three or more")),
        ],
        missing=_("Choose how many sessions you have had"),
    )
