"""Who else there would be for somebody who waits: counted from the same list she would see, with what she asked for."""

from clients.preferences import Stated
from matching.services.ranking import rank_now, why_for
from referrals.models import Referral
from referrals.selectors.own import choices_of, silently_excluded


def others_with_a_place(referral: Referral) -> int:
    """Return how many people who fit everything she must have could take her now, beside those on her own list."""
    stated, silent = Stated.from_canonical(referral.preferences.data), silently_excluded(referral)
    found = rank_now(stated, seed=int(referral.seed), silent_exclusions=silent, limit=1)
    own = [choice.therapist_id for choice in choices_of(referral)]
    fit = why_for(stated, own, silent_exclusions=silent)
    return max(0, found.eligible - sum(why.eligible for why in fit.values()))
