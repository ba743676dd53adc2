"""Reference data as people choose from it: active rows in their order, grouped where a page groups them.

Kept in the process for settings.REFERENCE_CACHE_SECONDS: every page of the client's journey asks for some of it.
"""

import time
from collections.abc import Callable
from functools import wraps
from itertools import groupby
from typing import TypeVar

from django.conf import settings
from django.utils.functional import Promise

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

Rows = TypeVar("Rows")

# The group of "something else" and "I would rather not say yet": answers of clients, nobody has experience with them.
FOR_CLIENTS_ONLY = "Other"


def kept(read: Callable[[], Rows]) -> Callable[[], Rows]:
    """Keep what `read` returns for settings.REFERENCE_CACHE_SECONDS, in this process."""
    last: dict[str, tuple[float, Rows]] = {}

    @wraps(read)
    def recent() -> Rows:
        now = time.monotonic()
        found = last.get("rows")
        if found is None or now - found[0] >= settings.REFERENCE_CACHE_SECONDS:
            found = last["rows"] = (now, read())
        return found[1]

    return recent


@kept
def issues() -> list[Issue]:
    return list(Issue.objects.filter(active=True))


def issues_by_group() -> list[tuple[str, list[Issue]]]:
    """Return (group, issues), groups in the order of their first issue."""
    groups: dict[str, list[Issue]] = {}
    for issue in issues():
        groups.setdefault(issue.group, []).append(issue)
    return list(groups.items())


@kept
def modalities_by_family() -> list[tuple[ReferenceRow, list[Modality]]]:
    """Return (family, modalities) in the families' order. One query."""
    rows = Modality.objects.filter(active=True, family__active=True).select_related("family")
    ordered = rows.order_by("family__position", "family__name", "position", "name")
    return [(family, list(group)) for family, group in groupby(ordered, key=lambda row: row.family)]


@kept
def languages() -> list[Language]:
    return list(Language.objects.filter(active=True))


@kept
def client_groups() -> list[ClientGroup]:
    return list(ClientGroup.objects.filter(active=True))


@kept
def identity_tags_by_kind() -> list[tuple[Promise | str, list[IdentityTag]]]:
    """Return (kind in words, tags), kinds in the order the model names them."""
    rows = list(IdentityTag.objects.filter(active=True))
    kinds = ((kind.label, [row for row in rows if row.kind == kind]) for kind in IdentityTag.Kind)
    return [(label, tags) for label, tags in kinds if tags]


@kept
def access_options() -> list[AccessOption]:
    return list(AccessOption.objects.filter(active=True))


@kept
def formats() -> list[SessionFormat]:
    return list(SessionFormat.objects.filter(active=True))


def funders_open_to_self_referral(nation: str) -> list[Funder]:
    """Return who may pay for somebody in this nation who refers herself, today."""
    return [row for row in _funders_in_force() if row.open_to_self_referral and row.covers(nation)]


def _funders_in_force() -> list[Funder]:
    today = clock.today()
    return [row for row in _funders() if row.starts_on <= today and (row.ends_on is None or today <= row.ends_on)]


@kept
def _funders() -> list[Funder]:
    return list(Funder.objects.filter(active=True))


def funders_in(nation: str) -> list[Funder]:
    """Return who pays for people in this nation today, whoever refers them."""
    return [row for row in _funders_in_force() if row.covers(nation)]
