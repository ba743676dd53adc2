"""What every question of the client's journey has in common."""

from dataclasses import dataclass, field
from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.forms import Form

Words = Promise | str

STRENGTHS = [
    ("1", _("It would be nice")),
    ("2", _("It is important to me")),
    ("3", _("I need this: only show me people who fit it")),
]


class QuestionForm(Form):
    """One question. `keys` are the answers it owns; `lead` stands under the title, `skip` names the way past.

    `read` turns stored answers into the form's initial values, `write` turns cleaned values into answers. The base
    class does both one to one, by field name.
    """

    title: ClassVar[Words] = ""
    lead: ClassVar[Words] = ""
    skip: ClassVar[Words] = ""
    button: ClassVar[Words] = _("Continue")
    keys: ClassVar[tuple[str, ...]] = ()

    def __init__(self, *args: Any, answers: dict[str, Any], **kwargs: Any) -> None:
        self.answers = answers
        if kwargs.get("initial") is None:
            kwargs["initial"] = self.read(answers)
        super().__init__(*args, **kwargs)
        self.arrange()

    def arrange(self) -> None:
        """Set choices that depend on reference data or on earlier answers."""

    @classmethod
    def read(cls, answers: dict[str, Any]) -> dict[str, Any]:
        return {key: answers[key] for key in cls.keys if answers.get(key) not in (None, "")}

    def write(self) -> dict[str, Any]:
        """Return the answers to store. Called on a valid form only."""
        return {key: self.cleaned_data.get(key) for key in self.keys}


@dataclass(frozen=True, slots=True)
class Option:
    id: str
    value: str
    label: Any
    hint: Any
    checked: bool


@dataclass(slots=True)
class Group:
    """Choices under one heading. `open` where something in it is ticked, so that nothing chosen is hidden."""

    name: Any
    hint: Any = ""
    options: list[Option] = field(default_factory=list)

    @property
    def ticked(self) -> int:
        return sum(option.checked for option in self.options)


def groups_of(form: Form, name: str) -> list[Group]:
    """Return a field's choices by group, where one flat list would be too long. Ungrouped ones have no name."""
    bound = form[name]
    hints = getattr(bound.field, "hints", {})
    chosen = {str(value) for value in bound.value() or ()}
    number = 0
    groups: list[Group] = []
    for key, value in bound.field.choices:
        grouped = isinstance(value, list | tuple)
        if grouped or not groups or groups[-1].name:
            groups.append(Group(key if grouped else "", hints.get(str(key), "") if grouped else ""))
        for slug, label in value if grouped else [(key, value)]:
            number += 1
            where = str(bound.auto_id) if number == 1 else f"{bound.auto_id}-{number}"
            groups[-1].options.append(Option(where, str(slug), label, hints.get(str(slug), ""), str(slug) in chosen))
    return groups
