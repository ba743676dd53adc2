"""How long each step may take. Windows are half open, (open, close]; the calendar is that of whoever must act."""

from datetime import datetime, timedelta

from django.conf import settings

from clients.models import Client
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
CHECK_IN_EVERY = timedelta(days=settings.CHECK_IN_DAYS)
# After this an unanswered check-in counts as silence. Letters go both ways in it.
CHECK_IN_ANSWER = timedelta(days=14)
CHECK_INS_MISSED = 2
# A therapist's yes to somebody on her list.
YES_LASTS = timedelta(days=settings.LIST_YES_DAYS)
NO_OFFER_FOR = timedelta(days=settings.NO_OFFER_DAYS)
FROZEN_TASK_AFTER = timedelta(days=settings.FROZEN_LIST_DAYS)
# Whoever answers through somebody else must first find that somebody.
HELPERS = frozenset(
    {
        "bsl-interpreter",
        "bsl-video",
        "deafblind-interpreter",
        "lipspeaker",
        "speech-to-text",
        "spoken-interpreter",
        "text-relay",
    }
)


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


def client_answer_due(client: Client, told_at: datetime, channel: str = "") -> datetime:
    """Return when a client's answer to a place held for her is due; `told_at`: her message was handed over.

    The longest of the rules that apply to her; it lies in (8am, 8pm]. `channel`: the one the message really took.
    """
    due = [working_time.waking_hours_after(told_at, settings.OFFER_ANSWER_WAKING_HOURS)]
    if (channel or client.contact_channel) == Client.Channel.LETTER:
        due.append(_end_of_working_day(client, told_at, settings.OFFER_ANSWER_LETTER_WORKING_DAYS))
    if HELPERS.intersection((client.access_needs or {}).get("options", ())):
        due.append(_end_of_working_day(client, told_at, settings.OFFER_ANSWER_HELPER_WORKING_DAYS))
    return max(due)


def untold_until(client: Client, opened_at: datetime) -> datetime:
    """Return how long a place stays held while the client could not be told of it: 5pm of a working day of hers."""
    by_letter = client.contact_channel == Client.Channel.LETTER
    days = settings.OFFER_UNTOLD_LETTER_WORKING_DAYS if by_letter else settings.OFFER_UNTOLD_WORKING_DAYS
    return _end_of_working_day(client, opened_at, days)


def half_time(told_at: datetime, due: datetime) -> datetime:
    """Return when half the waking time to answer is over: a moment in [8am, 8pm), before `due`. `due` itself when no
    waking time lies between both.
    """
    half = working_time.waking_time_between(told_at, due) / 2
    if not half:
        return due
    return working_time.next_waking_moment(working_time.waking_hours_after(told_at, half / timedelta(hours=1)))


def leave_undo_until(now: datetime) -> datetime:
    """Return until when leaving a list can be undone."""
    return working_time.waking_hours_after(now, settings.LEAVE_UNDO_WAKING_HOURS)


def _end_of_working_day(client: Client, start: datetime, days: int) -> datetime:
    return working_time.working_days_after(start, days, client.nation)
