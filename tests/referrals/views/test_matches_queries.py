"""The matches page asks the database at most six questions, whatever somebody does on it.

Counted as in production: reference data was read a moment ago, and nothing runs inside a test's transaction. Beginning
and ending a transaction asks nothing.
"""

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from matching.models import MatchRun
from tests.factories import make_location, make_therapist
from tests.referrals.views.walkers import choose, ready_to_send, with_answers

pytestmark = pytest.mark.django_db(transaction=True)

MATCHES = "/people/"
MOST = 6
STATED = {
    "postcode": "LS1 4AP",
    "miles": 10,
    "distance_must": True,
    "formats": ["in-person", "video"],
    "formats_strength": 3,
    "genders": ["woman"],
    "genders_strength": 3,
    "times": ["weekday-evening"],
    "times_strength": 2,
}


@pytest.fixture
def people(settings, db):
    call_command("load_reference", verbosity=0)
    found = [make_therapist(display_name=f"Anna {n}", gender="woman") for n in range(25)]
    for therapist in found:
        make_location(therapist)
    make_therapist(display_name="Ben Okafor", gender="man")
    return found


def opened(browser: Browser, settings, url=MATCHES, words="") -> None:
    """Open a page of the list as somebody does who has been on it before, and count."""
    settings.REFERENCE_CACHE_SECONDS = 0
    browser.get(MATCHES)
    settings.REFERENCE_CACHE_SECONDS = 30
    counted(browser, url, words)


def counted(browser: Browser, url: str, *words: str) -> None:
    with CaptureQueriesContext(connection) as asked:
        response = browser.get(url)
    assert response.status_code == 200
    page = response.content.decode()
    assert 'class="app-match"' in page and all(one in page for one in words)
    questions = [one["sql"] for one in asked.captured_queries if one["sql"] not in ("BEGIN", "COMMIT")]
    assert len(questions) <= MOST, "\n\n".join(questions)


@pytest.mark.parametrize(
    "url", [MATCHES, *(f"{MATCHES}?sort={sort}" for sort in ("distance", "wait", "fee")), f"{MATCHES}?page=2"]
)
def test_a_draft_however_it_is_sorted(client, people, settings, url):
    with_answers(client, **STATED)
    opened(client, settings, url)


def test_a_draft_with_choices_on_and_off_the_page(client, people, settings):
    submission = with_answers(client, **STATED)
    choose(submission, *people[:5])
    opened(client, settings, f"{MATCHES}?page=2", words="Anna 3")


def test_a_draft_just_eased_and_told_so(client, people, settings):
    with_answers(client, **STATED)
    client.get(MATCHES)
    client.post(reverse("referrals:relax"), {"rule": "must:gender:woman"})
    settings.REFERENCE_CACHE_SECONDS = 30
    counted(client, MATCHES, "26 people fit", "Done. You can change it back")


def test_a_sent_list_being_changed(client, people, settings):
    ready_to_send(client, *people[:2], **STATED)
    client.post("/check/send/")
    client.post(reverse("referrals:change_choices"))
    opened(client, settings, words="Anna 0")


def test_looking_writes_nothing_about_the_list(people):
    browser = Browser()
    with_answers(browser, **STATED)
    for address in (MATCHES, MATCHES + "?sort=fee", MATCHES + "?page=2", reverse("referrals:compare")):
        browser.get(address)
    assert not MatchRun.objects.exists()
    ready_to_send(browser, people[0])
    browser.post(reverse("referrals:send"))
    assert MatchRun.objects.count() == 1
