"""Who else there would be for somebody who waits: counted from the same list she would see, with what she asked for."""

from clients.preferences import Stated
from matching.services.ranking import rank_now
from referrals.models import Referral
from referrals.selectors.own import choices_of, silently_excluded

# So many are enough to choose from; counting on would only cost time.
COUNTED = 20


def others_with_a_place(referral: Referral) -> int:
    """Return how many people who fit everything she must have have a place now, beside those on her own list; at most
    COUNTED."""
    own = {choice.therapist_id for choice in choices_of(referral)}
    found = rank_now(
        Stated.from_canonical(referral.preferences.data),
        seed=int(referral.seed),
        silent_exclusions=silently_excluded(referral),
        limit=COUNTED + len(own),
        order="wait",
    )
    free = [row for row in found.rows if row.wait_weeks == 0 and row.therapist_id not in own]
    return min(COUNTED, len(free))
