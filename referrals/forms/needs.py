"""Needs that must be met, somebody not to meet, and how a therapist should work."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clients.preferences import STYLE_SCALES, Strength
from core.forms import CheckboxesField, Form, RadiosField, StrengthField, TextareaField, TextField
from referrals.forms.base import STRENGTHS, Group, QuestionForm, groups_of
from therapists.selectors import reference

STEP_FREE = "step-free"
# Whoever refers herself is an adult and comes alone: young people and couples have no way through these pages yet.
NOT_ASKED = frozenset(
    {"adults", "young-people-16-17", "young-people-11-15", "children", "couples", "families", "groups"}
)
# Long lists are folded; what is not named here stands open at the top.
FOLDED = (
    (
        _("Somebody who helps us understand each other"),
        (
            "bsl-interpreter",
            "deafblind-interpreter",
            "lipspeaker",
            "speech-to-text",
            "spoken-interpreter",
            "note-taker",
        ),
    ),
    (
        _("Seeing, hearing and speaking"),
        ("lip-reading", "hearing-loop", "communication-aid", "text-relay", "text-first", "makaton"),
    ),
    (
        _("Letters and forms I can read"),
        ("large-print", "easy-read", "braille", "audio", "plain-text", "bsl-video"),
    ),
)
NOTE_LENGTH = 500


class GroupsForm(QuestionForm):
    title = _("Do any of these describe you?")
    lead = _("We use this to find therapists who work with people like you. You can choose none.")
    skip = _("Skip this")
    keys = ("client_groups",)

    client_groups = CheckboxesField(required=False)

    def arrange(self) -> None:
        rows = [row for row in reference.client_groups() if row.slug not in NOT_ASKED]
        field = self.fields["client_groups"]
        field.choices = [(row.slug, row.name) for row in rows]
        field.hints = {
            row.slug: _("We show you only therapists who have this training.") for row in rows if row.required
        }


class NeedsForm(QuestionForm):
    title = _("Do you need any of these?")
    lead = _("We show you only therapists who can do what you choose here.")
    skip = _("I need none of these")
    keys = ("access", "step_free", "access_note")

    needs = CheckboxesField(required=False)
    access_note = TextareaField(
        label=_("Anything else that would help (you can leave this empty)"),
        required=False,
        max_length=NOTE_LENGTH,
        rows=3,
        help_text=_("Please write no names."),
        read_when=_("The therapist you ask can read this after you send your referral."),
    )

    def arrange(self) -> None:
        rows = reference.access_options()
        field = self.fields["needs"]
        names = {row.slug: row.name for row in rows}
        folded = {slug for _name, slugs in FOLDED for slug in slugs}
        field.choices = [
            (STEP_FREE, _("A place without steps, if we meet in person")),
            *((slug, name) for slug, name in names.items() if slug not in folded),
            *((title, [(slug, names[slug]) for slug in slugs if slug in names]) for title, slugs in FOLDED),
        ]
        field.hints = {row.slug: row.description for row in rows}

    def groups(self) -> list[Group]:
        return [group for group in groups_of(self, "needs") if group.options]

    @classmethod
    def read(cls, answers: dict[str, Any]) -> dict[str, Any]:
        needs = [*([STEP_FREE] if answers.get("step_free") else []), *(answers.get("access") or [])]
        return {"needs": needs, "access_note": answers.get("access_note", "")}

    def write(self) -> dict[str, Any]:
        needs = self.cleaned_data["needs"]
        return {
            "access": [slug for slug in needs if slug != STEP_FREE],
            "step_free": STEP_FREE in needs,
            "access_note": self.cleaned_data["access_note"],
        }


SIDES = {
    "directive": (_("Give me structure, ideas and things to try"), _("Follow me, and let me lead")),
    "emotional": (_("Help me go into strong feelings"), _("Keep to what feels manageable")),
    "past": (_("Look at my past and where things come from"), _("Look at now and what comes next")),
    "warm": (_("Be gentle and encouraging"), _("Challenge me and ask hard questions")),
}
SCALE_TITLES = {
    "directive": _("In sessions, I would like my therapist to"),
    "emotional": _("With feelings, I would like my therapist to"),
    "past": _("Most of the time, I would like us to"),
    "warm": _("With me, I would like my therapist to"),
}


class StyleForm(QuestionForm):
    title = _("How would you like your therapist to work?")
    lead = _(
        "Four short questions. You can skip them all: they help a little, and you can talk about them when you meet."
    )
    skip = _("Skip these")
    keys = ("style", "style_strength")

    style_strength = StrengthField(choices=STRENGTHS[:2])

    def arrange(self) -> None:
        strength = self.fields.pop("style_strength")
        for scale in STYLE_SCALES:
            first, second = SIDES[scale]
            self.fields[scale] = RadiosField(
                label=SCALE_TITLES[scale],
                choices=[("1", first), ("-1", second), ("0", _("I do not mind"))],
                required=False,
            )
        self.fields["style_strength"] = strength

    @classmethod
    def read(cls, answers: dict[str, Any]) -> dict[str, Any]:
        sides = {scale: str(side) for scale, side in (answers.get("style") or {}).items()}
        return {**sides, "style_strength": str(answers.get("style_strength") or int(Strength.NICE))}

    def write(self) -> dict[str, Any]:
        data = self.cleaned_data
        style = {scale: int(data[scale]) for scale in STYLE_SCALES if data.get(scale) in {"1", "-1"}}
        strength = data["style_strength"] or int(Strength.NICE)
        return {"style": style, "style_strength": strength if style else 0}


class NotThemForm(Form):
    name = TextField(
        label=_("Their name"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        missing=_("Enter a name, or go on"),
    )
