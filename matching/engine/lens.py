"""A register with its view at the moment last asked about."""

from matching.engine import bits
from matching.engine.facts import Facts
from matching.engine.register import Register, arranged
from matching.engine.splice import spliced
from matching.engine.view import View, view_at


class Lens:
    """Safe to share: the register never changes, and the view is replaced whole."""

    def __init__(self, register: Register, view: View | None = None) -> None:
        self.register = register
        self._view = view

    @classmethod
    def of(cls, facts: Facts) -> "Lens":
        return cls(arranged(facts))

    def at(self, moment: int) -> View:
        """Return the view at a moment. One slot: web processes ask about now, and now moves on."""
        view = self._view
        if view is None or not view.since <= moment < view.horizon:
            view = self._view = view_at(self.register, moment)
        elif moment >= view.until:
            view = self._view = view.later(moment)
        return view

    def spliced(self, facts: Facts, ids: tuple[int, ...]) -> "Lens | None":
        """Return the lens of a register in which the therapists of `ids` are as `facts` have them.

        None when everybody has to be read anew to arrange them well.
        """
        found = spliced(self.register, facts, ids)
        if found is None:
            return None
        register, rows = found
        return Lens(register, self._view.over(register, rows) if self._view else None)

    def weeks(self, ids: tuple[int, ...], moment: int) -> dict[int, int]:
        """Return the waits, as View.weeks, of those who are listed and have a place, or a list that takes one more."""
        rows, view = self.register.rows_of(ids), self.at(moment)
        rows = rows[bits.has(view.open, rows)]
        return dict(zip(self.register.ids[rows].tolist(), view.weeks(rows).tolist(), strict=True))
