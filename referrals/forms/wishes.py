"""What matters to somebody: each topic with how much it matters. "I'm not sure" and "I do not mind" are answers."""

from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from clients.preferences import DAY_NAMES, PART_NAMES, Strength
from core import geo
from core.forms import CheckboxesField, PostcodeField, RadiosField, StrengthField
from referrals.forms.base import STRENGTHS, Group, QuestionForm, groups_of
from therapists.models import Therapist
from therapists.selectors import reference
from therapists.words import DAYS, PARTS

ANY = "any"
# Couples and families are several clients, each answering alone: these pages are for one.
NOT_ALONE = frozenset({"couple", "family"})


class WishForm(QuestionForm):
    """Boxes to tick, and one strength for whatever was ticked. The box "I do not mind" stands for none of them."""

    topic: ClassVar[str] = ""
    none_label: ClassVar[Promise | str] = _("I do not mind")
    none_hint: ClassVar[Promise | str] = ""

    values = CheckboxesField(
        required=False, exclusive=ANY, error_messages={"invalid_choice": _("Choose from the list")}
    )
    strength = StrengthField(choices=STRENGTHS)

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if "topic" in cls.__dict__:
            cls.keys = (cls.topic, f"{cls.topic}_strength")

    def arrange(self) -> None:
        field = self.fields["values"]
        field.label = self.title
        field.choices = [(ANY, self.none_label), *self.options()]
        field.hints = {ANY: self.none_hint, **self.hints()}

    def options(self) -> list[Any]:
        """Return choices, flat or in named groups."""
        raise TypeError(f"{type(self).__name__} names no options")

    def hints(self) -> dict[str, str]:
        return {}

    @classmethod
    def read(cls, answers: dict[str, Any]) -> dict[str, Any]:
        strength = answers.get(f"{cls.topic}_strength") or int(Strength.NICE)
        values = answers.get(cls.topic)
        stated = {} if values is None else {"values": values or [ANY]}
        return {**stated, "strength": str(strength)}

    def groups(self) -> list[Group]:
        return groups_of(self, "values")

    def write(self) -> dict[str, Any]:
        values = [value for value in self.cleaned_data["values"] if value != ANY]
        strength = self.cleaned_data["strength"] or int(Strength.NICE)
        return {self.topic: values, f"{self.topic}_strength": strength if values else 0}


class TherapyForm(WishForm):
    title = _("Is there a kind of therapy you would like?")
    lead = _(
        "Many people do not know, and that is fine: about half of people have no wish here."
        " Therapists explain how they work when you meet."
    )
    topic = "modalities"
    none_label = _("I’m not sure")
    none_hint = _("We show you every kind, with plain words about each.")

    def options(self) -> list[Any]:
        self.families = reference.modalities_by_family()
        return [(family.name, [(row.slug, row.name) for row in rows]) for family, rows in self.families]

    def hints(self) -> dict[str, str]:
        kinds = {row.slug: row.description for _family, rows in self.families for row in rows}
        return {**kinds, **{family.name: family.description for family, _rows in self.families}}


def _single_times() -> tuple[tuple[str, Promise], ...]:
    return tuple(
        (f"{day}-{part}", format_lazy("{day}, {part}", day=DAYS[d], part=PARTS[p]))
        for d, day in enumerate(DAY_NAMES)
        for p, part in enumerate(PART_NAMES)
    )


class TimesForm(WishForm):
    title = _("When could you meet?")
    lead = _("Most people meet at the same time every week. Choose every time that could work.")
    topic = "times"
    none_label = _("Any time")

    GROUPS = (
        (
            _("Parts of the week"),
            (
                ("weekday-morning", _("Weekdays, morning")),
                ("weekday-afternoon", _("Weekdays, afternoon")),
                ("weekday-evening", _("Weekdays, evening (from 5pm)")),
                ("weekend-morning", _("Weekend, morning")),
                ("weekend-afternoon", _("Weekend, afternoon")),
                ("weekend-evening", _("Weekend, evening (from 5pm)")),
            ),
        ),
        (_("Or choose single days"), _single_times()),
    )

    def options(self) -> list[Any]:
        (_whole, parts), days = self.GROUPS
        return [*parts, days]


class FormatsForm(WishForm):
    title = _("How would you like to meet?")
    topic = "formats"

    def options(self) -> list[Any]:
        self.rows = [row for row in reference.formats() if row.slug not in NOT_ALONE]
        return [(row.slug, row.name) for row in self.rows]

    def hints(self) -> dict[str, str]:
        return {row.slug: row.description for row in self.rows}


class PlaceForm(QuestionForm):
    title = _("Where would you like to meet?")
    lead = _("We use your postcode only to work out how far away therapists are.")
    skip = _("Skip this")
    keys = ("postcode", "miles", "distance_must")

    postcode = PostcodeField(label=_("Postcode"), required=False, or_none=True)
    miles = RadiosField(
        label=_("How far could you travel?"),
        choices=[
            ("2", _("Up to 2 miles")),
            ("5", _("Up to 5 miles")),
            ("10", _("Up to 10 miles")),
            ("20", _("Up to 20 miles")),
            ("50", _("Up to 50 miles")),
        ],
        required=False,
    )
    reach = RadiosField(
        label=_("Could you go further than that?"),
        choices=[
            ("could", _("Yes, if I had to")),
            ("must", _("No, only show me people this near")),
        ],
        required=False,
    )

    @classmethod
    def read(cls, answers: dict[str, Any]) -> dict[str, Any]:
        miles = answers.get("miles") or 10
        reach = "must" if answers.get("distance_must") else "could"
        return {"postcode": answers.get("postcode", ""), "miles": str(miles), "reach": reach}

    def write(self) -> dict[str, Any]:
        postcode = self.cleaned_data["postcode"]
        miles = int(self.cleaned_data["miles"] or 10)
        # From no fixed place nothing is near, and as a need that would leave nobody.
        somewhere = bool(postcode) and postcode != geo.NO_FIXED_PLACE
        must = somewhere and self.cleaned_data["reach"] == "must"
        return {"postcode": postcode, "miles": miles if somewhere else None, "distance_must": must}


class GenderForm(WishForm):
    title = _("Would you feel better with a woman, a man or someone else?")
    lead = _("Therapists say their gender in their own way. Not everyone does.")
    topic = "genders"

    CHOICES = (
        (Therapist.Gender.WOMAN.value, _("A woman")),
        (Therapist.Gender.MAN.value, _("A man")),
        (Therapist.Gender.NON_BINARY.value, _("A non-binary person")),
    )

    def options(self) -> list[Any]:
        return list(self.CHOICES)


class LanguageForm(WishForm):
    title = _("Which language would you like to speak?")
    lead = _("This is about the therapist’s own language. You can ask for an interpreter later.")
    topic = "languages"
    none_label = _("English is fine")

    def options(self) -> list[Any]:
        rows = [row for row in reference.languages() if row.slug not in {"en", "en-gb"}]
        spoken = [(row.slug, row.name) for row in rows if not row.signed]
        signed = [(row.slug, row.name) for row in rows if row.signed]
        groups = [(_("Signed languages"), signed), (_("Spoken languages"), spoken)]
        return [(name, rows) for name, rows in groups if rows]


class IdentityForm(WishForm):
    title = _("Would it help if your therapist shared something with you?")
    lead = _(
        "This could be a faith, a culture or something they have lived through."
        " Therapists choose what they tell. Many tell nothing."
    )
    topic = "identity"

    def options(self) -> list[Any]:
        return [(kind, [(tag.slug, tag.name) for tag in tags]) for kind, tags in reference.identity_tags_by_kind()]
