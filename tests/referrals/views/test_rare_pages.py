"""Pages that few people see, and that must be right for them."""

import pytest
from django.core.management import call_command
from django.urls import reverse

from referrals.errors import Busy
from referrals.models import Referral
from referrals.views import check
from tests.factories import make_therapist
from tests.referrals.views.walkers import EWA, ready_to_send

pytestmark = pytest.mark.django_db


@pytest.fixture
def ben(db):
    call_command("load_reference", only=["bank holidays"], verbosity=0)
    return make_therapist(display_name="Ben Okafor")


def test_coming_back_to_the_code_when_it_is_proved_goes_on(client, ben):
    ready_to_send(client, ben)
    page = client.get(reverse("referrals:code"))
    assert "referrals/code_done.html" in [template.name for template in page.templates]
    assert EWA["email"] in page.content.decode()


def test_what_cannot_be_sent_just_now_says_so_and_loses_nothing(client, ben, monkeypatch):
    def busy(**_: object) -> Referral:
        raise Busy

    submission = ready_to_send(client, ben)
    # Contention that outlasts every retry cannot be made to happen at will.
    monkeypatch.setattr(check, "referral_submit", busy)
    page = client.post(reverse("referrals:send"))
    assert page.status_code == 409
    assert "Please try again." in page.content.decode()
    submission.refresh_from_db()
    assert submission.answers["given_name"] == "Ewa"
    assert reverse("referrals:check") in page.content.decode()
