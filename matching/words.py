"""Explanations in words that name the thing: "offers evenings on weekdays", "about 5 miles from you".

Codes come from the engine; words are made when a page asks for them, in the reader's language.
"""

from collections.abc import Callable, Iterable, Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from clients.preferences import ALTERNATIVES, Stated
from core.geo import distance_words
from matching.engine.columns import Book
from therapists.words import DAYS, money

# Domain -> state -> words. "%(name)s" is the thing itself, as the reference data names it.
WORDS: Mapping[str, Mapping[str, Promise]] = {
    "modality": {
        "met": gettext_lazy("offers %(name)s"),
        "partly": gettext_lazy("offers something close to %(name)s"),
        "unmet": gettext_lazy("does not offer %(name)s"),
    },
    "time": {
        "met": gettext_lazy("offers %(name)s"),
        "unmet": gettext_lazy("does not offer %(name)s"),
    },
    "format": {
        "met": gettext_lazy("offers %(name)s"),
        "partly": gettext_lazy("offers %(name)s, but further away than you asked"),
        "unmet": gettext_lazy("does not offer %(name)s"),
        "out_of_reach": gettext_lazy("offers %(name)s, but not where and when you asked"),
    },
    "gender": {
        "met": gettext_lazy("is %(name)s, as you asked"),
        "unmet": gettext_lazy("is not %(name)s"),
        "not_stated": gettext_lazy("has not said their gender"),
    },
    "language": {
        "met": gettext_lazy("can hold therapy in %(name)s"),
        "unmet": gettext_lazy("does not offer therapy in %(name)s"),
    },
    "experience": {
        "met": gettext_lazy("has experience with this: %(name)s"),
        "partly": gettext_lazy("has experience with something else you named, but not with this: %(name)s"),
        "unmet": gettext_lazy("does not name experience with this: %(name)s"),
    },
    "style": {
        "met": gettext_lazy("works as you like it: %(name)s"),
        "partly": gettext_lazy("is in between about this: %(name)s"),
        "unmet": gettext_lazy("works the other way: %(name)s"),
        "not_stated": gettext_lazy("has not said anything about this: %(name)s"),
    },
    "identity": {
        "met": gettext_lazy("says about themselves: %(name)s"),
        "unmet": gettext_lazy("does not say about themselves: %(name)s"),
        "not_stated": gettext_lazy("has not said anything about this: %(name)s"),
    },
    "funding": {
        "met": gettext_lazy("%(name)s pays"),
        "unmet": gettext_lazy("%(name)s does not pay for this therapist"),
    },
    "fee": {
        "met": gettext_lazy("costs no more than %(name)s a session"),
        "unmet": gettext_lazy("costs more than %(name)s a session"),
        "unknown": gettext_lazy("has not said what a session costs"),
    },
    "access": {
        "met": gettext_lazy("can arrange: %(name)s"),
        "unmet": gettext_lazy("does not say that they can arrange: %(name)s"),
    },
    "client_group": {
        "met": gettext_lazy("works with: %(name)s"),
        "unmet": gettext_lazy("does not say that they work with: %(name)s"),
    },
    "step_free": {
        "met": gettext_lazy("has a room without steps"),
        "unmet": gettext_lazy("has steps"),
        "unknown": gettext_lazy("has not said whether there are steps"),
    },
}

# Domain -> those who do what somebody else does not. Follows "comes after others who ...".
OTHERS: Mapping[str, Promise] = {
    "modality": gettext_lazy("others who offer %(name)s"),
    "time": gettext_lazy("others who offer %(name)s"),
    "format": gettext_lazy("others who offer %(name)s where and when you asked"),
    "gender": gettext_lazy("others who are %(name)s"),
    "language": gettext_lazy("others who can hold therapy in %(name)s"),
    "experience": gettext_lazy("others who have experience with this: %(name)s"),
    "style": gettext_lazy("others of whom this is true: %(name)s"),
    "identity": gettext_lazy("others who say about themselves: %(name)s"),
}

