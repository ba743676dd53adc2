"""Helplines about one topic: the ones somebody has checked in time, and without them a page that still helps."""

import pytest
from django.urls import reverse

from core import clock, crisis
from core.models import CrisisContact
from core.reference.data import load_crisis_contacts
from tests.factories import reference_row
from tests.referrals.views.walkers import with_answers
from therapists.models import Issue

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def loaded(db):
    load_crisis_contacts(overwrite=False)
    for slug in ("domestic-abuse", "eating-problems"):
        reference_row(Issue, slug, show_information=True)
    crisis.forget_cached()
    yield
    crisis.forget_cached()


def overdue(*slugs):
    before = clock.today().replace(year=clock.today().year - 1)
    assert CrisisContact.objects.filter(slug__in=slugs).update(check_by=before) == len(slugs)
    crisis.forget_cached()


def under_18(client):
    return client.get(reverse("referrals:under_18")).content.decode()


def information(client, nation, *issues):
    with_answers(client, nation=nation, issues=issues)
    return client.get(reverse("referrals:information")).content.decode()


def test_under_18_shows_who_to_call_with_links_and_hours(client):
    page = under_18(client)
    assert 'Childline: <a href="tel:08001111">Call 0800 1111</a>' in page
    assert "does not show on the phone bill. Day and night, free." in page
    assert '<a href="sms:85258?body=SHOUT">Text SHOUT to 85258</a>' in page
    assert "Are you a parent or carer?" in page and 'href="tel:08088025544"' in page


def test_under_18_without_a_line_in_date_still_helps(client):
    overdue("childline", "shout", "youngminds-parents")
    page = under_18(client)
    for gone in ("Childline", "0800 1111", "85258", "Are you a parent or carer?", "0808 802 5544"):
        assert gone not in page
    assert 'href="tel:999"' in page and "116 123" in page


@pytest.mark.parametrize(
    ("nation", "there", "not_there"),
    [
        ("england", ["0808 2000 247", "0808 801 0327"], ["0800 027 1234"]),
        ("scotland", ["0800 027 1234", "0808 801 0327"], ["0808 2000 247"]),
        ("wales", ["0808 80 10 800"], ["0808 2000 247"]),
        ("northern-ireland", ["0808 802 1414"], ["0808 2000 247"]),
    ],
)
def test_good_to_know_shows_the_lines_of_her_nation(client, nation, there, not_there):
    page = information(client, nation, "domestic-abuse")
    assert all(f'<a href="tel:{number.replace(" ", "")}">Call {number}</a>' in page for number in there)
    assert not any(number in page for number in not_there)


def test_good_to_know_shows_each_line_with_its_own_note_only(client):
    page = information(client, "england", "eating-problems")
    assert 'Beat: <a href="tel:08088010677">Call 0808 801 0677</a>' in page and "On weekdays" in page
    assert "0808 2000 247" not in page


def test_good_to_know_without_a_line_in_date_keeps_the_note_and_the_general_help(client):
    overdue("beat", "domestic-abuse", "domestic-abuse-men")
    page = information(client, "england", "eating-problems", "domestic-abuse")
    assert "If eating has become a problem" in page and "It is not your fault." in page
    for gone in ("Beat", "0808 801 0677", "0808 2000 247", "0808 801 0327"):
        assert gone not in page
    assert "999" in page and "116 123" in page
