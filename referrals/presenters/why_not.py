"""Where somebody whom a person looks at stands in her list, and why not higher: her own needs and wishes, nothing else.

Whatever is none of her business (no place, somebody's safety, a coordinator's reason) reads "not taking new requests".
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from clients.preferences import Stated, Strength
from matching.services.ranking import NOT_TAKING, Ranking, Reason, Why
from referrals.presenters.relaxing import PAGE_OF, domain_of
from referrals.presenters.steps import page
from referrals.presenters.widening import capital

# A rule -> the domains of the reasons that tell how somebody fails it.
TOLD_BY = {
    "access": ("access", "step_free"),
    "client_group": ("client_group",),
    "funding": ("funding",),
    "distance": ("distance",),
    "language_need": ("language",),
}
# Places in the list that are worth a word.
FIRST = (3, 10, 20)


@dataclass(frozen=True, slots=True)
class Point:
    """One thing, and where the answer behind it can be changed; `url` is "" where it cannot."""

    words: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class WhyNot:
    """`place`: where she stands, for whoever fits. `out`: needs she fails. `lower`: wishes that put others first."""

    place: str = ""
    not_taking: bool = False
    out: list[Point] = field(default_factory=list)
    lower: list[Point] = field(default_factory=list)


def why_not(why: Why, ranking: Ranking, stated: Stated, *, can_change: bool) -> WhyNot:
    """Explain where one therapist stands. `ranking`: the first of the list; `can_change`: answers can still change."""
    own = [rule for rule in why.failed if rule != NOT_TAKING]
    paid = bool(stated.funder)
    return WhyNot(
        place=_place(why, ranking) if why.eligible else "",
        not_taking=NOT_TAKING in why.failed,
        out=[
            Point(words, _change("fee" if rule == "funding" and not paid else domain_of(rule), can_change))
            for rule in own
            for words in _failing(rule, why.row.reasons, stated)
        ],
        lower=[
            Point(capital(_("comes after %(others)s.") % {"others": others}), _change(key.split(":")[0], can_change))
            for key, others in (_lower(why, ranking) if why.eligible else ())
        ],
    )


def _place(why: Why, ranking: Ranking) -> str:
    ids = [row.therapist_id for row in ranking.rows]
    total = {"total": f"{ranking.eligible:,}"}
    if ranking.eligible == 1:
        return _("Fits everything you need, as the only one.")
    at = ids.index(why.row.therapist_id) + 1 if why.row.therapist_id in ids else None
    among = next((first for first in FIRST if at is not None and at <= first < ranking.eligible), None)
    if among is None:
        return _("Fits everything you need. %(total)s people do.") % total
    return _("Fits everything you need: among the first %(first)d of %(total)s people.") % {**total, "first": among}


def _failing(rule: str, reasons: Iterable[Reason], stated: Stated) -> list[str]:
    """Return how she fails a need. Each part may hold by itself and yet not together with another, in one room."""
    if rule == "excluded":
        return [_("You asked us to leave this person out.")]
    told = [reason for reason in reasons if _tells(reason, rule, stated)]
    need = {"need": _need(rule, stated)}
    said = [_("%(what)s. %(need)s") % {**need, "what": capital(r.words)} for r in told if r.state != "met"]
    if said:
        return said
    names = [_("%(what)s, but not together with everything else you need.") % {"what": capital(r.words)} for r in told]
    return names or [_("Does not have everything you need in one place.")]


def _need(rule: str, stated: Stated) -> str:
    if rule == "funding":
        return _("You said it pays for you.") if stated.funder else _("That is more than you said you can pay.")
    if rule == "distance":
        return _("That is further than you said you can go.")
    return _("You said you need this.")


def _tells(reason: Reason, rule: str, stated: Stated) -> bool:
    if rule.startswith("must:"):
        return reason.item_key == rule.removeprefix("must:")
    if rule == "language_need":
        return reason.value in {wish.value for wish in stated.languages if wish.strength >= Strength.MUST}
    return reason.domain in TOLD_BY.get(rule, ())


def _lower(why: Why, ranking: Ranking) -> list[tuple[str, str]]:
    """Return the wishes that people before her grant and she does not: (key, whoever grants it).

    Nothing is to be said about how high somebody stands who is not in the list.
    """
    before = [row for row in ranking.rows if row.band > why.row.band]
    granted = {reason.item_key for row in before for reason in row.reasons if reason.state == "met"}
    return [(key, words) for key, words in why.others.items() if key in granted]


def _change(domain: str, can_change: bool) -> str:
    slug = "most" if domain == "fee" else PAGE_OF.get(domain, "")
    return f"{page(slug).url}?change=matches" if slug and can_change else ""
