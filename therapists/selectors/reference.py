"""Reference data as people choose from it: active rows in their order, grouped where a page groups them."""

from itertools import groupby

from django.db.models import QuerySet

from core import clock
from core.models import ReferenceRow
from therapists.models import (
    AccessOption,
    ClientGroup,
    Funder,
    IdentityTag,
    Issue,
    Language,
    Modality,
    SessionFormat,
)


def issues() -> list[Issue]:
    return list(Issue.objects.filter(active=True))


def issues_by_group() -> list[tuple[str, list[Issue]]]:
    """Return (group, issues), groups in the order of their first issue."""
    groups: dict[str, list[Issue]] = {}
    for issue in issues():
        groups.setdefault(issue.group, []).append(issue)
    return list(groups.items())


def modalities_by_family() -> list[tuple[ReferenceRow, list[Modality]]]:
    """Return (family, modalities) in the families' order. One query."""
    rows = Modality.objects.filter(active=True, family__active=True).select_related("family")
    ordered = rows.order_by("family__position", "family__name", "position", "name")
    return [(family, list(group)) for family, group in groupby(ordered, key=lambda row: row.family)]


def languages() -> list[Language]:
    return list(Language.objects.filter(active=True))


def client_groups() -> list[ClientGroup]:
    return list(ClientGroup.objects.filter(active=True))


def identity_tags_by_kind() -> list[tuple[str, list[IdentityTag]]]:
    """Return (kind in words, tags), kinds in the order the model names them."""
    rows = list(IdentityTag.objects.filter(active=True))
    kinds = ((kind.label, [row for row in rows if row.kind == kind]) for kind in IdentityTag.Kind)
    return [(str(label), tags) for label, tags in kinds if tags]


def access_options() -> list[AccessOption]:
    return list(AccessOption.objects.filter(active=True))


def formats() -> list[SessionFormat]:
    return list(SessionFormat.objects.filter(active=True))


def funders_open_to_self_referral(nation: str) -> list[Funder]:
    """Return who may pay for somebody in this nation who refers herself, today."""
    return [row for row in _funders_in_force() if row.open_to_self_referral and row.covers(nation)]


def _funders_in_force() -> QuerySet[Funder]:
    today = clock.today()
    return Funder.objects.filter(active=True, starts_on__lte=today).exclude(ends_on__lt=today)


def funders_in(nation: str) -> list[Funder]:
    """Return who pays for people in this nation today, whoever refers them."""
    return [row for row in _funders_in_force() if row.covers(nation)]
