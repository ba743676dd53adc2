"""What a coordinator writes down about registrations, claims, pairs and files. Each asks for a reason."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from core.forms import DateField, Form, RadiosField, SelectField, TextareaField, TextField
from therapists.models import Register, Registration
from therapists.selectors.registrations import registers_to_import

# A file larger than this takes longer than a page may: the import_register command reads it.
MOST_BYTES = 5_000_000
CHECK, BRING_IN = "check", "bring_in"


class ReasonForm(Form):
    """Why. It is kept with the record."""

    reason = TextareaField(
        label=_("Reason"),
        help_text=_("It is kept with your name."),
        max_length=400,
        rows=3,
        missing=_("Write the reason"),
        read_when="",
    )


class StatusForm(ReasonForm):
    """What the register's own page says today."""

    status = RadiosField(
        label=_("What does the register say?"),
        choices=Registration.Status.choices,
        missing=_("Choose what the register says"),
    )
    valid_until = DateField(label=_("Valid until"), help_text=_("Leave it empty to keep the date."), required=False)
    next_check = DateField(label=_("Look again on"), required=False, future=True)
    evidence = TextField(
        label=_("Where you saw it"),
        help_text=_("The page's address, or who told you on the phone."),
        max_length=400,
        missing=_("Write where you saw it"),
    )
    field_order = ["status", "valid_until", "next_check", "evidence", "reason"]


class ClaimDecisionForm(ReasonForm):
    """Whether the registration belongs to who claims it."""

    accept = RadiosField(
        label=_("Is it theirs?"),
        choices=[("yes", _("Yes, I have checked: it is theirs")), ("no", _("No, or I cannot tell"))],
        missing=_("Choose yes or no"),
    )
    field_order = ["accept", "reason"]

    def clean_accept(self) -> bool:
        return self.cleaned_data["accept"] == "yes"


class PairForm(ReasonForm):
    """Whether two registrations are one person."""

    same = RadiosField(
        label=_("Are they the same person?"),
        choices=[("yes", _("Yes, one person")), ("no", _("No, two people"))],
        missing=_("Choose yes or no"),
    )
    field_order = ["same", "reason"]

    def clean_same(self) -> bool:
        return self.cleaned_data["same"] == "yes"


class FindForm(Form):
    """A registration number or its beginning, or words of a name or town."""

    text = TextField(
        label=_("Registration number, name or town"),
        max_length=80,
        missing=_("Enter a number or a name"),
        widget=forms.TextInput(attrs={"class": "nhsuk-input--width-20", "autocomplete": "off"}),
    )

    def clean_text(self) -> str:
        text = " ".join(str(self.cleaned_data["text"]).split())
        if len(text) < 2:
            raise forms.ValidationError(_("Enter at least two characters"))
        return text


class ImportForm(Form):
    """A register's file."""

    register = SelectField(label=_("Which register is it from?"), missing=_("Choose the register"))
    file = forms.FileField(
        label=_("The file"),
        help_text=_("CSV with commas, semicolons or tabs; up to 5 MB. The columns are described in the docs."),
        error_messages={"required": _("Choose a file"), "empty": _("The file is empty")},
    )
    what = RadiosField(
        label=_("What should happen?"),
        choices=[
            (CHECK, _("Only check the file and show me what would change")),
            (BRING_IN, _("Bring it in")),
        ],
        missing=_("Choose what should happen"),
    )
    full = forms.BooleanField(
        label=_("The file names everybody on the register"),
        help_text=_("People who are missing from it lapse, unless that would be more than 5 in 100."),
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"what": CHECK})
        super().__init__(*args, **kwargs)
        self._registers = {str(row.pk): row for row in registers_to_import()}
        choices = [("", _("Choose")), *((pk, row.name) for pk, row in self._registers.items())]
        self.fields["register"].choices = choices  # type: ignore[attr-defined]

    def clean_register(self) -> Register:
        return self._registers[self.cleaned_data["register"]]

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        if file.size and file.size > MOST_BYTES:
            raise forms.ValidationError(_("The file is larger than 5 MB. Ask for it to be read by the command."))
        return file

    def clean_what(self) -> bool:
        """Return whether this is only a check."""
        return self.cleaned_data["what"] == CHECK
