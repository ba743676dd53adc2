"""Everything that may happen in a world, by name."""

from tests.support import change_acts, list_acts
from tests.support.world import ACTS, NUMBERS, World

# What moves people along lists; thrown or drawn more often than the rest.
OFTEN = (
    "agree_to_all",
    "accept",
    "end",
    "not_on",
    "take_place",
    "not_this_place",
    "send",
    "told_or_not",
    "offer_place_again",
)

__all__ = ["ACTS", "NUMBERS", "OFTEN", "World", "change_acts", "list_acts"]
