"""The record of what happened cannot be rewritten, whatever code tries."""

import pytest
from django.db import IntegrityError, transaction

from core import clock
from referrals.models import ReferralEvent
from tests.referrals.given import sent
from therapists.models import Therapist

pytestmark = pytest.mark.django_db


def test_events_are_neither_changed_nor_deleted(ben: Therapist) -> None:
    event = sent(ben).events.first()
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        ReferralEvent.objects.filter(pk=event.pk).update(at=clock.now())
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        event.delete()
    assert ReferralEvent.objects.filter(pk=event.pk).exists()
