"""Who she is: name, gender in her own words, about, how she works, what she says about herself."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.actors import Actor
from core.choices import Nation
from core.forms import CheckboxesField, RadiosField, TextareaField, TextField
from therapists.forms.base import SectionForm
from therapists.models import Therapist
from therapists.selectors import reference
from therapists.services.profile import people_set, profile_update
from therapists.words import STYLE_POLES, style_words


class AboutForm(SectionForm):
    title = _("Your name and about you")
    lead = _("People read this first. Write as you would speak to somebody who is frightened to ask.")

    display_name = TextField(
        label=_("Your name, as people should see it"), max_length=120, missing=_("Enter your name")
    )
    nation = RadiosField(
        label=_("Where you work from"),
        choices=Nation.choices,
        help_text=_("Bank holidays and crisis services differ by nation."),
    )
    gender = RadiosField(
        label=_("Your gender"),
        help_text=_("Some people can only talk to somebody of a certain gender. You do not have to say."),
        choices=[*Therapist.Gender.choices, ("", _("I would rather not say"))],
        required=False,
    )
    gender_text = TextField(
        label=_("Your own words for your gender"),
        help_text=_("Only if you chose “Describes their own way”."),
        max_length=60,
        required=False,
    )
    pronouns = TextField(label=_("Your pronouns (optional)"), max_length=40, required=False)
    about = TextareaField(
        label=_("About you"),
        help_text=_("A few short paragraphs: what you are like to sit with, and how you begin."),
        rows=8,
        min_length=40,
        max_length=2000,
        missing=_("Write a few sentences about yourself"),
        error_messages={"min_length": _("Write at least a sentence or two about yourself")},
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self_described = data.get("gender") == Therapist.Gender.SELF_DESCRIBED
        if self_described and not data.get("gender_text"):
            self.add_error("gender_text", _("Enter your own words, or choose another answer."))
        if not self_described:
            data["gender_text"] = ""
        return data

    def save(self, actor: Actor) -> None:
        profile_update(therapist=self.therapist, actor=actor, **self.cleaned_data)


class StyleForm(SectionForm):
    title = _("How you work")
    lead = _("There is no better end. People who feel strongly about one of these can see where you are.")

    def arrange(self) -> None:
        for field, (first, second) in STYLE_POLES.items():
            choices = [(str(value), style_words(field, value)) for value in (3, 2, 1, 0, -1, -2, -3)]
            self.fields[field] = forms.TypedChoiceField(
                label=_("“%(first)s” or “%(second)s”?") % {"first": first, "second": second},
                choices=[*choices, ("", _("I would rather not say"))],
                coerce=int,
                empty_value=None,
                required=False,
                widget=forms.RadioSelect,
            )

    def read(self, therapist: Therapist) -> dict[str, Any]:
        values = {field: getattr(therapist, field) for field in STYLE_POLES}
        return {field: "" if value is None else value for field, value in values.items()}

    def save(self, actor: Actor) -> None:
        profile_update(therapist=self.therapist, actor=actor, **self.cleaned_data)


class _SetForm(SectionForm):
    """Ticked rows of one set of reference data: `set_name` is the therapist's own field."""

    set_name = ""

    def rows(self) -> list[tuple[str, list[Any]]]:
        """Return (heading, rows) as the page groups them."""
        raise TypeError(f"{type(self).__name__} has no rows")

    def arrange(self) -> None:
        had = set(getattr(self.therapist, self.set_name).values_list("pk", flat=True))
        self._rows: dict[str, Any] = {}
        for number, (heading, rows) in enumerate(self.rows()):
            name = f"group_{number}"
            self._rows |= {str(row.pk): row for row in rows}
            self.fields[name] = CheckboxesField(
                label=heading, choices=[(str(row.pk), row.name) for row in rows], required=False
            )
            self.initial[name] = [str(row.pk) for row in rows if row.pk in had]

    def chosen(self) -> list[Any]:
        return [self._rows[pk] for pks in self.cleaned_data.values() for pk in pks]

    def save(self, actor: Actor) -> None:
        people_set(therapist=self.therapist, actor=actor, **{self.set_name: self.chosen()})


class ClientGroupsForm(_SetForm):
    title = _("People you work with")
    lead = _("Tick only groups you have the training and the checks for.")
    set_name = "client_groups"

    def rows(self) -> list[tuple[str, list[Any]]]:
        return [(_("I work with"), list(reference.client_groups()))]


class IdentityForm(_SetForm):
    title = _("What you choose to say about yourself")
    lead = _(
        "Everything here is up to you and is shown to anybody who opens your page. Some people look for somebody"
        " who shares a part of their life. Leave all of it empty if you like."
    )
    set_name = "identity_tags"

    def rows(self) -> list[tuple[str, list[Any]]]:
        return [(kind, list(tags)) for kind, tags in reference.identity_tags_by_kind()]


class AccessForm(_SetForm):
    title = _("What you can arrange")
    lead = _("People who need one of these are only shown therapists who can arrange it.")
    set_name = "access_options"

    def rows(self) -> list[tuple[str, list[Any]]]:
        return [(_("I can arrange"), list(reference.access_options()))]
