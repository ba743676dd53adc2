"""One question per page: which questions a person's answers lead to, in which order. Pure Python, no Django.

Answers are a flat dictionary of JSON values. Each step owns its keys; keys nobody owns are left alone. A step's
condition sees only the answers of the reachable steps before it, so an answer from an abandoned branch can never
keep another branch open.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Answers = Mapping[str, Any]


def always(answers: Answers) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Step:
    """A question. `keys` are the answers it owns, `optional` ones never hold anybody up."""

    slug: str
    form: Any = None
    title: Any = ""
    condition: Callable[[Answers], bool] = always
    keys: tuple[str, ...] = ()
    optional: bool = False

    def is_answered(self, answers: Answers) -> bool:
        return any(answers.get(key) not in (None, "", []) for key in self.keys)


class Flow:
    """An ordered set of steps. Raises ValueError when two steps share a slug or a key."""

    def __init__(self, steps: Iterable[Step]) -> None:
        self._steps = tuple(steps)
        self._by_slug = {step.slug: step for step in self._steps}
        self._owned = frozenset(key for step in self._steps for key in step.keys)
        if len(self._by_slug) != len(self._steps):
            raise ValueError("two steps share a slug")
        if len(self._owned) != sum(len(step.keys) for step in self._steps):
            raise ValueError("two steps own the same answer")

    def get(self, slug: str) -> Step | None:
        return self._by_slug.get(slug)

    def steps(self, answers: Answers) -> tuple[Step, ...]:
        """Return the steps these answers lead to, in order."""
        return self._walk(answers)[0]

    def cleaned_answers(self, answers: Answers) -> dict[str, Any]:
        """Return the answers without those of steps that can no longer be reached."""
        return self._walk(answers)[1]

    def next_step(self, slug: str, answers: Answers) -> Step | None:
        """Return the step after this one, or None at the end. Raises LookupError when the step is not reachable."""
        steps = self.steps(answers)
        index = self._index(slug, steps) + 1
        return steps[index] if index < len(steps) else None

    def previous_step(self, slug: str, answers: Answers) -> Step | None:
        """Return the step before this one, or None at the beginning. Raises LookupError as next_step does."""
        steps = self.steps(answers)
        index = self._index(slug, steps)
        return steps[index - 1] if index else None

    def first_unanswered(self, answers: Answers) -> Step | None:
        """Return the first reachable step that still needs an answer, or None when nothing holds up the end."""
        cleaned = self.cleaned_answers(answers)
        for step in self.steps(answers):
            if step.keys and not step.optional and not step.is_answered(cleaned):
                return step
        return None

    def _walk(self, answers: Answers) -> tuple[tuple[Step, ...], dict[str, Any]]:
        seen = {key: value for key, value in answers.items() if key not in self._owned}
        reachable: list[Step] = []
        for step in self._steps:
            if step.condition(seen):
                reachable.append(step)
                seen |= {key: answers[key] for key in step.keys if key in answers}
        return tuple(reachable), seen

    def _index(self, slug: str, steps: tuple[Step, ...]) -> int:
        for index, step in enumerate(steps):
            if step.slug == slug:
                return index
        raise LookupError(slug)
