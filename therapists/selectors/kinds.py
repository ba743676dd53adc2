"""Kinds of therapy as people read about them, with the traits that questions about them compare.

Kept in the process as the other lists are: three queries every settings.REFERENCE_CACHE_SECONDS.
"""

import datetime
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from core.models import ReferenceRow
from therapists.models import Modality, ModalityFact, ModalityIssue
from therapists.selectors.reference import kept, modalities_by_family

TRAITS = ("focus", "practice", "lead", "time", "company", "way")


@dataclass(frozen=True, slots=True)
class UsualIssue:
    """An issue the kind is usually offered for; `guideline` and `year` where NICE names it first."""

    slug: str
    name: str
    guideline: str = ""
    year: int | None = None


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of therapy. An empty text or a trait that is missing: not known.

    `traits`: trait -> the values it has. `sources`: where the words come from; `reviewed_by` is "" until somebody did.
    """

    id: int
    slug: str
    name: str
    family: str
    family_name: str
    description: str
    between: str = ""
    length: str = ""
    offered_for: str = ""
    evidence: str = ""
    traits: dict[str, frozenset[str]] = field(default_factory=dict)
    usual: tuple[UsualIssue, ...] = ()
    children_only: bool = False
    sources: tuple[str, ...] = ()
    reviewed_by: str = ""
    checked_on: datetime.date | None = None

    @property
    def issues(self) -> frozenset[str]:
        return frozenset(issue.slug for issue in self.usual)

    @property
    def named_first(self) -> frozenset[str]:
        return frozenset(issue.slug for issue in self.usual if issue.guideline)


@kept
def kinds() -> tuple[Kind, ...]:
    """Return every active kind, families in their order."""
    facts = {fact.modality_id: fact for fact in ModalityFact.objects.filter(active=True)}
    usual: dict[int, list[ModalityIssue]] = defaultdict(list)
    rows = ModalityIssue.objects.filter(active=True, issue__active=True).select_related("issue")
    for row in rows.order_by("issue__position", "issue__name"):
        usual[row.modality_id].append(row)
    return tuple(
        _kind(modality, family, facts.get(modality.pk), usual[modality.pk])
        for family, modalities in modalities_by_family()
        for modality in modalities
    )


@kept
def kind_ids() -> dict[str, int]:
    """Return slug -> id of every active kind. One query."""
    return dict(Modality.objects.filter(active=True, family__active=True).values_list("slug", "pk"))


def kind(pk: int) -> Kind | None:
    """Return one active kind."""
    return next((row for row in kinds() if row.id == pk), None)


def _kind(modality: Modality, family: ReferenceRow, fact: ModalityFact | None, usual: list[ModalityIssue]) -> Kind:
    named: dict[str, Any] = {
        "id": modality.pk,
        "slug": modality.slug,
        "name": modality.name,
        "family": family.slug,
        "family_name": family.name,
        "description": modality.description,
        "usual": tuple(UsualIssue(row.issue.slug, row.issue.name, row.guideline, row.year) for row in usual),
    }
    own = [row.source for row in usual]
    if fact is None:
        return Kind(**named, sources=_told_once(own))
    return Kind(
        **named,
        between=fact.between,
        length=fact.length,
        offered_for=fact.offered_for,
        evidence=fact.evidence,
        traits={name: frozenset(getattr(fact, name).split()) for name in TRAITS if getattr(fact, name)},
        children_only=fact.children_only,
        sources=_told_once([fact.source, *own]),
        reviewed_by=fact.reviewed_by,
        checked_on=fact.checked_on,
    )


def _told_once(sources: list[str]) -> tuple[str, ...]:
    """Return each source once, without the mark that says which rows the files speak for."""
    parts = (part for text in sources for part in text.removeprefix("Rapport list:").split(";"))
    return tuple(dict.fromkeys(part.strip() for part in parts if part.strip()))
