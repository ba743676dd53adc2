"""The words clients read, in one place: the page "now", the timeline and the messages say the same thing."""

import datetime

from django.utils.translation import gettext as _

from core import clock
from core.words import day, when

TITLES = {"dr", "mr", "mrs", "ms", "mx", "miss", "prof", "professor", "rev"}


def first_name(display_name: str) -> str:
    """Return what a therapist is called in a sentence: the first name, without a title."""
    words = [word for word in display_name.split() if word.strip(".").lower() not in TITLES]
    return words[0] if words else display_name


def choose() -> str:
    return _("Your turn: choose who to ask.")


def asked(name: str, by: datetime.datetime) -> str:
    return _("We have asked %(name)s. %(name)s will answer by %(when)s.") % {"name": name, "when": when(by)}


def now_asked(name: str, by: datetime.datetime) -> str:
    return _("We have now asked %(name)s, who will answer by %(when)s.") % {"name": name, "when": when(by)}


def a_no(name: str) -> str:
    return _(
        "%(name)s cannot offer you a place at the moment. Therapists say this for many reasons. You have done nothing"
        " wrong."
    ) % {"name": name}


def no_answer(name: str) -> str:
    return _("We did not hear from %(name)s in time. We are sorry. It is not because of you.") % {"name": name}


def not_reached(name: str) -> str:
    return _("We could not reach %(name)s. We are sorry. It is not because of you.") % {"name": name}


def unlisted(name: str) -> str:
    return _("%(name)s cannot see people through Rapport at the moment. We cannot say more.") % {"name": name}


def call_by(by: datetime.datetime, *, number: str) -> str:
    """Promise a call only where there is a number to call; without one the first step is a message.

    A time that is over is never promised: it is said that we are late.
    """
    if by < clock.now():
        late = _("We said that you would hear from a person by %(when)s. We are late, and we are sorry.")
        still = _("Someone will still call you.") if number else _("Someone will still write to you.")
        return f"{late % {'when': when(by)}} {still}"
    if not number:
        return _("Someone will write to you by %(when)s, and ask how to call you.") % {"when": when(by)}
    return _("Someone will call you by %(when)s.") % {"when": when(by)}


def nobody_left(since: datetime.datetime) -> str:
    return _("Nobody on your list can offer a place at the moment. We still count your wait from %(day)s.") % {
        "day": day(since)
    }


def choose_or_call() -> str:
    return _("You can choose again, or ask us to call you and help.")


def meeting(name: str, by: datetime.datetime) -> str:
    return _("%(name)s has said yes to a first meeting and will contact you by %(when)s.") % {
        "name": name,
        "when": when(by),
    }


def met_decide(name: str) -> str:
    return _("When you have met: would you like to go on with %(name)s?") % {"name": name}


def you_go_ahead(name: str) -> str:
    return _("You have said that you would like to go on. Now %(name)s decides too.") % {"name": name}


def therapist_goes_ahead(name: str) -> str:
    return _("%(name)s would like to go on with you. Would you like to go on too?") % {"name": name}


def in_therapy(name: str) -> str:
    return _("You and %(name)s have both said that you want to go on.") % {"name": name}


def review_by(by: datetime.datetime) -> str:
    return _("You will look together at how it goes by %(day)s.") % {"day": day(by)}


def not_on(name: str) -> str:
    return _("You and %(name)s are not going on together. No reason is needed, and you have done nothing wrong.") % {
        "name": name
    }


def finished() -> str:
    return _("This request is finished.")


def undo_until(until: datetime.datetime) -> str:
    return _("If you change your mind, you can undo this until %(when)s. Your wait then still counts from before.") % {
        "when": when(until)
    }
