"""Names of therapists, for pages that already know whom they mean."""

from collections.abc import Iterable

from therapists.models import Therapist


def names_of(ids: Iterable[int]) -> dict[int, str]:
    """Return display names by pk, listed or not; unknown ids are left out."""
    return dict(Therapist.objects.filter(pk__in=list(ids)).values_list("pk", "display_name"))
