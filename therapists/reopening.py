"""Why people cannot find her, reason by reason, each with what mends it and who can."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from core.words import day
from therapists.models import Therapist
from therapists.selectors.standing import REASONS

# What she can press or open; "ask" is for what only a register or a person of the service can mend.
CONFIRM, UNPAUSE, LIMIT, PROFILE, ASK = "confirm", "unpause", "limit", "profile", "ask"
_ACTS = {
    "not_confirmed": CONFIRM,
    "unanswered": CONFIRM,
    "paused": UNPAUSE,
    "monthly_limit": LIMIT,
    "profile_not_verified": PROFILE,
    "no_active_registration": ASK,
    "registration_in_question": ASK,
}


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Reasons that one act mends. `then` says what it takes."""

    act: str
    words: tuple[Promise | str, ...]
    then: str


def obstacles(therapist: Therapist, reasons: Sequence[str], on: datetime.date) -> list[Obstacle]:
    """Return what stands in the way, what she can mend herself first. `reasons` are those of her standing."""
    return [
        Obstacle(act, tuple(REASONS[code] for code in codes), _then(act, therapist, on))
        for act in (CONFIRM, UNPAUSE, LIMIT, PROFILE, ASK)
        if (codes := [code for code in reasons if _ACTS[code] == act])
    ]


def hers_to_mend(reasons: Iterable[str]) -> bool:
    """Say whether she can come back without anybody else."""
    return all(_ACTS[code] != ASK for code in reasons)


def _then(act: str, therapist: Therapist, on: datetime.date) -> str:
    if act == CONFIRM:
        return _("Say that you are here, and people can find you again for 14 days. Anything you do here counts too.")
    if act == UNPAUSE and therapist.away_until and therapist.away_from and therapist.away_from <= on:
        until = _("You are away until %(day)s and come back by yourself on the day after.")
        return f"{until % {'day': day(therapist.away_until)}} " + _("You can take new people again sooner.")
    if act == UNPAUSE:
        return _("You can take new people again whenever you like.")
    if act == LIMIT:
        return _limit_words(therapist, on)
    if act == PROFILE:
        return _("Fill in what is still needed and publish it.")
    return _(
        "Your register has to say that you are active and in date. If it does and we have it wrong, "
        "ask us to look: a person reads the register’s own page and writes down what it says."
    )


def _limit_words(therapist: Therapist, on: datetime.date) -> str:
    if not therapist.monthly_limit:
        return _("Your limit is no new people at all. Change it to be found.")
    first = (on.replace(day=1) + datetime.timedelta(days=32)).replace(day=1)
    return _("You are shown again by yourself on %(day)s, or when you change the limit.") % {"day": day(first)}
