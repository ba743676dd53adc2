"""What every page of a profile has in common: it shows how things are, and one service makes them otherwise."""

from typing import Any, ClassVar

from django.utils.functional import Promise

from core.actors import Actor
from core.forms import Form
from therapists.forms.fields import HoursField
from therapists.models import Therapist


class SectionForm(Form):
    """One page of the profile. `title` is its heading, `lead` stands under it."""

    title: ClassVar[Promise | str] = ""
    lead: ClassVar[Promise | str] = ""

    def __init__(self, *args: Any, therapist: Therapist, **kwargs: Any) -> None:
        self.therapist = therapist
        kwargs.setdefault("initial", self.read(therapist))
        super().__init__(*args, **kwargs)
        self.arrange()

    def arrange(self) -> None:
        """Set up what depends on reference data."""

    def hours_table(self) -> list[dict[str, Any]]:
        """Return the rows of the form's table of hours. Only for forms that have one."""
        return HoursField.table(next(bound for bound in self if isinstance(bound.field, HoursField)))

    def read(self, therapist: Therapist) -> dict[str, Any]:
        """Return the values to show first: fields named like the therapist's own columns."""
        return {name: getattr(therapist, name) for name in self.base_fields if hasattr(therapist, name)}

    def save(self, actor: Actor) -> None:
        """Call the one service. Only on a valid form; raises ProfileRefused."""
        raise TypeError(f"{type(self).__name__} does not save")
