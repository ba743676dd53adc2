"""The history of weights: which set is in force, what each changed, which lists were made with it."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from matching.engine.plan import DOMAINS
from matching.models import MatchRun, WeightSet

DOMAIN_WORDS: Mapping[str, Promise] = {
    "modality": _("Type of therapy"),
    "time": _("Appointment times"),
    "format": _("Place and format"),
    "gender": _("Therapist's gender"),
    "language": _("Language as a wish"),
    "experience": _("Experience with the issue"),
    "style": _("Way of working"),
    "identity": _("Identity, faith, culture, lived experience"),
}


@dataclass(frozen=True)
class Change:
    """`before` is None in the first set of all."""

    domain: str
    words: str
    before: int | None
    after: int


def weights_in_force() -> WeightSet | None:
    return WeightSet.objects.first()


def weight_sets_with_history() -> QuerySet[WeightSet]:
    """Return the sets, newest first, each with `weights_before` (the replaced set's) and `runs` (lists made)."""
    earlier = Q(created_at__lt=OuterRef("created_at")) | Q(created_at=OuterRef("created_at"), pk__lt=OuterRef("pk"))
    runs = MatchRun.objects.filter(weight_set=OuterRef("pk")).order_by().values("weight_set").annotate(n=Count("pk"))
    return WeightSet.objects.annotate(
        weights_before=Subquery(WeightSet.objects.filter(earlier).values("weights")[:1]),
        runs=Subquery(runs.values("n")),
    )


def weight_changes(row: WeightSet, before: Mapping[str, int] | None) -> list[Change]:
    """Return what a set changed against the one before it; all of it where there was none."""
    return [
        Change(domain, str(DOMAIN_WORDS[domain]), None if before is None else before.get(domain), row.weights[domain])
        for domain in DOMAINS
        if before is None or before.get(domain) != row.weights[domain]
    ]
