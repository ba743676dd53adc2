from referrals.models.advice import WaitingAdvice
from referrals.models.lists import Allotment, CheckIn, WaitingListEntry
from referrals.models.offers import Exclusion, Offer, Placement
from referrals.models.reasons import EventReason
from referrals.models.referral import Choice, Referral, ReferralEvent
from referrals.models.safety import CallRequest, SafetyAnswer, SafetyOption, SafetyQuestion
from referrals.models.submission import Submission

__all__ = [
    "Allotment",
    "CallRequest",
    "CheckIn",
    "Choice",
    "EventReason",
    "Exclusion",
    "Offer",
    "Placement",
    "Referral",
    "ReferralEvent",
    "SafetyAnswer",
    "SafetyOption",
    "SafetyQuestion",
    "Submission",
    "WaitingAdvice",
    "WaitingListEntry",
]
