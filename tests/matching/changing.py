"""Everything that can change what ranking reads, as random commits on a small register."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from django.db import transaction

from core import actors
from matching.engine.plan import DOMAINS
from matching.models import WaitForecast
from matching.services.weights import weight_set_add
from tests.matching.database import Rows, store_forecast, store_lists, store_person
from tests.matching.world import NOON, TODAY, maybe_not, random_forecast, random_hours, random_moment, random_person
from therapists import models as m

LINK_SETS = {"client_groups": "group", "identity_tags": "tag", "access_options": "access", "formats": "format"}


@dataclass
class Scene:
    """A register in the tables, and who is in it. `done` counts each kind of change made."""

    random: Random
    lists: dict[str, Rows] = field(default_factory=store_lists)
    ids: list[int] = field(default_factory=list)
    done: dict[str, int] = field(default_factory=dict)
    _next: int = 0

    def newcomer(self) -> None:
        self._next += 1
        store_person(random_person(self.random, self._next), self.lists)
        self.ids.append(self._next)

    def somebody(self) -> m.Therapist:
        return m.Therapist.objects.get(pk=self.random.choice(self.ids))

    def some(self, name: str, most: int = 3) -> list[Any]:
        rows = list(self.lists[name].values())
        return self.random.sample(rows, self.random.randint(0, min(most, len(rows))))

    def change(self) -> str:
        """Commit, or roll back, one random change; return its kind."""
        kind = self.random.choice(list(KINDS))
        self.done[kind] = self.done.get(kind, 0) + 1
        KINDS[kind](self)
        return kind


def profile(scene: Scene) -> None:
    random = scene.random
    values: dict[str, Any] = {
        "paused": random.random() < 0.3,
        "fee_pence": random.choice([None, 4_000, 6_000]),
        "gender": random.choice(["", "woman", "man"]),
        "online_hours": random_hours(random),
        "style_warm": random.choice([None, -2, 0, 3]),
        "monthly_limit": random.choice([None, 0, 2]),
        "new_people_month": random.choice(["", "2026-11"]),
        "new_people_count": random.randint(0, 3),
        "unanswered_in_a_row": random.choice([0, 1, 2]),
        "offerable_entries": random.choice([0, 1]),
        "list_limit": random.choice([0, 2]),
        "list_closed": random.random() < 0.3,
        "list_entries": random.choice([0, 1, 2]),
        "profile_verified_at": random.choice([NOON, NOON, None]),
        "confirmed_at": random_moment(random) - dt.timedelta(days=random.choice([1, 14])),
    }
    chosen = random.sample(sorted(values), random.randint(1, 3))
    m.Therapist.objects.filter(pk=scene.somebody().pk).update(**{name: values[name] for name in chosen})


def links(scene: Scene) -> None:
    name, of = scene.random.choice(sorted(LINK_SETS.items()))
    getattr(scene.somebody(), name).set(scene.some(of))


def approaches(scene: Scene) -> None:
    therapist = scene.somebody()
    therapist.modality_links.all().delete()
    m.TherapistModality.objects.bulk_create(
        m.TherapistModality(therapist=therapist, modality=row) for row in scene.some("modality")
    )
    therapist.issue_links.all().delete()
    for row in scene.some("issue"):
        therapist.issue_links.create(issue=row)


def languages(scene: Scene) -> None:
    scene.somebody().language_links.update(level=scene.random.choice(["fluent", "conversational"]))


def places(scene: Scene) -> None:
    random, therapist = scene.random, scene.somebody()
    found = therapist.places.order_by("pk").first()
    if found is None or random.random() < 0.3:
        therapist.places.create(available_from=TODAY, created_at=NOON, day=random.choice([None, 2]))
        return
    values = random.choice(
        [{"closed_at": NOON}, {"closed_at": None}, {"available_from": None}, {"time": dt.time(9)}, {"day": 4}]
    )
    m.Place.objects.filter(pk=found.pk).update(**values)


def claims(scene: Scene) -> None:
    random = scene.random
    place = m.Place.objects.filter(therapist=scene.somebody()).order_by("?").first()
    if place is None:
        return
    place.claims.filter(released_at=None).update(released_at=NOON)
    claim = {"holder_type": "offer", "holder_id": place.pk, "opened_at": NOON}
    match random.choice(["hold", "occupied", "released"]):
        case "hold":
            place.claims.create(kind="hold", expires_at=random_moment(random), **claim)
        case "occupied":
            place.claims.create(kind="occupied", **claim)


def registrations(scene: Scene) -> None:
    random = scene.random
    of = m.Registration.objects.filter(therapist=scene.somebody())
    values: dict[str, Any] = random.choice(
        [
            {"status": random.choice(m.Registration.Status.values)},
            {"status": "active", "contradiction": ""},
            {"valid_until": TODAY + dt.timedelta(days=random.choice([-1, 0, 200]))},
            {"contradiction": "two names"},
            {"sanction_reviewed_at": NOON},
            {"therapist": scene.somebody()},
            {"therapist": None},
            {"register": scene.random.choice(list(scene.lists["register"].values()))},
        ]
    )
    for row in of[:1]:
        number = f"{row.number}-{row.pk}-{random.random()}"
        m.Registration.objects.filter(pk=row.pk).update(number=number[:40], **values)


def forecasts(scene: Scene) -> None:
    """A night's run writes one anew, or has nothing to say of her any more."""
    therapist = scene.somebody()
    WaitForecast.objects.filter(therapist=therapist).delete()
    if not maybe_not(scene.random, 0.3):
        store_forecast(therapist.pk, random_forecast(scene.random, therapist.places.filter(closed_at=None).count()))
    WaitForecast.objects.filter(therapist=scene.somebody()).update(median_weeks=[scene.random.choice([1, 3])])


