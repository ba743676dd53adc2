"""Who else there would be for somebody who waits: counted from the same list she would see, with what she asked for."""

from clients.preferences import Stated
from matching.services.ranking import rank_now, why_for
from referrals.models import Referral
from referrals.selectors.own import choices_of, silently_excluded


def others_with_a_place(referral: Referral) -> int:
    """Return how many people who fit everything she must have have a place now, beside those on her own list."""
    stated, silent = Stated.from_canonical(referral.preferences.data), silently_excluded(referral)
    found = rank_now(stated, seed=int(referral.seed), silent_exclusions=silent, limit=1)
    own = why_for(stated, [choice.therapist_id for choice in choices_of(referral)], silent_exclusions=silent)
    return found.with_place - sum(why.eligible and why.row.wait_weeks == 0 for why in own.values())
