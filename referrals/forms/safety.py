"""One safety question. It is never shown with an answer in it: what was said comes back only as "Answered"."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.forms import CheckboxesField, Form, PhoneField, RadiosField, TextField
from referrals.models import SafetyQuestion


class SafetyForm(Form):
    answer = RadiosField(required=False)

    def __init__(self, *args: Any, question: SafetyQuestion, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.question = question
        field = self.fields["answer"]
        field.label = question.text
        field.help_text = question.hint
        field.required = not question.optional
        field.error_messages["required"] = _("Choose one answer. “Not sure” is an answer too")
        field.choices = [(option.value, option.label) for option in question.options.all()]


class NumberForm(Form):
    """A number to call, from somebody who is known already."""

    phone = PhoneField(label=_("Phone number"), missing=_("Enter your phone number"))
    voicemail = CheckboxesField(
        label=_("If you do not answer"), required=False, choices=[("ok", _("You may leave a voicemail"))]
    )


class CallMeForm(NumberForm):
    """Leave a number: asked before anything else is known, so it takes a name to ask for and nothing more."""

    field_order = ("name", "phone", "voicemail")

    name = TextField(
        label=_("Who should we ask for?"),
        max_length=60,
        help_text=_("A first name is enough. It does not have to be your real one."),
        missing=_("Enter a name we can ask for"),
    )
