"""The answer to "why her, and not somebody else?" in plain words, from what was written down when it was decided."""

from collections import Counter

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core.words import day, when
from referrals.models import WaitingListEntry
from referrals.presenters.desk_lists import place_said
from referrals.selectors import allotments as codes
from referrals.selectors.why_before import Person, Stood, Why

ORDINALS = (
    gettext_lazy("first"),
    gettext_lazy("second"),
    gettext_lazy("third"),
    gettext_lazy("fourth"),
    gettext_lazy("fifth"),
    gettext_lazy("sixth"),
    gettext_lazy("seventh"),
    gettext_lazy("eighth"),
    gettext_lazy("ninth"),
    gettext_lazy("tenth"),
)
# Up to so many people are told one by one; more are counted.
TOLD_SINGLY = 6

# What is said of one person, with %(who)s: "The first", "Zofia, who was second,".
SAID = {
    codes.OFFERED: gettext_lazy("%(who)s was offered a place as well."),
    codes.ASKED_AGAIN: gettext_lazy(
        "It was the turn of %(who)s, but the therapist’s yes was old, so we asked again first."
    ),
    codes.WAITS_FOR_YES: gettext_lazy(
        "%(who)s had the turn too: the therapist had been asked again, and a place waited."
    ),
    codes.NO_FIT: gettext_lazy(
        "%(who)s could not have come: no free place fits the times or the format that are a must."
    ),
    codes.ELSEWHERE: gettext_lazy("%(who)s was offered a place with somebody chosen above this therapist."),
    codes.BEHIND: gettext_lazy("For %(who)s no place that fits was left."),
    codes.LATER: gettext_lazy("%(who)s had asked not to be offered a place yet."),
    codes.AWAY: gettext_lazy("%(who)s was away."),
    codes.PARKED: gettext_lazy("%(who)s was parked: we had had no answer."),
    codes.ASKED: gettext_lazy("For %(who)s the therapist had not said yes yet."),
    codes.OFFER_OPEN: gettext_lazy("%(who)s was being offered another place."),
    codes.REQUEST_OPEN: gettext_lazy("For %(who)s another therapist’s answer was awaited."),
    codes.NOT_NOW: gettext_lazy("%(who)s could not be offered a place: the funding, or people who must be kept apart."),
}

# What is said of several at once.
COUNTED = {
    codes.OFFERED: gettext_lazy("were offered a place as well"),
    codes.ASKED_AGAIN: gettext_lazy("had an old yes of the therapist’s, which was asked for again first"),
    codes.WAITS_FOR_YES: gettext_lazy("had the turn, and the therapist had been asked again"),
    codes.NO_FIT: gettext_lazy("could not have come: no free place fits what they must have"),
    codes.ELSEWHERE: gettext_lazy("were offered a place they had chosen above this one"),
    codes.BEHIND: gettext_lazy("had no place left that fits"),
    codes.LATER: gettext_lazy("had asked not to be offered a place yet"),
    codes.AWAY: gettext_lazy("were away"),
    codes.PARKED: gettext_lazy("were parked"),
    codes.ASKED: gettext_lazy("waited for the therapist’s first yes"),
    codes.OFFER_OPEN: gettext_lazy("were being offered another place"),
    codes.REQUEST_OPEN: gettext_lazy("waited for another therapist’s answer"),
    codes.NOT_NOW: gettext_lazy("could not be offered a place: the funding, or people who must be kept apart"),
}


def why_lines(why: Why) -> list[str]:
    """Return the whole answer, one sentence or two to a line."""
    first = why.first
    assert first.stood is not None  # noqa: S101 - the look is one in which she was offered a place
    lines = [_free(why), _stood(first)]
    lines += _ahead(why)
    lines.append(_so(why))
    if why.other is not None:
        lines += _other(why, why.other)
    return lines


def ordinal(number: int) -> str:
    """Return "third"; from the eleventh on "number 11"."""
    return str(ORDINALS[number - 1]) if number <= len(ORDINALS) else _("number %(number)d") % {"number": number}


