"""Two ways beside the main one, each with an end of its own: finding a kind of therapy, and the C-NIP's four pages.

What is answered there is kept in the draft under one key. Slugs stand in the phone's history: they say nothing.
"""

from dataclasses import dataclass
from typing import Any

from core.flow import Flow, Step
from referrals.forms import cnip, guide
from referrals.forms.base import QuestionForm


def _step(slug: str, form: type[QuestionForm]) -> Step:
    return Step(slug=slug, form=form, keys=form.keys, optional=True)


@dataclass(frozen=True, slots=True)
class Side:
    """`kept_in`: the answers' key. `at`: the question of the main way that leads here and follows it again."""

    name: str
    kept_in: str
    at: str
    flow: Flow

    def next_open(self, said: dict[str, Any]) -> Step | None:
        """Return the first question nobody answered yet; None when all are."""
        return next((step for step in self.flow.steps(said) if not step.is_answered(said)), None)


GUIDE = Side(
    "guide",
    kept_in="guide",
    at="kind",
    flow=Flow(
        [
            _step("one", guide.FocusForm),
            _step("two", guide.PracticeForm),
            _step("three", guide.LeadForm),
            _step("four", guide.TimeForm),
            _step("five", guide.CompanyForm),
            _step("six", guide.WayForm),
        ]
    ),
)

CNIP = Side(
    "cnip",
    kept_in="cnip",
    at="style",
    flow=Flow(
        [
            _step("one", cnip.FirstForm),
            _step("two", cnip.SecondForm),
            _step("three", cnip.ThirdForm),
            _step("four", cnip.FourthForm),
        ]
    ),
)
