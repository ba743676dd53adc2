"""The words clients read about pauses and about a change of therapist: page, timeline and messages say the same."""

import datetime

from django.utils.translation import gettext as _

from core.words import day


def switch_of_hers() -> str:
    return _("You are looking for another therapist. No reason is needed, and nobody has done anything wrong.")


def switch_of_the_therapist(name: str) -> str:
    return _(
        "%(name)s thinks that another therapist can help you better from here. You have done nothing wrong, and we look"
        " with you for somebody else."
    ) % {"name": name}


def goes_on_until_then(name: str) -> str:
    return _(
        "You can go on seeing %(name)s until a first meeting with somebody else is agreed, or end it whenever you like."
    ) % {"name": name}


def ends_with_a_yes(name: str) -> str:
    return _("If you say yes, your sessions with %(name)s end.") % {"name": name}


def wait_counts_from(at: datetime.datetime) -> str:
    return _("Your wait counts from %(day)s.") % {"day": day(at)}


def looking() -> str:
    return _("You are looking for somebody else.")


def staying(name: str) -> str:
    return _("You stay with %(name)s. We have stopped looking for somebody else.") % {"name": name}


def ended(name: str) -> str:
    return _("Your sessions with %(name)s have ended.") % {"name": name}


def paused(name: str) -> str:
    return _("Your sessions with %(name)s pause. Your place with %(name)s is kept for you.") % {"name": name}


def paused_until(until: datetime.date) -> str:
    return _("They go on from %(day)s. You can go on earlier on your page.") % {"day": day(until)}


def resumed(name: str) -> str:
    return _("Your sessions with %(name)s go on.") % {"name": name}


def away_until(until: datetime.date) -> str:
    return _("You told us that you are away until %(day)s.") % {"day": day(until)}


def turn_kept() -> str:
    return _("We do not offer you a place before then. Your turn on every list is kept.")


def worry_call(by: str) -> str:
    """`by`: the promise of a call, a sentence of its own."""
    return _("Thank you for telling us. %(by)s Your therapist is not told.") % {"by": by}


def until_then(until: datetime.date) -> str:
    return _("Until %(day)s.") % {"day": day(until)}
