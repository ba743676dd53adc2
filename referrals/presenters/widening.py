"""What each thing somebody needs leaves out, and what easing it would give: in words, with a button each."""

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from referrals.answers import Answers
from referrals.presenters.relaxing import PAGE_OF, can_ease, domain_of
from referrals.presenters.steps import page


@dataclass(frozen=True, slots=True)
class Rule:
    """`easy`: one tap may ease it; otherwise `change_url` leads to the question."""

    keys: tuple[str, ...]
    label: str
    removes: str = ""
    gain: str = ""
    easy: bool = False
    change_url: str = ""

    @property
    def key(self) -> str:
        return self.keys[0]


@dataclass(frozen=True, slots=True)
class Widening:
    single: list[Rule] = field(default_factory=list)
    pair: Rule | None = None


def widening(widen: Any, answers: Answers) -> Widening:
    """Return what matching found, in words. Rules that leave nobody out are not worth a line."""
    single = [_rule(relax, widen.soonest_now, answers) for relax in widen.rules if relax.removes]
    best = widen.best_pair
    pair = _rule(best, widen.soonest_now, answers) if best is not None and best.gain else None
    return Widening(single, pair if pair is not None and pair.easy else None)


def _rule(relax: Any, soonest_now: int | None, answers: Answers) -> Rule:
    removes = ngettext("This leaves out %(count)s person.", "This leaves out %(count)s people.", relax.removes) % {
        "count": f"{relax.removes:,}"
    }
    rules = tuple(relax.rules)
    slug = PAGE_OF.get(domain_of(rules[0]), "")
    return Rule(
        keys=rules,
        label=capital(str(relax.words)),
        removes=removes,
        gain=_gain(relax, soonest_now),
        easy=all(can_ease(rule, answers) for rule in rules),
        change_url=f"{page(slug).url}?change=matches" if slug else "",
    )


def _gain(relax: Any, soonest_now: int | None) -> str:
    if not relax.gain:
        return ""
    if len(relax.rules) > 1:
        gain = ngettext("Without both: %(count)s person more.", "Without both: %(count)s people more.", relax.gain)
    else:
        gain = ngettext("Without it: %(count)s person more.", "Without it: %(count)s people more.", relax.gain)
    gain = gain % {"count": f"{relax.gain:,}"}
    earlier = (soonest_now or 0) - (relax.soonest_weeks or 0)
    if soonest_now is not None and relax.soonest_weeks is not None and earlier > 0:
        weeks = {"weeks": earlier}
        gain += (
            " "
            + ngettext("The soonest is %(weeks)d week earlier.", "The soonest is %(weeks)d weeks earlier.", earlier)
            % weeks
        )
    return gain


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def heading(total: int) -> str:
    if not total:
        return _("Nobody fits everything yet")
    return ngettext("%(count)s person fits", "%(count)s people fit", total) % {"count": f"{total:,}"}
