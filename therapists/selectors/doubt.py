"""Who may not be listed any more, found cheaply: a first sieve before standing is judged.

Everybody whom `therapists.selectors.standing` would not list for the moment, or for good, is in it; whoever is in it is
judged there.
"""

import datetime
from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q, QuerySet

from core.clock import LONDON
from therapists.models import Register, Registration, Therapist
from therapists.selectors.standing import CONFIRMATION_LASTS, UNANSWERED_LIMIT

_STATUS = Registration.Status
# The same words as the partial index of registrations in question.
IN_QUESTION = (
    Q(status__in=["suspended", "removed"])
    | ~Q(contradiction="")
    | Q(status="sanction", sanction_reviewed_at__isnull=True)
)


def doubted(rows: QuerySet[Therapist], *, now: datetime.datetime) -> QuerySet[Therapist]:
    """Keep those of whom a column or a registration says that they may not be listed."""
    today = now.astimezone(LONDON).date()
    held = Registration.objects.filter(therapist=OuterRef("pk"))
    good = held.filter(
        status__in=[_STATUS.ACTIVE, _STATUS.SANCTION],
        valid_until__gte=today,
        register__in=Register.objects.filter(active=True, accreditation=Register.Accreditation.VALID)
        .exclude(accredited_from__gt=today)
        .exclude(accredited_until__lt=today),
    )
    return rows.filter(_by_columns(now) | Exists(held.filter(IN_QUESTION)) | ~Exists(good))


def doubted_at_once(*, now: datetime.datetime) -> set[int]:
    """Return therapists for whom somebody waits and of whom something was said that counts at once: by herself, by
    silence, or by a register. What only a passing date says is left out. Each look is by an index.
    """
    waited_for = Therapist.objects.filter(list_entries__gt=0).order_by()
    found = set(waited_for.filter(confirmed_at__lt=now - CONFIRMATION_LASTS).values_list("pk", flat=True))
    found |= set(waited_for.filter(paused=True).values_list("pk", flat=True))
    found |= set(waited_for.filter(unanswered_in_a_row__gte=UNANSWERED_LIMIT).values_list("pk", flat=True))
    today = now.astimezone(LONDON).date()
    found |= set(waited_for.filter(away_from__lte=today, away_until__gte=today).values_list("pk", flat=True))
    questioned = Registration.objects.filter(IN_QUESTION, therapist__list_entries__gt=0).order_by()
    return found | set(questioned.values_list("therapist_id", flat=True))


def in_question(ids: Iterable[int]) -> set[int]:
    """Return which of these have a registration in question."""
    rows = Registration.objects.filter(IN_QUESTION, therapist__in=list(ids)).order_by()
    return set(rows.values_list("therapist_id", flat=True))


def _by_columns(now: datetime.datetime) -> Q:
    today = now.astimezone(LONDON).date()
    return (
        Q(paused=True)
        | Q(away_from__lte=today, away_until__gte=today)
        | Q(profile_verified_at__isnull=True)
        | Q(confirmed_at__isnull=True)
        | Q(confirmed_at__lt=now - CONFIRMATION_LASTS)
        | Q(unanswered_in_a_row__gte=UNANSWERED_LIMIT)
        | Q(monthly_limit__isnull=False)
    )
