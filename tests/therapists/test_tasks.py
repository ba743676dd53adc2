"""What the clock does for registers."""

import pytest

from core import clock
from core.models import Task
from tests.factories import make_registration, make_therapist
from therapists import kinds, tasks

pytestmark = pytest.mark.django_db


def test_due_checks_are_put_before_a_coordinator():
    row = make_registration(make_therapist(registered=False), next_check=clock.today())
    tasks.registration_checks()
    assert Task.objects.get(kind=kinds.REGISTRATION_CHECK).subject_id == row.pk