GENDERS: Mapping[str, Promise] = {
    "woman": gettext_lazy("a woman"),
    "man": gettext_lazy("a man"),
    "non_binary": gettext_lazy("non-binary"),
    "self_described": gettext_lazy("somebody who describes their own gender"),
}

SEVERAL_OF_A_GENDER: Mapping[str, Promise] = {
    "woman": gettext_lazy("women"),
    "man": gettext_lazy("men"),
    "non_binary": gettext_lazy("non-binary"),
    "self_described": gettext_lazy("people who describe their own gender"),
}

# How people meet, as what is offered. What the reference data adds later stands behind the word "sessions".
FORMATS: Mapping[str, Promise] = {
    "in-person": gettext_lazy("sessions in person"),
    "video": gettext_lazy("video sessions"),
    "phone": gettext_lazy("telephone sessions"),
    "live-chat": gettext_lazy("sessions by live text chat"),
    "email": gettext_lazy("sessions by e-mail"),
    "walk-and-talk": gettext_lazy("walk and talk sessions"),
    "home-visit": gettext_lazy("home visits"),
    "group": gettext_lazy("sessions in a group"),
    "couple": gettext_lazy("sessions as a couple"),
    "family": gettext_lazy("sessions as a family"),
}

# An old draft, or an address somebody made up, may name what the lists do not hold.
NOT_LISTED_ANY_MORE = gettext_lazy("something that is not on our lists")

# Scale -> (the side +1, the side -1), as a client reads them.
STYLES: Mapping[str, tuple[Promise, Promise]] = {
    "directive": (gettext_lazy("gives structure and things to try"), gettext_lazy("lets you lead")),
    "emotional": (gettext_lazy("goes towards strong feelings"), gettext_lazy("keeps feelings manageable")),
    "past": (gettext_lazy("looks at the past"), gettext_lazy("looks at now and what comes next")),
    "warm": (gettext_lazy("is warm and encouraging"), gettext_lazy("challenges you")),
}

_PARTS = (
    ("-morning", gettext_lazy("%(when)s mornings"), gettext_lazy("mornings on %(when)s")),
    ("-afternoon", gettext_lazy("%(when)s afternoons"), gettext_lazy("afternoons on %(when)s")),
    ("-evening", gettext_lazy("%(when)s evenings"), gettext_lazy("evenings on %(when)s")),
)
_SPANS: Mapping[str, Promise] = {"weekday": gettext_lazy("weekdays"), "weekend": gettext_lazy("weekends")}
_DAY_SLUGS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

# Their names are common words: in the middle of a sentence they start small.
_COMMON_NOUNS = {"experience"}

# Domain -> the set of reference data that names its values.
_NAMED_IN = {
    "modality": "modality",
    "language": "language",
    "experience": "issue",
    "identity": "identity",
    "funding": "funder",
    "access": "access",
    "client_group": "group",
}

RULES: Mapping[str, Promise] = {
    "full_list_closed": gettext_lazy("a place now, or a waiting list"),
    "excluded": gettext_lazy("people you do not want to see"),
    "client_group": gettext_lazy("experience with people like you"),
    "access": gettext_lazy("what you need to take part"),
    "not_taking": gettext_lazy("not taking new requests just now"),
}


def time_words(slug: str) -> str:
    """Return "Monday evenings" or "evenings on weekdays" for a stated time."""
    for ending, of_day, of_span in _PARTS:
        if slug.endswith(ending):
            when = slug.removesuffix(ending)
            if when in _SPANS:
                return str(of_span) % {"when": _SPANS[when]}
            if when in _DAY_SLUGS:
                return str(of_day) % {"when": DAYS[_DAY_SLUGS.index(when)]}
    return str(NOT_LISTED_ANY_MORE)


def value_words(domain: str, value: str, stated: Stated, book: Book) -> str:
    """Return the name of what was stated; alternatives are joined with "or"."""
    return _any([_one(domain, slug, stated, book) for slug in value.split(ALTERNATIVES)])


