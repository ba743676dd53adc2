"""Help now: the right numbers for the nation, and 999 and Samaritans whatever happens."""

import datetime

import pytest
from django.db import OperationalError, transaction
from django.urls import reverse

from core import clock, crisis
from core.choices import Nation
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


def slugs(topic, nation="", **named):
    return [contact.slug for contact in crisis.contacts_for(topic, nation, **named)]


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

    @pytest.mark.parametrize("nation", ["", *Nation.values])
    def test_rows_about_a_topic_are_not_part_of_the_general_help(self, nation):
        about = set(CrisisContact.objects.exclude(topic="").values_list("number", flat=True))
        assert {"0800 1111", "0808 801 0677", "0808 801 0327", "0808 802 5544"} <= about
        assert not about & set(numbers(nation))

    def test_a_topic_gives_its_own_rows_and_the_general_ones_asked_for(self):
        assert slugs("under-18") == ["childline"]
        assert slugs("under-18", also=["shout"]) == ["childline", "shout"]
        assert slugs("") == slugs("horoscopes") == []

    @pytest.mark.parametrize(
        ("nation", "expected"),
        [
            ("", ["domestic-abuse-men"]),
            ("england", ["domestic-abuse", "domestic-abuse-men"]),
            ("scotland", ["domestic-abuse-scotland", "domestic-abuse-men"]),
            ("wales", ["domestic-abuse-wales", "domestic-abuse-men"]),
            ("northern-ireland", ["domestic-abuse-northern-ireland", "domestic-abuse-men"]),
        ],
    )
    def test_a_topic_gives_the_lines_of_the_nation(self, nation, expected):
        assert slugs("domestic-abuse", nation, also=["domestic-abuse"]) == expected

    def test_a_line_about_a_topic_is_shown_until_its_date_and_no_longer(self):
        CrisisContact.objects.filter(slug="childline").update(check_by="2026-11-23")
        assert slugs("under-18") == ["childline"]
        CrisisContact.objects.filter(slug__in=["childline", "shout"]).update(check_by="2026-11-22")
        assert slugs("under-18", also=["shout"]) == []
        assert "childline" in {row.slug for row in crisis.overdue_checks()}

    def test_a_topic_on_a_row_named_samaritans_does_not_hide_samaritans(self):
        CrisisContact.objects.filter(slug="samaritans").update(topic="parents")
        assert "116 123" in numbers("england")

    def test_every_link_calls_the_number_beside_it(self):
        for row in CrisisContact.objects.filter(href__startswith="tel:0"):
            assert row.href == "tel:" + row.number.replace(" ", ""), row.slug

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
def test_an_error_inside_a_transaction_leaves_the_callers_work_whole(monkeypatch):
    broken = CrisisContact.objects.extra(where=["no_such_column = 1"])
    with transaction.atomic():
        with monkeypatch.context() as patched:
            patched.setattr(CrisisContact.objects, "filter", lambda **named: broken)
            assert numbers("wales") == ["999", "116 123"]
        CrisisContact.objects.all().delete()
    assert not CrisisContact.objects.exists()


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
