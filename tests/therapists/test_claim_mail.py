"""The code over real SMTP: what arrives at the address on the register's record proves the registration."""

from pathlib import Path

import pytest

from accounts.actors import for_user
from core.choices import Role
from notifications import tasks
from tests.factories import make_registration, make_user
from tests.support import mail
from therapists.models import Therapist
from therapists.services.claims import claim_prove, claim_start

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_code_that_arrives_proves_the_registration(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    registration = make_registration(name="Cara Hughes", number="T77", email="cara-on-record@example.net")
    user = make_user(Role.THERAPIST, email="cara-signs-in@example.org")
    claim = claim_start(register=registration.register, number="T77", actor=for_user(user))
    tasks.deliver_due()
    mails = mail.read(Path(settings.MAIL_SINK_FOLDER))
    (arrived,) = [one for one in mails if "cara-on-record@example.net" in one.to]
    assert not [one for one in mails if "cara-signs-in@example.org" in one.to]
    assert claim_prove(claim=claim, digits=arrived.code, actor=for_user(user))
    assert Therapist.objects.get(user=user).registrations.get() == registration
