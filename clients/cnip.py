"""The Cooper-Norcross Inventory of Preferences (C-NIP) v1.1: its 18 items word for word, and its published scoring.

Cooper, M., & Norcross, J. C. (2016). A brief, multidimensional measure of clients' therapy preferences: The
Cooper-Norcross Inventory of Preferences (C-NIP). International Journal of Clinical and Health Psychology, 16(1), 87-98.
doi 10.1016/j.ijchp.2015.08.003. Free to use, from c-nip.net. The items are the authors' own words: they are never
reworded, shortened or translated here, and so they do not go through gettext.

The cut-offs are tentative, as the authors say. They mark what may be worth talking about, not what somebody is like.
"""

from collections.abc import Mapping
from dataclasses import dataclass

INSTRUCTION = (
    "On each of the items below, please indicate your preferences for how a psychotherapist or counselor should work"
    " with you."
)
STEM = "I would like the therapist to…"
ZERO = "No or equal preference"

# Number -> (the pole that counts +3, the pole that counts -3).
ITEMS: dict[int, tuple[str, str]] = {
    1: ("Focus on specific goals", "Not focus on specific goals"),
    2: ("Give structure to the therapy", "Allow the therapy to be unstructured"),
    3: ("Teach me skills to deal with my problems", "Not teach me skills to deal with my problems"),
    4: ("Give me 'homework' to do", "Not give me 'homework' to do"),
    5: ("Take a lead in therapy", "Allow me to take a lead in therapy"),
    6: ("Encourage me to go into difficult emotions", "Not encourage me to go into difficult emotions"),
    7: ("Talk with me about the therapy relationship", "Not talk with me about the therapy relationship"),
    8: ("Focus on the relationship between us", "Not focus on the relationship between us"),
    9: ("Encourage me to express strong feelings", "Not encourage me to express strong feelings"),
    10: ("Focus mainly on my feelings", "Focus mainly on my thoughts"),
    11: ("Focus on my life in the past", "Focus on my life in the present"),
    12: ("Help me reflect on my childhood", "Help me reflect on my adulthood"),
    13: ("Focus on my past", "Focus on my future"),
    14: ("Be gentle", "Be challenging"),
    15: ("Be supportive", "Be confrontational"),
    16: ("Not interrupt me", "Interrupt me and keep me focused"),
    17: ("Not be challenging of my own beliefs and views", "Be challenging of my own beliefs and views"),
    18: ("Support my behaviour unconditionally", "Challenge my behaviour if they think it's wrong"),
}
MOST = 3


@dataclass(frozen=True, slots=True)
class Scale:
    """A scale: its published name, its items, and from which sum on a preference counts as strong on either side.

    `slug` is the name of the same scale in `clients.preferences.STYLE_SCALES`.
    """

    slug: str
    name: str
    items: tuple[int, ...]
    strong_first: int
    strong_second: int


SCALES: tuple[Scale, ...] = (
    Scale("directive", "Therapist Directiveness vs. Client Directiveness", (1, 2, 3, 4, 5), 8, -3),
    Scale("emotional", "Emotional Intensity vs. Emotional Reserve", (6, 7, 8, 9, 10), 7, -1),
    Scale("past", "Past Orientation vs. Present Orientation", (11, 12, 13), 3, -3),
    Scale("warm", "Warm Support vs. Focused Challenge", (14, 15, 16, 17, 18), 4, -4),
)


@dataclass(frozen=True, slots=True)
class Result:
    """What the answers to one scale come to. `total` is None while an item of it is open: then nothing is said of it.

    `side`: 1 strong on the first side, -1 strong on the second, 0 no strong preference.
    """

    scale: Scale
    answered: int
    total: int | None
    side: int


def results(answers: Mapping[int, int]) -> tuple[Result, ...]:
    """Return every scale's result. `answers`: item number -> -3..3; items nobody answered are absent.

    Raises ValueError on a number that is no item and on a value outside the scale.
    """
    for number, value in answers.items():
        if number not in ITEMS or not -MOST <= value <= MOST:
            raise ValueError(f"item {number} cannot be {value}")
    return tuple(_result(scale, answers) for scale in SCALES)


def strong_sides(answers: Mapping[int, int]) -> dict[str, int]:
    """Return scale -> side for the scales that are complete and strong: what matching compares."""
    return {result.scale.slug: result.side for result in results(answers) if result.side}


def complete_scales(answers: Mapping[int, int]) -> frozenset[str]:
    return frozenset(result.scale.slug for result in results(answers) if result.total is not None)


def _result(scale: Scale, answers: Mapping[int, int]) -> Result:
    values = [answers[number] for number in scale.items if number in answers]
    if len(values) < len(scale.items):
        return Result(scale, len(values), None, 0)
    total = sum(values)
    side = 1 if total >= scale.strong_first else -1 if total <= scale.strong_second else 0
    return Result(scale, len(values), total, side)
