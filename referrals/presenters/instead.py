"""What somebody who waits could do instead, in words."""

from referrals import list_words
from referrals.models import Referral
from referrals.selectors.alternatives import COUNTED, others_with_a_place


def others_words(referral: Referral) -> str:
    """Return how many others have a place now; "" for nobody. Ranks once."""
    count = others_with_a_place(referral)
    return list_words.others_now(count, many=count >= COUNTED)
