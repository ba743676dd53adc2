"""Forms of signing up and of the first password."""

from typing import Any

from django import forms
from django.contrib.auth import password_validation
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.forms import Form, TextField


class SignUpDetails(Form):
    """What allauth's sign-up form asks besides address and password."""

    name = TextField(label=_("Your name"), max_length=120, missing=_("Enter your name."))

    def signup(self, request: HttpRequest, user: User) -> None:
        """Nothing more to do: the adapter has taken the name."""


class FirstPasswordForm(Form):
    """The password of somebody invited. Checked against what is known about her and against common passwords."""

    password = forms.CharField(
        label=_("Choose a password"),
        help_text=_("At least 12 characters. Three words that do not belong together are easy to remember."),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": _("Choose a password.")},
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)

    def clean_password(self) -> str:
        password_validation.validate_password(self.cleaned_data["password"], self.user)
        return self.cleaned_data["password"]