def contracts(scene: Scene) -> None:
    therapist = scene.somebody()
    therapist.contracts.all().delete()
    for funder in scene.some("funder"):
        ends = scene.random.choice([None, TODAY, TODAY + dt.timedelta(9)])
        therapist.contracts.create(funder=funder, starts_on=TODAY - dt.timedelta(9), ends_on=ends)


def locations(scene: Scene) -> None:
    random, therapist = scene.random, scene.somebody()
    if not therapist.locations.exists():
        room = {"name": "Room", "postcode": "LS1 4AP", "easting": 530_000, "northing": 181_000, "precision_m": 10}
        therapist.locations.create(id=therapist.pk * 10 + 9, **room)
    therapist.locations.update(
        hours=random_hours(random),
        active=random.random() < 0.8,
        easting=530_000 + random.randint(-20, 20) * 1_000,
        step_free=random.choice([True, False, None]),
    )


def reference_rows(scene: Scene) -> None:
    random, lists = scene.random, scene.lists
    match random.choice(["register", "family", "funder", "format", "group", "kind"]):
        case "register":
            state = random.choice(["valid", "valid", "withdrawn"])
            m.Register.objects.filter(code="good").update(accreditation=state)
        case "family":
            family = random.choice(list(lists["family"].values()))
            m.Modality.objects.filter(slug="emdr").update(family=family)
        case "funder":
            m.Funder.objects.filter(slug="insurer").update(ends_on=random.choice([None, TODAY - dt.timedelta(1)]))
        case "format":
            m.SessionFormat.objects.filter(slug="walk-and-talk").update(in_person=random.random() < 0.5)
        case "group":
            m.ClientGroup.objects.filter(slug="couples").update(required=random.random() < 0.5)
        case _:
            m.IdentityTag.objects.filter(slug="lgbtq").update(kind=random.choice(["identity", "culture"]))


def weights(scene: Scene) -> None:
    new = {domain: scene.random.choice([0, 500, 2900]) for domain in DOMAINS}
    weight_set_add(preset="", weights=new, reason="a test", actor=actors.system("test"))


def newcomers(scene: Scene) -> None:
    scene.newcomer()


def deletes(scene: Scene) -> None:
    """She goes with all that refers to her, in one transaction."""
    if len(scene.ids) < 10:
        return
    pk = scene.random.choice(scene.ids)
    with transaction.atomic():
        WaitForecast.objects.filter(therapist=pk).delete()
        m.PlaceClaim.objects.filter(place__therapist=pk).delete()
        m.Place.objects.filter(therapist=pk).delete()
        m.Registration.objects.filter(therapist=pk).delete()
        m.Therapist.objects.filter(pk=pk).delete()
    scene.ids.remove(pk)


PLAIN: dict[str, Callable[[Scene], None]] = {
    each.__name__: each
    for each in (
        profile, links, approaches, languages, places, claims, registrations, forecasts, contracts, locations,
        reference_rows, weights,
    )
}  # fmt: skip


def _some_of(scene: Scene) -> None:
    for _ in range(scene.random.randint(1, 3)):
        PLAIN[scene.random.choice(sorted(PLAIN))](scene)


def together(scene: Scene) -> None:
    with transaction.atomic():
        _some_of(scene)


def rollbacks(scene: Scene) -> None:
    with transaction.atomic():
        _some_of(scene)
        transaction.set_rollback(True)


def savepoints(scene: Scene) -> None:
    with transaction.atomic():
        _some_of(scene)
        with transaction.atomic():
            _some_of(scene)
            transaction.set_rollback(maybe_not(scene.random, 0.7))
        _some_of(scene)


KINDS: dict[str, Callable[[Scene], None]] = {
    **PLAIN,
    "newcomers": newcomers,
    "deletes": deletes,
    "together": together,
    "rollbacks": rollbacks,
    "savepoints": savepoints,
}
