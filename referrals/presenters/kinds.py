"""A kind of therapy in words: what is known about it, and how it fits what somebody said."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.words import day
from matching.chooser import Fit, Found
from referrals.presenters.profile import Fact
from therapists.selectors import reference
from therapists.selectors.kinds import Kind, UsualIssue

# (trait, value) -> what the kind is like in that.
LIKE: dict[tuple[str, str], Promise] = {
    ("focus", "now"): gettext_lazy("looks at now and what comes next"),
    ("focus", "past"): gettext_lazy("looks at the past and where things come from"),
    ("practice", "yes"): gettext_lazy("has things to do between meetings"),
    ("practice", "no"): gettext_lazy("can be without things to do between meetings"),
    ("lead", "structured"): gettext_lazy("goes step by step"),
    ("lead", "open"): gettext_lazy("you choose what to talk about"),
    ("time", "short"): gettext_lazy("can be shorter, or has a set number of meetings"),
    ("time", "longer"): gettext_lazy("can take longer"),
    ("company", "alone"): gettext_lazy("can be just you and the therapist"),
    ("company", "group"): gettext_lazy("can be in a group"),
    ("company", "close"): gettext_lazy("people can come with a partner or family"),
    ("way", "talking"): gettext_lazy("is mainly talking"),
    ("way", "making"): gettext_lazy("uses making, music, acting or movement"),
    ("way", "body"): gettext_lazy("uses the body, or becoming very relaxed"),
}
SHOWN_IN_FULL = 2


@dataclass(frozen=True, slots=True)
class Asked:
    """What kinds were compared with: trait -> the value she would like, and the issues she named."""

    wanted: dict[str, str]
    issues: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Why:
    state: str
    mark: str
    label: str
    words: str


@dataclass(frozen=True, slots=True)
class KindCard:
    """A kind to tick. `first`: that a guideline names it first, for an issue she named. `note`: what to know before."""

    id: int
    slug: str
    name: str
    description: str
    url: str
    checked: bool
    note: str = ""
    first: list[str] = field(default_factory=list)
    why: list[Why] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class FamilyCards:
    name: str
    description: str
    cards: list[KindCard]
    more: list[KindCard]

    @property
    def open(self) -> bool:
        """Say whether something folded away is ticked: nothing chosen is hidden."""
        return any(card.checked for card in self.more)


@dataclass(frozen=True, slots=True)
class FoundPage:
    """`others`: kinds she chose before that are not among those found."""

    first: list[KindCard]
    families: list[FamilyCards]
    others: list[KindCard]


def found_page(found: Found, kinds: Iterable[Kind], asked: Asked, ticked: Iterable[str]) -> FoundPage:
    """Return what was found as cards; every kind stands once."""
    known, chosen = {kind.slug: kind for kind in kinds}, set(ticked)

    def card(fit: Fit) -> KindCard:
        return _card(known[fit.slug], fit, asked, chosen)

    first = [card(fit) for fit in found.named_first]
    shown = {one.slug for one in first}
    about = {family.slug: family.description for family, _rows in reference.modalities_by_family()}
    families = []
    for slug, fits in found.families:
        cards = [card(fit) for fit in fits if fit.slug not in shown]
        shown |= {one.slug for one in cards}
        if cards:
            name = known[cards[0].slug].family_name
            families.append(FamilyCards(name, about[slug], cards[:SHOWN_IN_FULL], cards[SHOWN_IN_FULL:]))
    others = [_card(kind, None, asked, chosen) for kind in known.values() if kind.slug in chosen - shown]
    return FoundPage(first, families, others)


def _card(kind: Kind, fit: Fit | None, asked: Asked, chosen: set[str]) -> KindCard:
    return KindCard(
        id=kind.id,
        slug=kind.slug,
        name=kind.name,
        description=kind.description,
        url=reverse("referrals:kind", args=[kind.id]) + "?from=found",
        checked=kind.slug in chosen,
        note=_note(kind),
        first=first_words(issue for issue in kind.usual if issue.slug in asked.issues),
        why=_why(kind, fit, asked) if fit else [],
        facts=facts_of(kind),
    )


def _note(kind: Kind) -> str:
    if kind.traits.get("company") != frozenset({"close"}):
        return ""
    return _("You never have to come with somebody who frightens you. You can see a therapist alone first.")


def _why(kind: Kind, fit: Fit, asked: Asked) -> list[Why]:
    names = {issue.slug: issue.name for issue in kind.usual}
    yes, no = _("Fits:"), _("Different:")
    fits = [_("is often offered for: %(issue)s") % {"issue": names[issue]} for issue in fit.issues]
    fits += [_like(trait, {asked.wanted[trait]}) for trait in fit.fits]
    differs = [_like(trait, kind.traits[trait]) for trait in fit.differs]
    # One line each: eight kinds with five lines were longer than anybody reads. Another way of working is no fault.
    lines = [Why("met", "✓", yes, "; ".join(fits)), Why("beside", "–", no, "; ".join(differs))]
    return [line for line in lines if line.words]


def _like(trait: str, values: Iterable[str]) -> str:
    return _(" or ").join(str(LIKE[trait, value]) for value in sorted(values) if (trait, value) in LIKE)


def first_words(issues: Iterable[UsualIssue]) -> list[str]:
    """Return for which issues a guideline of NICE names the kind first, with number and year."""
    return [
        _(
            "NICE, which advises the NHS, names this among the first choices for: %(issue)s"
            " (guideline %(number)s, %(year)s)."
        )
        % {"issue": issue.name, "number": issue.guideline, "year": issue.year}
        for issue in issues
        if issue.guideline
    ]


def facts_of(kind: Kind) -> list[Fact]:
    """Return what is known about the kind; what is not known is left out."""
    usual = ", ".join(issue.name for issue in kind.usual)
    rows = [
        Fact(_("Between meetings"), [kind.between]),
        Fact(_("How long it takes"), [kind.length]),
        Fact(_("Usually offered for"), [kind.offered_for or usual]),
        Fact(_("What the evidence says"), [kind.evidence]),
    ]
    return [row for row in rows if any(row.lines)]


def checked_words(kind: Kind) -> list[str]:
    """Return where the words come from, and who looked at them when."""
    lines = [_("From: %(sources)s.") % {"sources": "; ".join(kind.sources)}] if kind.sources else []
    if kind.checked_on:
        lines.append(_("Last checked on %(day)s.") % {"day": day(kind.checked_on)})
    if kind.reviewed_by:
        return [*lines, _("Reviewed by %(name)s.") % {"name": kind.reviewed_by}]
    return [*lines, _("A clinician of this service has not reviewed these words yet.")]
