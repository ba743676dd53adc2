"""The national register of the demonstration, written in bulk."""

import datetime

from django.db.models import F

from core import clock
from core.copy import copy_rows, first_free_ids, without_triggers
from core.demo import Plan
from core.models import PlacePoint
from therapists.demo import rows as r
from therapists.demo.draw import draw
from therapists.demo.turnover import past_claims
from therapists.models import (
    AccessOption,
    ClientGroup,
    Contract,
    Funder,
    IdentityTag,
    Issue,
    Language,
    Location,
    Modality,
    Place,
    PlaceClaim,
    Register,
    Registration,
    SessionFormat,
    Therapist,
    TherapistIssue,
    TherapistLanguage,
    TherapistModality,
)
from therapists.selectors.reference import FOR_CLIENTS_ONLY
from therapists.services.search import search_reindex

FUNDERS: tuple[tuple[str, str, int, bool, list[str]], ...] = (
    ("community-counselling-fund", "Community Counselling Fund", 8, True, []),
    ("northern-practices", "Northern Practices Partnership", 12, False, ["england"]),
    ("wales-talking-fund", "Wales Talking Fund", 6, True, ["wales"]),
)


def seed_register(plan: Plan) -> None:
    """Add `plan.therapists` therapists with registrations, offers, rooms, places and people in them."""
    funders = seed_funders()
    if not plan.therapists or Therapist.objects.filter(demo=True, user=None).exists():
        return
    plan.tell(f"Drawing {plan.therapists:,} therapists ...")
    ids = {
        "therapist": first_free_ids(Therapist, plan.therapists),
        "location": first_free_ids(Location, plan.therapists),
        "place": first_free_ids(Place, plan.therapists * 7),
    }
    maker = r.RowMaker(draw(plan.therapists, plan.seed), _reference(funders), ids, plan.seed)
    rows = maker.make()
    plan.tell("Writing them down ...")
    with without_triggers():
        _write(rows)
        copy_rows(PlaceClaim, r.CLAIM, past_claims(rows.used, now=maker.now, seed=plan.seed))
    plan.tell("Letting them be found by name ...")
    search_reindex()
    # A change of a register concerns everybody on it: whoever holds the register in memory reads all of it again.
    Register.objects.update(checked_on=F("checked_on"))


def seed_funders() -> list[int]:
    """Add the demonstration's funders and return their primary keys."""
    starts = clock.today() - datetime.timedelta(days=365)
    ids = []
    for bit, (slug, name, sessions, open_to_self, nations) in enumerate(FUNDERS):
        funder, _ = Funder.objects.get_or_create(
            slug=slug,
            defaults={
                "bit": bit,
                "name": name,
                "sessions": sessions,
                "open_to_self_referral": open_to_self,
                "nations": nations,
                "starts_on": starts,
                "source": "demonstration",
            },
        )
        ids.append(funder.pk)
    return ids


def refresh_register() -> None:
    """Let time pass the demonstration by: confirmations and registrations are moved on by whole days."""
    newest = Therapist.objects.filter(demo=True, confirmed_at__isnull=False).order_by("-confirmed_at").first()
    if newest is None or newest.confirmed_at is None:
        return
    days = (clock.now() - newest.confirmed_at).days
    if days < 1:
        return
    passed = datetime.timedelta(days=days)
    Therapist.objects.filter(demo=True).update(confirmed_at=F("confirmed_at") + passed)
    demo = Registration.objects.filter(therapist__demo=True, valid_until__isnull=False)
    demo.update(valid_until=F("valid_until") + passed)


def _reference(funders: list[int]) -> r.Reference:
    areas = PlacePoint.objects.filter(kind=PlacePoint.Kind.AREA)
    return r.Reference(
        registers={row.code: (row.pk, row.grades) for row in Register.objects.all()},
        modalities=_by_slug(Modality),
        issues=list(Issue.objects.exclude(group=FOR_CLIENTS_ONLY).order_by("bit").values_list("pk", flat=True)),
        languages=_by_slug(Language),
        groups=_by_slug(ClientGroup),
        formats=_by_slug(SessionFormat),
        identity=list(IdentityTag.objects.order_by("bit").values_list("pk", flat=True)),
        access=list(AccessOption.objects.order_by("bit").values_list("pk", flat=True)),
        funders=funders,
        areas={point.code: (point.name, point.nation, point.easting, point.northing) for point in areas},
    )


def _by_slug(model: type[Modality | Language | ClientGroup | SessionFormat]) -> dict[str, int]:
    return dict(model.objects.order_by("bit").values_list("slug", "pk"))


def _write(rows: r.Rows) -> None:
    copy_rows(Therapist, r.THERAPIST, rows.therapists)
    copy_rows(Registration, r.REGISTRATION, rows.registrations)
    copy_rows(TherapistModality, ("therapist_id", "modality_id", "training"), rows.modalities)
    copy_rows(TherapistIssue, ("therapist_id", "issue_id"), rows.issues)
    copy_rows(TherapistLanguage, ("therapist_id", "language_id", "level"), rows.languages)
    copy_rows(Therapist.client_groups.through, ("therapist_id", "clientgroup_id"), rows.groups)
    copy_rows(Therapist.formats.through, ("therapist_id", "sessionformat_id"), rows.formats)
    copy_rows(Therapist.identity_tags.through, ("therapist_id", "identitytag_id"), rows.identity)
    copy_rows(Therapist.access_options.through, ("therapist_id", "accessoption_id"), rows.access)
    copy_rows(Location, r.LOCATION, rows.locations)
    copy_rows(Place, r.PLACE, rows.places)
    copy_rows(PlaceClaim, r.CLAIM, rows.claims)
    copy_rows(Contract, ("therapist_id", "funder_id", "starts_on"), rows.contracts)
