"""Whom to ask whether she still takes people, when, and what a link of such a message says."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Case, F, Q, QuerySet, Value, When

from core import clock, tokens
from core.choices import Nation
from core.working_calendar import london_date
from core.working_time import calendar
from therapists.models import ConfirmationAsk, Therapist
from therapists.selectors.standing import CONFIRMATION_LASTS, UNANSWERED_LIMIT, standing

Step = ConfirmationAsk.Step
ASK_AFTER = datetime.timedelta(days=10)
LAST_DAY_AFTER = datetime.timedelta(days=13)
# When somebody at work reads her messages: [9am, midday) of a working day of her nation, London time.
MORNING = (datetime.time(9), datetime.time(12))
PURPOSE = "still_taking"
LINK_LASTS = datetime.timedelta(days=28)


@dataclass(frozen=True, slots=True)
class Morning:
    """Who is written to on a working morning, by the moment of her last confirmation.

    Until `asked` (included): asked. Before `last`: told the day on which it ends, for on the next working morning it
    may be too late to say so. Before `over`: told that it has ended.
    """

    asked: datetime.datetime
    last: datetime.datetime
    over: datetime.datetime

    def step_for(self, confirmed_at: datetime.datetime) -> Step:
        """Return what she is to hear; only for somebody who is due."""
        if confirmed_at < self.over:
            return Step.OVER
        return Step.LAST_DAY if confirmed_at < self.last else Step.ASKED


@dataclass(frozen=True, slots=True)
class Link:
    """What a link of a message was written about. `current`: she has not acted since, so the button still says yes."""

    therapist: Therapist
    nonce: str
    current: bool


def confirmation_nonce(therapist: Therapist) -> str:
    """Return what links to confirm carry; it changes with every action of hers. "" when she never confirmed."""
    return therapist.confirmed_at.isoformat() if therapist.confirmed_at else ""


def link_token(therapist: Therapist) -> str:
    """Return a token for one act: to confirm once what stands unconfirmed now."""
    return tokens.sign(PURPOSE, therapist.pk, confirmation_nonce(therapist), lasts=LINK_LASTS)


def link_of(token: str) -> Link | None:
    """Return whose link this is; None when it is none of ours, too old, or of somebody who has no account any more."""
    try:
        read = tokens.read(PURPOSE, token)
    except tokens.BadToken:
        return None
    found = Therapist.objects.select_related("user").filter(pk=read.row_id, user__is_active=True).first()
    return Link(found, read.nonce, current=confirmation_nonce(found) == read.nonce) if found else None


def confirmed_until(therapist: Therapist) -> datetime.datetime | None:
    """Return the last moment at which her confirmation stands."""
    return therapist.confirmed_at + CONFIRMATION_LASTS if therapist.confirmed_at else None


def only_confirmation_missing(therapist_id: int) -> bool:
    """Say whether nothing but her own word keeps, or would keep, people from finding her."""
    return set(standing(therapist_id, as_of=clock.now()).reasons) <= {"not_confirmed"}


def morning_of(nation: str, now: datetime.datetime) -> Morning | None:
    """Return whom to write to now; None outside the working mornings of that nation."""
    days, at_london = calendar(nation), now.astimezone(clock.LONDON).time()
    if not (days.is_working_day(london_date(now)) and MORNING[0] <= at_london < MORNING[1]):
        return None
    return Morning(
        asked=now - ASK_AFTER,
        last=days.working_days_after(now, 1, MORNING[0]) - LAST_DAY_AFTER,
        over=now - CONFIRMATION_LASTS,
    )


def mornings(now: datetime.datetime) -> dict[Morning, list[str]]:
    """Return which nations have a working morning now; on most days all four have the same."""
    found: dict[Morning, list[str]] = {}
    for nation in Nation.values:
        if morning := morning_of(nation, now):
            found.setdefault(morning, []).append(nation)
    return found


def therapists_to_ask(nations: Iterable[str], morning: Morning) -> QuerySet[Therapist]:
    """Return who is due on that morning of those nations and was not told yet, the longest silent first, each with
    `told`: the step of the last message about this confirmation, 0 for none.

    Whoever paused, is not published or has no account is left alone; so is who was told that requests went unanswered.
    """
    told = Case(When(confirmation_ask__confirmed_at=F("confirmed_at"), then="confirmation_ask__step"), default=Value(0))
    due = (
        Q(confirmed_at__lt=morning.over, told__lt=Step.OVER)
        | Q(confirmed_at__lt=morning.last, told__lt=Step.LAST_DAY)
        | Q(confirmed_at__lte=morning.asked, told__lt=Step.ASKED)
    )
    reachable = Therapist.objects.filter(
        user__isnull=False,
        profile_verified_at__isnull=False,
        paused=False,
        nation__in=nations,
        unanswered_in_a_row__lt=UNANSWERED_LIMIT,
        # Said once more in one piece, for the index.
        confirmed_at__lte=max(morning.asked, morning.last),
    )
    return reachable.annotate(told=told).filter(due).order_by("confirmed_at", "pk")