def _free(why: Why) -> str:
    places = "; ".join(_place(why, place.pk) for place in why.places)
    said = ngettext(
        "On %(when)s one place was free (%(places)s).",
        "On %(when)s %(count)d places were free (%(places)s).",
        len(why.places),
    )
    return said % {"when": when(why.at), "count": len(why.places), "places": places}


def _place(why: Why, pk: int | None) -> str:
    found = next((place for place in why.places if place.pk == pk), None)
    return place_said(found, why.first.entry.therapist) if found is not None else ""


def _stood(person: Person) -> str:
    assert person.stood is not None  # noqa: S101 - said only of whoever was on the list
    said = _("%(name)s was %(ordinal)s on the list.") % {
        "name": person.name,
        "ordinal": ordinal(person.stood.number),
    }
    if not person.priority_reason:
        return said
    return (
        said
        + " "
        + _("A coordinator had put %(name)s forward: “%(reason)s”")
        % {
            "name": person.name,
            "reason": person.priority_reason,
        }
    )


def _ahead(why: Why) -> list[str]:
    """Say of everybody before her why it was not them. Nobody but the two who are asked about is named."""
    named = why.other.entry.pk if why.other is not None else None
    unnamed = [line for line in why.ahead if line.entry != named]
    if len(unnamed) <= TOLD_SINGLY:
        return [_said(line, why.other if line.entry == named else None) for line in why.ahead]
    counts = Counter(line.code for line in unnamed)
    begin = _("Of the %(count)d others before %(name)s:") % {"count": len(unnamed), "name": why.first.name}
    parts = [
        _("%(count)d %(what)s") % {"count": number, "what": COUNTED[code]} for code, number in counts.most_common()
    ]
    said = [begin + " " + "; ".join(parts) + "."]
    return said + [_said(line, why.other) for line in why.ahead if line.entry == named]


def _said(line: Stood, person: Person | None) -> str:
    if person is None:
        return _capital(SAID[line.code] % {"who": _("the %(ordinal)s") % {"ordinal": ordinal(line.number)}})
    if line.code == codes.LATER and person.no_offer_before is not None:
        return _("%(name)s, who was %(ordinal)s, was not to be offered a place before %(day)s.") % {
            "name": person.name,
            "ordinal": ordinal(line.number),
            "day": day(person.no_offer_before),
        }
    who = _("%(name)s (%(ordinal)s on the list)") % {"name": person.name, "ordinal": ordinal(line.number)}
    return _capital(SAID[line.code] % {"who": who})


def _so(why: Why) -> str:
    stood = why.first.stood
    if len(why.places) == 1 or stood is None:
        return _("So %(name)s was offered it.") % {"name": why.first.name}
    return _("So %(name)s was offered the place %(place)s.") % {
        "name": why.first.name,
        "place": _place(why, stood.place),
    }


def _other(why: Why, other: Person) -> list[str]:
    """What is said of the other one, unless it has been said among those who stood before."""
    first = why.first
    if other.stood is None:
        return [_not_there(other.entry, other.name, why)]
    if first.stood is None or other.stood.number < first.stood.number:
        return []
    lines = [_stood(other), _order(first, other)]
    if other.stood.code != codes.BEHIND:
        lines.append(_said(other.stood, other))
    return lines


def _order(first: Person, other: Person) -> str:
    if first.priority_reason and not other.priority_reason:
        return _("That is why %(first)s came first, whoever waits longer.") % {"first": first.name}
    since, later = first.entry.referral.queue_from, other.entry.referral.queue_from
    return _("%(first)s’s wait counts from %(since)s, %(other)s’s from %(later)s.") % {
        "first": first.name,
        "since": when(since),
        "other": other.name,
        "later": when(later),
    }


def _not_there(entry: WaitingListEntry, name: str, why: Why) -> str:
    if entry.joined_at > why.at:
        return _("%(name)s asked to wait only on %(when)s, after that.") % {"name": name, "when": when(entry.joined_at)}
    return _("%(name)s did not stand on this list then: set aside during a first meeting, or not on it any more.") % {
        "name": name
    }


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
