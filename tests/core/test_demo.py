"""The demonstration: believable, repeatable, alive weeks later, and impossible outside local runs."""

import datetime

import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings

from accounts.demo import CAST
from accounts.models import User
from clients.preferences import Stated
from core import clock
from core.models import Task
from matching.services.ranking import rank_now
from referrals.models import Referral
from therapists.models import PlaceClaim, Registration, Therapist
from therapists.selectors.places import free_places
from therapists.selectors.standing import standing_for

pytestmark = pytest.mark.django_db
MOMENT = datetime.datetime(2026, 11, 23, 9, tzinfo=datetime.UTC)
COUNT = 300


def seed() -> None:
    call_command("load_reference", verbosity=0)
    call_command("seed_demo", therapists=COUNT, seed=7, verbosity=0)


@pytest.fixture
def demo():
    with clock.frozen(MOMENT) as frozen:
        seed()
        yield frozen


def listed_share() -> float:
    ids = Therapist.objects.values_list("pk", flat=True)
    found = standing_for(ids, as_of=clock.now())
    return sum(one.listed for one in found.values()) / len(found)


def test_the_register_is_believable(demo) -> None:
    assert Therapist.objects.count() == COUNT + 2
    assert 0.85 < listed_share() < 0.99
    assert Registration.objects.values("register").distinct().count() >= 4
    free = sum(free_places(pk, as_of=MOMENT).exists() for pk in Therapist.objects.values_list("pk", flat=True))
    assert 0.35 < free / COUNT < 0.75
    assert PlaceClaim.objects.filter(kind="occupied").exists()


def test_everyone_listed_offers_what_matching_needs(demo) -> None:
    for therapist in Therapist.objects.prefetch_related("formats", "languages", "client_groups", "modalities"):
        assert therapist.formats.count()
        assert therapist.languages.count()
        assert therapist.client_groups.filter(slug="adults").exists()
        assert 1 <= therapist.modalities.count() <= 6
        assert therapist.issues.count() <= 10
        assert bin(therapist.answering_days).count("1") >= 2


def test_the_cast_can_be_listed_and_nobody_has_a_password(demo) -> None:
    assert set(User.objects.values_list("email", flat=True)) == {member.email for member in CAST}
    assert not any(user.has_usable_password() for user in User.objects.all())
    cast = Therapist.objects.filter(user__isnull=False)
    judged = standing_for(cast.values_list("pk", flat=True), as_of=MOMENT)
    ben, cara = (judged[pk] for pk in sorted(judged))
    assert ben.has_place
    assert (cara.has_place, cara.accepts_waiting, cara.on_list) == (False, True, 2)


def test_some_have_a_place_now_and_for_some_one_waits_with_and_without_a_forecast(demo) -> None:
    ranking = rank_now(Stated(), seed=1, limit=COUNT)
    waits = [row.wait_weeks for row in ranking.rows]
    assert waits.count(0) == ranking.with_place > COUNT / 4
    assert waits.count(None) > COUNT / 20
    assert sum(bool(weeks) for weeks in waits) > COUNT / 50


def test_there_is_something_on_every_desk(demo) -> None:
    states = Referral.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["requested", "meeting", "requested", *["meeting"] * 3, "waiting", "waiting"]
    assert set(Task.objects.values_list("owner_role", flat=True)) >= {"safety_clinician", "coordinator"}


def test_seeding_again_changes_nothing(demo) -> None:
    before = list(Therapist.objects.order_by("pk").values_list("pk", "display_name"))
    seed()
    assert list(Therapist.objects.order_by("pk").values_list("pk", "display_name")) == before


def test_it_is_still_alive_weeks_later(demo) -> None:
    before = listed_share()
    demo.move(datetime.timedelta(days=45))
    assert listed_share() == 0
    call_command("refresh_demo")
    assert listed_share() == pytest.approx(before, abs=0.03)


@override_settings(LOCAL_PAGES=False)
@pytest.mark.parametrize("command", ["seed_demo", "refresh_demo"])
def test_it_refuses_outside_local_runs(command: str) -> None:
    with pytest.raises(CommandError, match="only for local runs"):
        call_command(command)
    assert not Therapist.objects.exists()
