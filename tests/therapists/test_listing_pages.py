"""Why people cannot find her: her own page reason by reason, one tap back, and who is missing on the desk."""

import datetime
from collections.abc import Iterator

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from accounts.actors import for_user
from core import clock
from core.clock import LONDON, Frozen
from core.models import Task
from tests.factories import make_registration, make_therapist
from tests.support.browser import DESKTOP, PHONE, OpenPage, follow
from tests.support.look import look
from tests.support.sign_in import sign_in_page, signed_in
from therapists.models import Registration, Therapist
from therapists.selectors.confirmations import link_token
from therapists.selectors.standing import REASONS, standing_for
from therapists.selectors.unlisted import DESK_REASONS, unlisted_counts, unlisted_therapists

pytestmark = pytest.mark.django_db
LISTING = "therapists:listing"
DESK = "therapists:desk_listing"
LONG_AGO = datetime.timedelta(days=15)


@pytest.fixture
def now() -> Iterator[Frozen]:
    with clock.frozen(datetime.datetime(2026, 11, 23, 10, tzinfo=LONDON)) as frozen:
        yield frozen


def why_not(therapist: Therapist) -> tuple[str, ...]:
    return standing_for([therapist.pk], as_of=clock.now())[therapist.pk].reasons


def everything_against(ben: Therapist) -> None:
    Registration.objects.filter(therapist=ben).update(status="suspended")
    Therapist.objects.filter(pk=ben.pk).update(
        profile_verified_at=None, paused=True, confirmed_at=clock.now() - LONG_AGO, unanswered_in_a_row=2,
        monthly_limit=2, new_people_month="2026-11", new_people_count=2,
    )  # fmt: skip


def test_every_reason_stands_on_her_page_in_its_words(ben: Therapist, now: Frozen) -> None:
    everything_against(ben)
    assert set(why_not(ben)) == set(REASONS) == set(DESK_REASONS)
    text = signed_in(ben.user).get(reverse(LISTING)).content.decode()
    for words in REASONS.values():
        assert str(words) in text
    assert "shown again by yourself on Tuesday 1 December" in text


def test_one_tap_mends_silence_and_unanswered_requests_together(ben: Therapist, now: Frozen) -> None:
    Therapist.objects.filter(pk=ben.pk).update(confirmed_at=clock.now() - LONG_AGO, unanswered_in_a_row=2)
    browser = signed_in(ben.user)
    assert browser.get(reverse(LISTING)).content.decode().count("I am here and taking people") == 1
    answer = browser.post(reverse("therapists:confirm"), {"next": reverse(LISTING)}, follow=True)
    assert "<h1" in answer.content.decode()
    assert "People can find you" in answer.content.decode()
    assert why_not(ben) == ()


def test_what_is_not_hers_to_mend_goes_to_a_person_once(ben: Therapist, now: Frozen) -> None:
    Registration.objects.filter(therapist=ben).update(status="suspended")
    browser = signed_in(ben.user)
    for _ in range(2):
        answer = browser.post(reverse("therapists:listing_ask"), follow=True).content.decode()
    assert "A person looks at it by Wednesday 25 November, 5pm" in answer
    task = Task.objects.get(kind="listing_question")
    assert (task.subject_id, task.owner_role) == (ben.pk, "coordinator")
    assert why_not(ben) == ("no_active_registration", "registration_in_question")


def test_the_coordinator_is_led_to_her_registration(ben: Therapist, dev: object, now: Frozen) -> None:
    signed_in(ben.user).post(reverse("therapists:listing_ask"))
    page = signed_in(dev).get(reverse("referrals:desk_task", args=[Task.objects.get().pk])).content.decode()
    assert reverse("therapists:desk_registration", args=[ben.registrations.get().pk]) in page


def test_today_places_and_profile_lead_to_the_page(ben: Therapist, now: Frozen) -> None:
    Therapist.objects.filter(pk=ben.pk).update(paused=True)
    browser = signed_in(ben.user)
    for name in ("caseload:today", "therapists:places", "therapists:preview", "therapists:onboarding"):
        text = browser.get(reverse(name)).content.decode()
        assert reverse(LISTING) in text, name


# The desk.


def odd_therapists() -> list[Therapist]:
    """One of each kind there is, so that the two ways of judging cannot agree by chance."""
    now, today = clock.now(), clock.today()
    rows = [
        make_therapist(),
        make_therapist(paused=True),
        make_therapist(profile_verified_at=None),
        make_therapist(confirmed_at=None),
        make_therapist(confirmed_at=now - datetime.timedelta(days=14)),
        make_therapist(confirmed_at=now - datetime.timedelta(days=14, microseconds=1)),
        make_therapist(unanswered_in_a_row=1),
        make_therapist(unanswered_in_a_row=2),
        make_therapist(monthly_limit=0),
        make_therapist(monthly_limit=3, new_people_month=f"{today:%Y-%m}", new_people_count=3),
        make_therapist(monthly_limit=3, new_people_month=f"{today:%Y-%m}", new_people_count=2),
        make_therapist(monthly_limit=3, new_people_month="2026-10", new_people_count=3),
        make_therapist(registered=False),
    ]
    for fields in (
        {"valid_until": today},
        {"valid_until": today - datetime.timedelta(days=1)},
        {"valid_until": None},
        {"status": "suspended"},
        {"status": "removed"},
        {"status": "active_with_sanction"},
        {"status": "active_with_sanction", "sanction_reviewed_at": now},
        {"contradiction": "Another name"},
    ):
        rows.append(make_therapist(registered=False))
        make_registration(rows[-1], **fields)
        # The same beside a good one.
        rows.append(make_therapist())
        make_registration(rows[-1], register="BACP", **fields)
    return rows