def _any(names: Iterable[str]) -> str:
    """Return "a", "a or b", "a, b or c". Whatever is named twice is said once."""
    *first, last = dict.fromkeys(names)
    return _("%(first)s or %(last)s") % {"first": ", ".join(first), "last": last} if first else last


def _one(domain: str, slug: str, stated: Stated, book: Book) -> str:
    if domain in _NAMED_IN:
        name = _listed(_NAMED_IN[domain], slug, book)
        return _in_a_sentence(name) if domain in _COMMON_NOUNS else name
    named: Mapping[str, Callable[[], str]] = {
        "time": lambda: time_words(slug),
        "gender": lambda: str(GENDERS.get(slug, NOT_LISTED_ANY_MORE)),
        "style": lambda: _side(slug, stated),
        "fee": lambda: money(stated.fee_ceiling_pence),
        "format": lambda: _format(slug, book),
    }
    return named[domain]() if domain in named else ""


def _side(scale: str, stated: Stated, *, of: int = 1) -> str:
    """Return the side of a scale she would like, or with `of` -1 the other one."""
    first, second = STYLES.get(scale, (NOT_LISTED_ANY_MORE, NOT_LISTED_ANY_MORE))
    return str(first if dict(stated.style).get(scale, 1) * of > 0 else second)


def _listed(kind: str, slug: str, book: Book) -> str:
    """Return the name that a list gives a slug. A slug that it does not hold is no word for anybody."""
    return book.name(kind, slug) if book.mask(kind, slug) else str(NOT_LISTED_ANY_MORE)


def _format(slug: str, book: Book) -> str:
    if slug in FORMATS:
        return str(FORMATS[slug])
    return _("sessions: %(name)s") % {"name": _listed("format", slug, book)}


def _in_a_sentence(name: str) -> str:
    """Return "Anxiety or worry" as "anxiety or worry"; abbreviations such as OCD stay as they are."""
    return name if name[1:2].isupper() else name[:1].lower() + name[1:]


def reason_words(domain: str, value: str, state: str, stated: Stated, book: Book) -> str:
    """Return the sentence without its subject for a state of a stated item."""
    if domain == "funding" and not value:
        domain = "fee"
    states = WORDS[domain]
    name = value_words(domain, value, stated, book)
    if (domain, state) == ("style", "unmet"):
        name = _any(_side(scale, stated, of=-1) for scale in value.split(ALTERNATIVES))
    return str(states.get(state, states["unmet"])) % {"name": name}


def others_words(domain: str, value: str, stated: Stated, book: Book) -> str:
    """Return whoever does better on a stated wish: "others who offer evenings on weekdays"."""
    name = value_words(domain, value, stated, book)
    if domain == "gender":
        slugs = value.split(ALTERNATIVES)
        name = _any(str(SEVERAL_OF_A_GENDER.get(slug, NOT_LISTED_ANY_MORE)) for slug in slugs)
    return str(OTHERS[domain]) % {"name": name}


def where_words(metres: int | None, about: bool, state: str) -> str:
    """Return how far away somebody is, and whether that is further than was asked."""
    if metres is None:
        return _("does not meet in person near you")
    far = _("%(distance)s from you") % {"distance": distance_words(metres, about)}
    return far if state == "met" else _("%(far)s, further than you asked") % {"far": far}


def rule_words(rule: str, stated: Stated, book: Book) -> str:
    """Return a hard rule as the thing it asks for: "EMDR", "evenings on weekdays", "within 10 miles"."""
    if rule.startswith("must:"):
        _must, domain, value = rule.split(":", 2)
        return value_words(domain, value, stated, book)
    if rule == "distance":
        miles = stated.miles or 0
        return ngettext("within %(miles)d mile", "within %(miles)d miles", miles) % {"miles": miles}
    if rule == "language_need":
        musts = [wish.value for wish in stated.languages if wish.strength >= 3]
        return ", ".join(value_words("language", value, stated, book) for value in musts)
    if rule == "funding":
        if stated.funder:
            return value_words("funding", stated.funder, stated, book)
        return _("no more than %(amount)s a session") % {"amount": money(stated.fee_ceiling_pence)}
    return str(RULES[rule])
