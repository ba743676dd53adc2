"""Help now: the right numbers for the nation, and 999 and Samaritans whatever happens."""

import datetime

import pytest
from django.db import OperationalError
from django.urls import reverse

from core import clock, crisis
from core.models import CrisisContact
from core.reference.data import load_crisis_contacts

NOON = datetime.datetime(2026, 11, 23, 12, tzinfo=datetime.UTC)


@pytest.fixture(autouse=True)
def forgotten():
    crisis.forget_cached()
    yield
    crisis.forget_cached()


def numbers(nation=""):
    return [str(contact.number) for contact in crisis.help_for(nation).contacts]


@pytest.mark.django_db
class TestRows:
    @pytest.fixture(autouse=True)
    def loaded(self):
        load_crisis_contacts(overwrite=False)
        with clock.frozen(NOON):
            yield

    @pytest.mark.parametrize(
        ("nation", "first"),
        [
            ("", ["999", "111", "116 123"]),
            ("england", ["999", "111, then choose option 2", "116 123"]),
            ("wales", ["999", "111, then choose option 2", "116 123"]),
            ("scotland", ["999", "111", "116 123"]),
            ("northern-ireland", ["999", "0808 808 8000", "116 123"]),
            ("atlantis", ["999", "111", "116 123"]),
        ],
    )
    def test_the_first_three(self, nation, first):
        assert numbers(nation)[:3] == first

    def test_what_nobody_checked_in_time_is_not_shown_but_999_and_samaritans_are(self):
        CrisisContact.objects.update(check_by="2026-11-22")
        assert numbers("northern-ireland") == ["999", "116 123"]
        assert numbers("") == ["999", "111", "116 123"]

    def test_one_overdue_nation_does_not_hide_the_others(self):
        CrisisContact.objects.filter(nation="scotland").update(check_by="2026-11-22")
        assert numbers("scotland")[:2] == ["999", "116 123"]
        assert "0808 808 8000" in numbers("northern-ireland")

    def test_a_switched_off_row_is_not_shown(self):
        CrisisContact.objects.filter(slug="shout").update(active=False)
        assert "Text SHOUT to 85258" not in numbers()

    def test_rows_are_kept_for_a_while(self, settings, django_assert_num_queries):
        settings.REFERENCE_CACHE_SECONDS = 60
        crisis.help_for("")
        with django_assert_num_queries(0):
            crisis.help_for("wales")


@pytest.mark.django_db
def test_an_empty_table_still_gives_the_numbers():
    CrisisContact.objects.all().delete()
    assert numbers("wales") == ["999", "116 123"]
    assert crisis.words() == "Emergency services: 999. Urgent mental health help: 111. Samaritans: 116 123."


def test_a_database_that_is_away_still_gives_the_numbers(monkeypatch):
    def away(*args, **kwargs):
        raise OperationalError("the server closed the connection")

    monkeypatch.setattr(CrisisContact.objects, "filter", away)
    assert numbers("wales") == ["999", "116 123"]


@pytest.mark.django_db
class TestPage:
    def test_the_nation_is_asked_and_remembered(self, client):
        load_crisis_contacts(overwrite=False)
        page = client.get(reverse("core:help_now")).content.decode()
        assert "Where are you?" in page and "tel:999" in page and "tel:116123" in page
        page = client.get(reverse("core:help_now"), {"nation": "northern-ireland"}).content.decode()
        assert "In Northern Ireland" in page and "0808 808 8000" in page
        assert "0808 808 8000" in client.get(reverse("core:privacy")).content.decode()

    def test_an_unknown_nation_changes_nothing(self, client):
        client.get(reverse("core:help_now"), {"nation": "wales"})
        page = client.get(reverse("core:help_now"), {"nation": "<script>"}).content.decode()
        assert "In Wales" in page and "<script>" not in page

    def test_it_opens_when_the_session_cannot_be_kept(self, client, monkeypatch):
        from django.contrib.sessions.backends.db import SessionStore

        def away(*args, **kwargs):
            raise OperationalError("the server closed the connection")

        monkeypatch.setattr(SessionStore, "save", away)
        page = client.get(reverse("core:help_now"), {"nation": "scotland"})
        assert page.status_code == 200 and b"In Scotland" in page.content
