"""The demonstration has four weeks of lists, counted as pages count them, and none twice."""

import pytest
from django.core.management import call_command

from core import demo
from matching.exposure.demo import DAYS, seed_exposure
from matching.models import Exposure, ExposureBatch
from matching.selectors.exposure import exposure_report, own_exposure
from therapists.models import Therapist

pytestmark = pytest.mark.django_db


def test_the_demonstration_shows_exposure_against_fair_shares() -> None:
    call_command("load_reference", verbosity=0)
    call_command("seed_demo", therapists=300, seed=7, verbosity=0)
    report = exposure_report()
    assert DAYS * 5 < report.lists <= DAYS * 16 and report.therapists > 10
    ben = Therapist.objects.get(user__email="ben@example.org")
    assert own_exposure(ben.pk).line.fair >= 10
    assert not ExposureBatch.objects.exists()
    before = Exposure.objects.count()
    seed_exposure(demo.Plan(therapists=300, seed=7))
    assert Exposure.objects.count() == before
