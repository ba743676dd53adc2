"""Explanations in words that name the thing: "offers evenings on weekdays", "about 5 miles from you".

Codes come from the engine; words are made when a page asks for them, in the reader's language.
"""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

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
        "met": gettext_lazy("offers %(name)s sessions"),
        "partly": gettext_lazy("offers %(name)s sessions, but further away than you asked"),
        "unmet": gettext_lazy("does not offer %(name)s sessions"),
        "out_of_reach": gettext_lazy("offers %(name)s sessions, but not where and when you asked"),
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
        "met": gettext_lazy("has experience with %(name)s"),
        "partly": gettext_lazy("has experience with something else you named, not with %(name)s"),
        "unmet": gettext_lazy("does not name experience with %(name)s"),
    },
    "style": {
        "met": gettext_lazy("works as you like it: %(name)s"),
        "partly": gettext_lazy("is in between about this: %(name)s"),
        "unmet": gettext_lazy("works more the other way than: %(name)s"),
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
        "unmet": gettext_lazy("cannot arrange: %(name)s"),
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

GENDERS: Mapping[str, Promise] = {
    "woman": gettext_lazy("a woman"),
    "man": gettext_lazy("a man"),
    "non_binary": gettext_lazy("non-binary"),
    "self_described": gettext_lazy("somebody who describes their own gender"),
}

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
_COMMON_NOUNS = {"format", "experience"}

# Domain -> the set of reference data that names its values.
_NAMED_IN = {
    "modality": "modality",
    "format": "format",
    "language": "language",
    "experience": "issue",
    "identity": "identity",
    "funding": "funder",
    "access": "access",
    "client_group": "group",
}

RULES: Mapping[str, Promise] = {
    "full_list_closed": gettext_lazy("a place now"),
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
    return slug


def value_words(domain: str, value: str, stated: Stated, book: Book) -> str:
    """Return the name of what was stated; alternatives are joined with "or"."""
    names = [_one(domain, slug, stated, book) for slug in value.split(ALTERNATIVES)]
    if len(names) == 1:
        return names[0]
    return _("%(first)s or %(last)s") % {"first": ", ".join(names[:-1]), "last": names[-1]}


def _one(domain: str, slug: str, stated: Stated, book: Book) -> str:
    if domain == "time":
        return time_words(slug)
    if domain == "gender":
        return str(GENDERS.get(slug, slug))
    if domain == "style":
        first, second = STYLES[slug]
        return str(first if dict(stated.style).get(slug, 1) > 0 else second)
    if domain == "fee":
        return money(stated.fee_ceiling_pence)
    if domain not in _NAMED_IN:
        return slug
    name = book.name(_NAMED_IN[domain], slug)
    return _in_a_sentence(name) if domain in _COMMON_NOUNS else name


def _in_a_sentence(name: str) -> str:
    """Return "Anxiety or worry" as "anxiety or worry"; abbreviations such as OCD stay as they are."""
    return name if name[1:2].isupper() else name[:1].lower() + name[1:]


def reason_words(domain: str, value: str, state: str, stated: Stated, book: Book) -> str:
    """Return the sentence without its subject for a state of a stated item."""
    if domain == "funding" and not value:
        domain = "fee"
    states = WORDS[domain]
    return str(states.get(state, states["unmet"])) % {"name": value_words(domain, value, stated, book)}


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
        return _("within %(miles)s miles") % {"miles": stated.miles}
    if rule == "language_need":
        musts = [wish.value for wish in stated.languages if wish.strength >= 3]
        return ", ".join(value_words("language", value, stated, book) for value in musts)
    if rule == "funding":
        if stated.funder:
            return value_words("funding", stated.funder, stated, book)
        return _("no more than %(amount)s a session") % {"amount": money(stated.fee_ceiling_pence)}
    return str(RULES[rule])