def test_the_desk_counts_as_standing_judges(dev: object, now: Frozen) -> None:
    rows = odd_therapists()
    actor = for_user(dev)
    judged = standing_for([row.pk for row in rows], as_of=clock.now())
    counts = unlisted_counts(actor, as_of=clock.now())
    assert counts.pop("") == sum(not found.listed for found in judged.values())
    for code, count in counts.items():
        by_standing = {pk for pk, found in judged.items() if code in found.reasons}
        assert by_standing, code
        assert count == len(by_standing), code
        found = unlisted_therapists(actor, as_of=clock.now(), reason=code)
        assert set(found.values_list("pk", flat=True)) == by_standing, code


def test_nobody_but_the_desk_reads_it(ben: Therapist, sam: object) -> None:
    Therapist.objects.filter(pk=ben.pk).update(paused=True)
    for actor in (for_user(ben.user), for_user(sam)):
        assert not unlisted_therapists(actor, as_of=clock.now())
        assert unlisted_counts(actor, as_of=clock.now())[""] == 0


def test_the_desks_page_filters_and_pages_the_longest_silent_first(
    dev: object, now: Frozen, django_assert_max_num_queries: object
) -> None:
    for days in range(1, 61):
        make_therapist(
            paused=True, display_name=f"Paused {days:02}", confirmed_at=now.at - datetime.timedelta(days=days / 9)
        )
    make_therapist(profile_verified_at=None, display_name="Unfinished", confirmed_at=None)
    browser = signed_in(dev)
    with django_assert_max_num_queries(20):
        first = browser.get(reverse(DESK), {"why": "paused"})
    names = [row.display_name for row, _ in first.context["rows"]]
    assert names == [f"Paused {days:02}" for days in range(60, 10, -1)]
    second = browser.get(reverse(DESK), {"why": "paused", "page": "2"})
    assert len(second.context["rows"]) == 10
    text = second.content.decode()
    assert "New people are paused" in text
    assert "why=paused&amp;page=1" in text
    everybody = browser.get(reverse(DESK))
    assert everybody.context["rows"][0][0].display_name == "Unfinished"
    assert everybody.context["all"] == 61


@pytest.mark.parametrize("query", [{"why": "nonsense"}, {"why": "unanswered"}, {"page": "x"}, {"page": "99999"}, {}])
def test_the_desks_page_takes_anything(dev: object, query: dict[str, str]) -> None:
    answer = signed_in(dev).get(reverse(DESK), query)
    assert answer.status_code == 200
    assert "Everybody can be found." in answer.content.decode() or query.get("why") == "unanswered"


# As people see it.


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_the_pages_look_right(
    live_server: object, open_page: OpenPage, axe: object, ben: Therapist, cara: Therapist, dev: object, width: int
) -> None:
    page, desk = open_page(width), open_page(width)
    sign_in_page(page, live_server.url, ben.user)
    look(page, live_server.url + reverse(LISTING), axe, "listing_listed")
    token = link_token(ben)
    stranger = open_page(width)
    look(stranger, live_server.url + reverse("therapists:still_taking", args=[token]), axe, "still_taking")
    Therapist.objects.filter(pk=ben.pk).update(confirmed_at=clock.now())
    look(stranger, live_server.url + reverse("therapists:still_taking", args=[token]), axe, "still_taking_done")
    everything_against(ben)
    look(page, live_server.url + reverse(LISTING), axe, "listing_everything")
    look(page, live_server.url + reverse("caseload:today"), axe, "today_unlisted")
    Registration.objects.filter(therapist=ben).update(status="active")
    Therapist.objects.filter(pk=ben.pk).update(
        profile_verified_at=clock.now(), paused=False, unanswered_in_a_row=0, monthly_limit=None
    )
    look(page, live_server.url + reverse(LISTING), axe, "listing_silent")
    sign_in_page(desk, live_server.url, dev)
    everything_against(cara)
    look(desk, live_server.url + reverse(DESK), axe, "desk_listing")
    look(desk, live_server.url + reverse(DESK) + "?why=unanswered", axe, "desk_listing_filtered")


@pytest.mark.django_db(transaction=True)
def test_she_comes_back_by_the_keyboard_and_without_script(
    live_server: object, open_page: OpenPage, ben: Therapist
) -> None:
    Therapist.objects.filter(pk=ben.pk).update(confirmed_at=clock.now() - LONG_AGO)
    page = open_page(PHONE, java_script=False)
    sign_in_page(page, live_server.url, ben.user)
    page.goto(live_server.url + reverse("caseload:today"))
    follow(page.get_by_role("link", name="See why, and what brings you back"))
    button = page.get_by_role("button", name="I am here and taking people")
    for _ in range(40):
        page.keyboard.press("Tab")
        if button.evaluate("element => element === document.activeElement"):
            break
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("People can find you")
    assert why_not(ben) == ()
