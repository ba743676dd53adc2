"""What she does: languages, kinds of therapy, experience, fee, contracts."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.actors import Actor
from core.forms import TextareaField, TextField
from therapists.forms.base import SectionForm
from therapists.forms.fields import PoundsField, optional
from therapists.models import TherapistLanguage
from therapists.selectors import reference
from therapists.services.profile import (
    MOST_ISSUES,
    MOST_MODALITIES,
    contracts_set,
    issues_set,
    languages_set,
    modalities_set,
    profile_update,
)

MOST_LANGUAGES = 6


class RowsForm(SectionForm):
    """Numbered pairs of fields, `key_N` and `value_N`: as many as may be given, all but the first may stay empty."""

    most = 0
    row_title = _("Row %(number)d")
    key_label = value_label = _("Choose")

    def pairs(self) -> Iterator[tuple[str, forms.BoundField, forms.BoundField]]:
        """Yield (legend, first field, second field) for the template."""
        for number in range(1, self.most + 1):
            legend = str(self.row_title) % {"number": number}
            yield legend, self[f"key_{number}"], self[f"value_{number}"]

    def fill(
        self, key_choices: list[Any], value_field: type[forms.Field], had: list[tuple[int, str]], **kwargs: Any
    ) -> None:
        for number in range(1, self.most + 1):
            self.fields[f"key_{number}"] = forms.ChoiceField(label=self.key_label, choices=key_choices, required=False)
            self.fields[f"value_{number}"] = value_field(label=self.value_label, required=False, **kwargs)
        for number, (key, value) in enumerate(had[: self.most], start=1):
            self.initial |= {f"key_{number}": str(key), f"value_{number}": value}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        seen: set[str] = set()
        for number in range(1, self.most + 1):
            key = data.get(f"key_{number}")
            if key and key in seen:
                self.add_error(f"key_{number}", _("You have chosen this above. Choose another, or leave it empty."))
            seen.add(key or "")
        if not self.errors and not seen - {""}:
            self.add_error("key_1", _("Choose at least one."))
        return data

    def chosen(self) -> dict[int, str]:
        """Return {key: value} of the rows that were filled in."""
        data = self.cleaned_data
        numbers = range(1, self.most + 1)
        return {int(data[f"key_{n}"]): data[f"value_{n}"] for n in numbers if data.get(f"key_{n}")}


class LanguagesForm(RowsForm):
    title = _("Languages")
    lead = _("Signed languages count. Say honestly whether you can hold therapy in each.")
    most = MOST_LANGUAGES
    row_title = _("Language %(number)d")
    key_label = _("Language")
    value_label = _("How well")

    def arrange(self) -> None:
        names = [(str(row.pk), row.name) for row in reference.languages()]
        had = list(self.therapist.language_links.order_by("pk").values_list("language_id", "level"))
        self.fill([*optional(_("None")), *names], forms.ChoiceField, had, choices=TherapistLanguage.Level.choices)

    def save(self, actor: Actor) -> None:
        levels = {pk: level or TherapistLanguage.Level.FLUENT for pk, level in self.chosen().items()}
        languages_set(therapist=self.therapist, levels=levels, actor=actor)


class ApproachForm(RowsForm):
    title = _("Kinds of therapy")
    lead = _("Up to six that you are trained in. People see the training you name beside each.")
    most = MOST_MODALITIES
    row_title = _("Kind of therapy %(number)d")
    key_label = _("Kind of therapy")
    value_label = _("Your training in it")

    def arrange(self) -> None:
        groups = [
            (family.name, [(str(row.pk), row.name) for row in rows])
            for family, rows in reference.modalities_by_family()
        ]
        had = list(self.therapist.modality_links.order_by("pk").values_list("modality_id", "training"))
        self.fill([*optional(_("None")), *groups], TextField, had, max_length=160)

    def clean(self) -> dict[str, Any]:
        """Each kind has its training, and no training stands alone: people choose by it."""
        data = super().clean() or {}
        for number in range(1, self.most + 1):
            key, training = data.get(f"key_{number}"), (data.get(f"value_{number}") or "").strip()
            if key and not training and f"value_{number}" not in self.errors:
                self.add_error(f"value_{number}", _("Enter your training in this kind of therapy"))
            if training and not key and f"key_{number}" not in self.errors:
                self.add_error(f"key_{number}", _("Choose the kind of therapy that this training is in"))
        return data

    def save(self, actor: Actor) -> None:
        modalities_set(therapist=self.therapist, training=self.chosen(), actor=actor)


class IssuesForm(SectionForm):
    title = _("What you have experience with")
    lead = _("Up to ten. Choosing fewer helps people more than choosing everything.")

    def arrange(self) -> None:
        had = set(self.therapist.issue_links.values_list("issue_id", flat=True))
        groups = [(group, rows) for group, rows in reference.issues_by_group() if group != reference.FOR_CLIENTS_ONLY]
        for number, (group, rows) in enumerate(groups):
            self.fields[f"group_{number}"] = forms.TypedMultipleChoiceField(
                label=group,
                choices=[(str(row.pk), row.name) for row in rows],
                coerce=int,
                required=False,
                widget=forms.CheckboxSelectMultiple,
            )
            self.initial[f"group_{number}"] = [str(row.pk) for row in rows if row.pk in had]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        count = sum(len(ids) for ids in data.values())
        first = next(iter(self.fields), None)
        if not self.errors and count == 0:
            self.add_error(first, _("Choose at least one."))
        if count > MOST_ISSUES:
            self.add_error(first, _("You have chosen %(count)d. Choose no more than 10.") % {"count": count})
        return data

    def save(self, actor: Actor) -> None:
        ids = {pk for group in self.cleaned_data.values() for pk in group}
        issues_set(therapist=self.therapist, issue_ids=ids, actor=actor)


class MoneyForm(SectionForm):
    title = _("Fee and terms")
    lead = _("People see this before they choose you. There is no charge to you or to them for the referral.")

    fee_pence = PoundsField(
        label=_("Your fee for a session, in pounds"),
        help_text=_("Leave it empty if you only see people whom a funder pays for."),
    )
    concession_pence = PoundsField(label=_("A lower fee for people who cannot pay that (optional)"))
    session_minutes = forms.IntegerField(
        label=_("How many minutes a session lasts"),
        min_value=20,
        max_value=180,
        widget=forms.NumberInput(attrs={"class": "nhsuk-input--width-4"}),
        error_messages={
            "required": _("Enter how many minutes a session lasts"),
            "invalid": _("Enter the minutes as a number, like 50"),
            "min_value": _("A session lasts at least 20 minutes"),
            "max_value": _("A session lasts at most 180 minutes"),
        },
    )
    cancellation_terms = TextareaField(
        label=_("What happens when a session is cancelled"),
        help_text=_("For example: no charge with 48 hours' notice."),
        max_length=400,
        rows=3,
        missing=_("Say what happens when a session is cancelled"),
    )
    confidentiality_terms = TextareaField(
        label=_("The limits of confidentiality"),
        help_text=_("When you would have to speak to somebody else, and that you would try to tell the person first."),
        max_length=600,
        rows=4,
        missing=_("Say what the limits of confidentiality are"),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        fee, lower = data.get("fee_pence"), data.get("concession_pence")
        if lower is not None and (fee is None or lower >= fee):
            self.add_error("concession_pence", _("The lower fee has to be less than your fee."))
        if fee is None and "fee_pence" not in self.errors and not self.therapist.contracts.exists():
            self.add_error("fee_pence", _("Enter your fee, or first add a contract with a funder."))
        return data

    def save(self, actor: Actor) -> None:
        profile_update(therapist=self.therapist, actor=actor, **self.cleaned_data)


class ContractsForm(SectionForm):
    title = _("Who else pays: contracts you hold")
    lead = _("Tick the funders you have a contract with today. People they pay for can then choose you.")

    def arrange(self) -> None:
        funders = reference.funders_in(self.therapist.nation)
        had = set(self.therapist.contracts.values_list("funder_id", flat=True))
        self.fields["funders"] = forms.TypedMultipleChoiceField(
            label=_("I hold a contract with"),
            choices=[(str(row.pk), row.name) for row in funders],
            coerce=int,
            required=False,
            widget=forms.CheckboxSelectMultiple,
        )
        self.initial["funders"] = [str(row.pk) for row in funders if row.pk in had]

    def save(self, actor: Actor) -> None:
        contracts_set(therapist=self.therapist, funder_ids=self.cleaned_data["funders"], actor=actor)
