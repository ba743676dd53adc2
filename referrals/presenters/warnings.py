"""What to tell somebody whose answers cannot be used as they stand, before she looks at a list made from them."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from clients.preferences import Stated
from core import geo
from referrals.answers import Answers
from referrals.presenters.relaxing import PAGE_OF
from referrals.presenters.steps import page


@dataclass(frozen=True, slots=True)
class Warning:
    """One trouble in words, and the question where it can be put right."""

    words: str
    url: str


def warnings(answers: Answers, stated: Stated, unknown: Iterable[str]) -> list[Warning]:
    """Return what could not be used. `unknown`: domains in which something stated is on no list."""
    found = [
        Warning(_("Something you chose here is not on our lists any more. Nobody can offer it."), _change(domain))
        for domain in unknown
    ]
    if geo.is_no_fixed_place(answers.postcode):
        words = _(
            "Without a fixed place we cannot tell how far away people are. "
            "The postcode of anywhere you can get to, like a library, is enough."
        )
        found.append(Warning(words, _change("distance")))
    elif answers.postcode and stated.point is None:
        words = _("We do not know where %(postcode)s is, so we could not look at how far away people are.")
        found.append(Warning(words % {"postcode": answers.postcode}, _change("distance")))
    elif answers.distance_must and stated.point is None:
        found.append(Warning(_("You asked for people near you. We need your postcode for that."), _change("distance")))
    return found


def _change(domain: str) -> str:
    return f"{page(PAGE_OF[domain]).url}?change=matches"
