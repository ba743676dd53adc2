"""How to reach somebody safely. Nothing is sent to an address until a code proved it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from core.forms import CheckboxesField, EmailField, Form, PhoneField, RadiosField, TextField
from notifications.channels import sms
from referrals.forms.base import QuestionForm

Channel = Client.Channel


class ChannelForm(QuestionForm):
    title = _("How can we reach you safely?")
    lead = _("Think about who else may see your phone, your e-mail or your post. You choose one way. We use no other.")
    keys = ("channel",)

    channel = RadiosField(
        choices=[
            (Channel.EMAIL, _("E-mail")),
            (Channel.SMS, _("Text message")),
            (Channel.PHONE, _("Neither. Please call me")),
        ],
        missing=_("Choose how we can reach you"),
    )

    def arrange(self) -> None:
        if not sms.available():
            field = self.fields["channel"]
            field.choices = [choice for choice in field.choices if choice[0] != Channel.SMS]
        self.fields["channel"].hints = {
            Channel.EMAIL: _("We send a code to check that the address is yours."),
            Channel.SMS: _("We send a code to check that the number is yours."),
            Channel.PHONE: _("A person calls you and does the rest with you. They can send letters too."),
        }


class AddressForm(QuestionForm):
    """The one address of the chosen channel: the other field is taken out."""

    keys = ("email", "phone")

    email = EmailField(label=_("E-mail address"), max_length=200, missing=_("Enter your e-mail address"))
    phone = PhoneField(label=_("Mobile number"), mobile=True, missing=_("Enter your mobile number"))

    def arrange(self) -> None:
        if self.answers.get("channel") == Channel.SMS:
            del self.fields["email"]
            self.title = _("What is your mobile number?")
            self.lead = _("Use a phone that only you look at. We send a code to it now.")
        else:
            del self.fields["phone"]
            self.title = _("What is your e-mail address?")
            self.lead = _("Use an address that only you open. We send a code to it now.")

    def write(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.fields}


class CodeForm(Form):
    code = TextField(
        label=_("The 6 numbers in the message"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "class": "nhsuk-input--width-10"}
        ),
        missing=_("Enter the 6 numbers from the message"),
    )

    def clean_code(self) -> str:
        digits = "".join(ch for ch in self.cleaned_data["code"] if ch in "0123456789")
        if len(digits) != 6:
            raise forms.ValidationError(_("The code has 6 numbers. Check the message and try again"))
        return digits


class SafeForm(QuestionForm):
    title = _("What is safe for you?")
    lead = _("If you tick nothing, we use only the way you chose.")
    keys = ("voicemail_ok", "text_ok", "letter_ok", "call_times", "discreet")

    phone = PhoneField(
        label=_("A number we may call, if you want"),
        required=False,
        help_text=_("You can leave this empty. Then we write to you first."),
    )
    safe = CheckboxesField(
        label=_("It is also safe to"),
        required=False,
        choices=[
            ("voicemail_ok", _("leave a voicemail")),
            ("text_ok", _("send a text message")),
            ("letter_ok", _("send a letter to my home")),
        ],
    )
    call_times = CheckboxesField(
        label=_("Good times to call me"),
        required=False,
        choices=[
            ("weekday-morning", _("Weekdays, morning (8am to noon)")),
            ("weekday-afternoon", _("Weekdays, afternoon (noon to 5pm)")),
            ("weekday-evening", _("Weekdays, evening (5pm to 8pm)")),
            ("weekend", _("Weekend, daytime")),
        ],
    )
    discreet = RadiosField(
        label=_("What may our messages say?"),
        choices=[
            ("no", _("They may say “Rapport” and a therapist’s name")),
            ("yes", _("Keep it quiet: no names, only “You have a message”")),
        ],
        required=False,
    )

    FLAGS = ("voicemail_ok", "text_ok", "letter_ok")

    def arrange(self) -> None:
        if self.answers.get("channel") == Channel.SMS:
            # Her number is the proved channel already: changing it takes a new code.
            del self.fields["phone"]

    @classmethod
    def read(cls, answers: dict[str, Any]) -> dict[str, Any]:
        return {
            "phone": answers.get("phone") or "",
            "safe": [name for name in cls.FLAGS if answers.get(name)],
            "call_times": answers.get("call_times") or [],
            "discreet": "yes" if answers.get("discreet") else "no",
        }

    def write(self) -> dict[str, Any]:
        safe = self.cleaned_data["safe"]
        flags = {name: name in safe for name in self.FLAGS}
        number = {"phone": self.cleaned_data["phone"]} if "phone" in self.fields else {}
        return {
            **number,
            **flags,
            "call_times": self.cleaned_data["call_times"],
            "discreet": self.cleaned_data["discreet"] == "yes",
        }
