"""How long each step may take. Windows are half open, (open, close]; the calendar is that of whoever must act."""

from datetime import datetime, timedelta

from core import working_time
from therapists.models import Therapist

DRAFT_LASTS = timedelta(days=28)
CHOOSING_REMINDERS = (timedelta(days=2), timedelta(days=5))
CHOOSING_LASTS = timedelta(days=10)
CHOOSING_CALL_WORKING_DAYS = 5
# The call is put on a list when there are two working days left to make it.
CHOOSING_CALL_LISTED_AFTER = 3
UNDO_LASTS = timedelta(days=7)
MEETING_LASTS = timedelta(days=28)
REVIEW_EVERY = timedelta(weeks=12)
FIRST_CONTACT_WORKING_DAYS = 2
CONFLICT_CHECK_WORKING_DAYS = 1
CALL_WORKING_DAYS = 1


def answer_due(therapist: Therapist, start: datetime) -> datetime:
    """Return when her answer to a request made at `start` is due."""
    return working_time.answer_due(answering_days_mask=therapist.answering_days, nation=therapist.nation, start=start)


def conflict_check_due(therapist: Therapist, start: datetime) -> datetime:
    """Return the end of her working day to check that she does not know the person."""
    return working_time.working_days_after(start, CONFLICT_CHECK_WORKING_DAYS, therapist.nation)


def first_contact_due(therapist: Therapist, start: datetime) -> datetime:
    """Return when she must have contacted the client after her yes."""
    return working_time.working_days_after(start, FIRST_CONTACT_WORKING_DAYS, therapist.nation)


def call_due(nation: str, start: datetime) -> datetime:
    """Return when a coordinator's call is due: the end of the next working day."""
    return working_time.working_days_after(start, CALL_WORKING_DAYS, nation)


def choosing_call_due(nation: str, start: datetime) -> datetime:
    """Return the working day by which somebody who is still choosing is called in any case."""
    return working_time.working_days_after(start, CHOOSING_CALL_WORKING_DAYS, nation)


def choosing_call_listed(nation: str, start: datetime) -> datetime:
    """Return when that call is put on the coordinators' list."""
    return working_time.working_days_after(start, CHOOSING_CALL_LISTED_AFTER, nation)
