"""Form fields in the design system's clothes. Any Django field renders; these say what is wrong in plain words."""

from core.forms.base import Form, posted
from core.forms.choices import CheckboxesField, RadiosField, SelectField, StrengthField, YesNoField
from core.forms.contact import EmailField, PhoneField, PostcodeField
from core.forms.dates import DateField
from core.forms.texts import TextareaField, TextField

__all__ = [
    "CheckboxesField",
    "DateField",
    "EmailField",
    "Form",
    "PhoneField",
    "PostcodeField",
    "RadiosField",
    "SelectField",
    "StrengthField",
    "TextField",
    "TextareaField",
    "YesNoField",
    "posted",
]
