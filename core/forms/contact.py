"""Ways to reach a person and to say where she is."""

from typing import Any

import phonenumbers
from django import forms
from django.core.validators import EmailValidator
from django.utils.translation import gettext_lazy as _

from core.forms.base import Words, with_missing
from core.forms.texts import TextField
from core.geo import NO_FIXED_PLACE, is_no_fixed_place, postcode_clean


class EmailField(forms.EmailField):
    def __init__(self, *, missing: Words | None = None, **kwargs: Any) -> None:
        kwargs.setdefault(
            "widget", forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false", "autocapitalize": "none"})
        )
        super().__init__(**with_missing(kwargs, missing or _("Enter an email address")))
        for validator in self.validators:
            if isinstance(validator, EmailValidator):
                validator.message = _("Enter an email address in the right form, like name@example.com")


class PhoneField(TextField):
    """A phone number, cleaned to E.164. Written with spaces, brackets or without a country it is one in the UK."""

    def __init__(self, *, mobile: bool = False, missing: Words | None = None, **kwargs: Any) -> None:
        attrs = {"type": "tel", "autocomplete": "tel", "class": "nhsuk-input--width-20"}
        kwargs.setdefault("widget", forms.TextInput(attrs=attrs))
        kwargs.setdefault("max_length", 40)
        super().__init__(missing=missing or _("Enter a phone number"), **kwargs)
        self.mobile = mobile

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        if not text:
            return ""
        try:
            number = phonenumbers.parse(text, "GB")
        except phonenumbers.NumberParseException as error:
            raise forms.ValidationError(_("Enter a phone number, like 07700 900 123")) from error
        if not phonenumbers.is_possible_number(number) or not _dialable(number):
            raise forms.ValidationError(_("Check the phone number: it has too few or too many digits"))
        if self.mobile and not _takes_texts(number):
            raise forms.ValidationError(_("Enter a mobile number, like 07700 900 123: we cannot text a landline"))
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _national(number: phonenumbers.PhoneNumber) -> str:
    return phonenumbers.national_significant_number(number)


def _dialable(number: phonenumbers.PhoneNumber) -> bool:
    # Not is_valid_number: Ofcom's ranges for drama, which demonstrations must use, are not valid to the library.
    return number.country_code != 44 or (len(_national(number)) in {9, 10} and _national(number)[0] in "1237")


def _takes_texts(number: phonenumbers.PhoneNumber) -> bool:
    return number.country_code != 44 or _national(number).startswith("7")


class PostcodeField(TextField):
    """A UK postcode, cleaned to "LS1 4AP". `or_none`: "ZZ99 3VZ", no fixed place to live, is an answer too."""

    def __init__(self, *, missing: Words | None = None, or_none: bool = False, **kwargs: Any) -> None:
        self.or_none = or_none
        attrs = {"autocomplete": "postal-code", "spellcheck": "false", "class": "nhsuk-input--width-10"}
        kwargs.setdefault("widget", forms.TextInput(attrs=attrs))
        kwargs.setdefault("max_length", 20)
        super().__init__(missing=missing or _("Enter a postcode"), **kwargs)

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        if not text:
            return ""
        if self.or_none and is_no_fixed_place(text):
            return NO_FIXED_PLACE
        try:
            return postcode_clean(text)
        except ValueError as error:
            raise forms.ValidationError(_("Enter a full UK postcode, like LS1 4AP")) from error
