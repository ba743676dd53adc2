"""The words clients read about waiting lists and places that are offered: page, timeline and messages say the same.

A therapist is named again and again instead of "she" or "her": nobody's gender is guessed.
"""

import datetime
from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.words import day, when


def names_in_words(names: Sequence[str]) -> str:
    """Return "Ben", "Ben and Cara" or "Ben, Cara and Dev"."""
    if len(names) < 2:
        return "".join(names)
    return _("%(first)s and %(last)s") % {"first": ", ".join(names[:-1]), "last": names[-1]}


def waiting_for(names: Sequence[str]) -> str:
    return _("You are waiting for %(names)s. You do not need to do anything.") % {"names": names_in_words(names)}


def also_waiting_for(names: Sequence[str]) -> str:
    return _("You also wait for %(names)s, as before.") % {"names": names_in_words(names)}


def on_hold(name: str) -> str:
    return _("Your place on %(name)s’s list is on hold for now. You keep it.") % {"name": name}


def say_so() -> str:
    return _("If you still want a place, say so on your page: then the next one that fits is offered to you in turn.")


def asked_to_wait(name: str, by: datetime.datetime) -> str:
    return _("We have asked %(name)s if you can wait for a place. %(name)s will answer by %(when)s.") % {
        "name": name,
        "when": when(by),
    }


def asked_again(name: str) -> str:
    return _("From time to time we ask %(name)s if this still fits. Your place on the list is kept.") % {"name": name}


def check_in_on(at: datetime.datetime) -> str:
    return _("We will check in with you on %(day)s.") % {"day": day(at)}


def since(at: datetime.datetime) -> str:
    return _("Your wait counts from %(day)s.") % {"day": day(at)}


def still_counts(at: datetime.datetime) -> str:
    return _("Your wait still counts from %(day)s.") % {"day": day(at)}


def still_on_list(name: str, at: datetime.datetime) -> str:
    return _("You are still on %(name)s’s list and your wait still counts from %(day)s.") % {
        "name": name,
        "day": day(at),
    }


def position(ahead: int) -> str:
    """Say how many people are ahead. Never a promise: it can go up as well as down."""
    if not ahead:
        first = _("You are next on this list.")
    else:
        first = ngettext("%(count)d person is ahead of you.", "%(count)d people are ahead of you.", ahead) % {
            "count": ahead
        }
    return _("%(first)s This can go up as well as down.") % {"first": first}


def nobody_watches() -> str:
    return _("We do not watch how you are while you wait. If things get worse, do not wait for us.")


def agreed(name: str) -> str:
    return _("%(name)s has said yes: you are on the waiting list for a place with %(name)s.") % {"name": name}


def joined(name: str) -> str:
    return _("You have asked to wait for a place with %(name)s.") % {"name": name}


def list_no(name: str) -> str:
    return _(
        "You cannot wait for a place with %(name)s at the moment. Therapists say this for many reasons. You have done"
        " nothing wrong."
    ) % {"name": name}


def list_no_answer(name: str) -> str:
    return _(
        "We asked %(name)s if you can wait for a place, and did not hear back in time. It is not because of you."
    ) % {"name": name}


def removed(name: str) -> str:
    return _("%(name)s cannot keep you on the waiting list any longer. You have done nothing wrong.") % {"name": name}


def left(name: str) -> str:
    return _("You are not waiting for %(name)s any more.") % {"name": name}


def left_undo(until: datetime.datetime) -> str:
    return _("If you change your mind, you can undo this until %(when)s. Your wait then counts as before.") % {
        "when": when(until)
    }


def frozen(name: str) -> str:
    return _("%(name)s takes nobody new at the moment. You keep your place on the list.") % {"name": name}


def away(until: datetime.date) -> str:
    return _("You told us that you are away. We offer you no place before %(day)s. You keep your places.") % {
        "day": day(until)
    }


def no_offer_before(name: str, at: datetime.datetime) -> str:
    return _("We offer you no place with %(name)s before %(day)s.") % {"name": name, "day": day(at)}


def set_aside(names: Sequence[str]) -> str:
    return _(
        "Your places on other lists are kept until you both go ahead: %(names)s. Your wait goes on counting there."
    ) % {"names": names_in_words(names)}


def set_aside_now() -> str:
    return _("Set aside while you have a first meeting. If you two do not go on, you are back on this list.")


def back_on(names: Sequence[str]) -> str:
    return _("You are back on the list of %(names)s. Your wait counts as before.") % {"names": names_in_words(names)}


def lists_end_then(name: str) -> str:
    return _("Your places on other lists are kept until you and %(name)s both go ahead. Then they end.") % {
        "name": name
    }


def parked(name: str) -> str:
    return _(
        "We told you twice about a place with %(name)s and did not hear from you. That is all right. You keep your"
        " place on the list, and we offer you no place there until we have heard from you."
    ) % {"name": name}


def parked_unreachable(name: str) -> str:
    return _(
        "Our message about a place with %(name)s did not reach you. You keep your place on the list. Please tell us"
        " how to reach you."
    ) % {"name": name}


def parked_funding(name: str) -> str:
    return _(
        "Who pays for you does not pay for %(name)s at the moment. You keep your turn, and someone will speak with you"
        " about what is possible."
    ) % {"name": name}


def parked_silent(name: str) -> str:
    return _(
        "We have not heard from %(name)s for some time. You keep your place on the list, and a person here is looking"
        " into it."
    ) % {"name": name}


def place_offered() -> str:
    return _("A place is offered to you now. You can answer at the top of this page.")


def how_long(forecast: str) -> str:
    return _("How long until there is a place? %(forecast)s") % {"forecast": forecast}


def can_see_you(name: str) -> str:
    return _("%(name)s can see you.") % {"name": name}


def can_still_see_you(name: str) -> str:
    return _("%(name)s can still see you.") % {"name": name}


def held_until(by: datetime.datetime) -> str:
    return _("Held for you until %(when)s. If you do not answer you stay on the list.") % {"when": when(by)}


def gone_on() -> str:
    return _("That place has gone to someone else.")


def time_over(name: str) -> str:
    return _("The time to answer about the place with %(name)s is over. That is all right.") % {"name": name}


def taken_back(name: str) -> str:
    return _(
        "We are sorry: the place with %(name)s that we told you about cannot be given at the moment. It is not because"
        " of you."
    ) % {"name": name}


def kept(name: str) -> str:
    return _("Thank you for telling us. You keep your place on %(name)s’s list.") % {"name": name}


def others_now(count: int) -> str:
    """Say how many others have a place now; "" for nobody."""
    if count < 1:
        return ""
    return ngettext(
        "%(count)s other person who fits has a place now.", "%(count)s others who fit have a place now.", count
    ) % {"count": f"{count:,}"}


def check_in() -> str:
    return _("You have been waiting for some weeks, and we would like to hear from you.")


def no_sign() -> str:
    return _("We have not heard from you for some time. That is all right: you keep your place.")


def still_wanted(name: str) -> str:
    return _("Thank you. The next place with %(name)s that fits you is offered to you in turn.") % {"name": name}


def just_over() -> str:
    return _("The time to answer is over. You stay on the list. Would you still like a place? Then tell us.")


def unlisted_now(name: str) -> str:
    return _("%(name)s cannot see people through Rapport at the moment, so you cannot say yes just now.") % {
        "name": name
    }


def told_soon() -> str:
    return _("We tell you what happens next, on the way you chose. You do not need to do anything.")
