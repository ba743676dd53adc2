"""Looking for one person: a name, a town, a register's number."""

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import Form, TextField
from therapists.naming import typed_of


class FindForm(Form):
    text = TextField(
        label=_("Their name"),
        help_text=_("You can add their town. Or type their number on a register. Spelling does not have to be exact."),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "words"}),
        missing=_("Enter a name, a town or a number"),
    )

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        if not typed_of(text).enough:
            raise forms.ValidationError(_("Enter at least three letters of a name, or four figures of a number"))
        return text
