"""Waiting lists on the therapist's pages: without names but for the check, in the order of offering, hers alone."""

import datetime

import pytest
from django.urls import reverse

from core import clock
from core.models import AccessEntry
from referrals.clocks import YES_LASTS
from referrals.models import Exclusion, Offer, Referral, WaitingListEntry
from referrals.services.asks import list_settings
from referrals.tasks import tick
from tests.referrals.given import actor_of, delivered
from tests.referrals.waiting import agrees, entry_with, full, place_freed, waits
from tests.support.sign_in import signed_in
from therapists.models import Place, Therapist

pytestmark = pytest.mark.django_db


@pytest.fixture
def ben(ben):
    return full(ben, limit=40)


def asked(ben):
    return entry_with(waits(ben), ben)


def on_list(ben, **changes):
    return agrees(waits(ben, **changes), ben)


@pytest.fixture
def ask(ben):
    return asked(ben)


@pytest.fixture
def entry(ben):
    return on_list(ben)


def page(entry, name="list_entry"):
    return reverse(f"caseload:{name}", args=[entry.pk])


def text_of(response):
    return response.content.decode()


def secrets(entry):
    client = entry.referral.client
    return (client.given_name, client.family_name, client.postcode, client.email, "My very own words")


def test_an_ask_names_nobody_and_stands_on_today_with_its_clock(ben, ask):
    browser = signed_in(ben.user)
    today, text = text_of(browser.get(reverse("caseload:today"))), text_of(browser.get(page(ask)))
    assert "Somebody would like to wait for you" in today
    assert "Tuesday 24 November, 5pm" in today
    assert "Tuesday 24 November, 5pm" in text
    assert "To sleep again" in text
    for secret in secrets(ask):
        assert secret not in text
    assert ask.referral.client.family_name not in today
    assert WaitingListEntry.objects.get(pk=ask.pk).seen_at == clock.now()


def test_the_check_shows_name_age_and_area_until_her_yes_and_is_recorded(ben, ask):
    browser = signed_in(ben.user)
    browser.post(page(ask, "list_interest"))
    text = text_of(browser.get(page(ask)))
    client = ask.referral.client
    assert client.family_name in text
    assert "LS6" in text
    assert client.email not in text
    assert AccessEntry.objects.filter(object_id=str(client.pk), purpose="conflict_check").exists()
    assert "Check that you do not know them" in text_of(browser.get(reverse("caseload:today")))
    for _ in range(2):
        after = text_of(browser.post(page(ask, "list_agree"), follow=True))
        assert client.family_name not in after
    assert WaitingListEntry.objects.get(pk=ask.pk).state == "listed"
    rows = text_of(browser.get(reverse("caseload:waiting_list")))
    for secret in secrets(ask):
        assert secret not in rows


def test_nobody_is_put_on_the_list_before_the_check(ben, ask):
    response = signed_in(ben.user).post(page(ask, "list_agree"), follow=True)
    assert "has changed in the meantime" in text_of(response)
    assert WaitingListEntry.objects.get(pk=ask.pk).state == "asked"


def test_a_no_needs_a_code_and_ends_all_access(ben, ask):
    browser = signed_in(ben.user)
    assert "Choose a reason" in text_of(browser.post(page(ask, "list_refuse"), {}))
    for _ in range(2):
        browser.post(page(ask, "list_refuse"), {"code": "times"})
    gone = WaitingListEntry.objects.get(pk=ask.pk)
    assert (gone.state, gone.code) == ("refused", "times")
    over = text_of(browser.get(page(ask)))
    assert "You answered that they cannot be on your list" in over
    assert "To sleep again" not in over


def test_knowing_somebody_is_one_press(ben, ask):
    browser = signed_in(ben.user)
    for _ in range(2):
        browser.post(page(ask, "list_known"))
    assert Exclusion.objects.filter(client_id=ask.referral.client_id, therapist=ben, side="therapist").exists()
    assert WaitingListEntry.objects.get(pk=ask.pk).state == "refused"


def test_access_ends_with_the_time_before_any_tick(ben, ask, now):
    browser = signed_in(ben.user)
    browser.post(page(ask, "list_interest"))
    now.at = WaitingListEntry.objects.get(pk=ask.pk).answer_due_at
    assert ask.referral.client.family_name in text_of(browser.get(page(ask)))
    now.move(datetime.timedelta(microseconds=1))
    over = text_of(browser.get(page(ask)))
    assert "The time to answer is over" in over
    assert ask.referral.client.family_name not in over
    browser.post(page(ask, "list_agree"))
    assert WaitingListEntry.objects.get(pk=ask.pk).agreed_at is None


ROUTES = ["list_entry", "list_interest", "list_agree", "list_refuse", "list_known", "list_remove"]


@pytest.mark.parametrize("name", ROUTES)
def test_cara_sees_and_does_nothing_with_bens(ben, cara, ask, entry, name):
    browser = signed_in(cara.user)
    for row in (ask, entry):
        before = WaitingListEntry.objects.filter(pk=row.pk).values().get()
        assert browser.post(page(row, name), {"code": "times"}).status_code in {404, 405}
        assert browser.get(page(row, name)).status_code in {404, 405}
        assert WaitingListEntry.objects.filter(pk=row.pk).values().get() == before


def test_cara_cannot_confirm_bens_by_their_numbers(ben, cara, entry):
    WaitingListEntry.objects.filter(pk=entry.pk).update(state="asked", answer_due_at=clock.now())
    signed_in(cara.user).post(reverse("caseload:still_yes"), {"entries": [str(entry.pk)]})
    assert WaitingListEntry.objects.get(pk=entry.pk).state == "asked"


def test_the_order_is_the_one_of_offering_and_says_who_is_next(ben, now):
    first = on_list(ben)
    now.move(datetime.timedelta(minutes=1))
    second = on_list(ben)
    now.move(datetime.timedelta(minutes=1))
    urgent = on_list(ben)
    WaitingListEntry.objects.filter(pk=urgent.pk).update(priority=True)
    rows = signed_in(ben.user).get(reverse("caseload:waiting_list")).context["rows"]
    assert [row.entry.pk for row in rows] == [urgent.pk, first.pk, second.pk]
    assert [row.next_of_all for row in rows] == [True, False, False]
    place_freed(ben)
    tick()
    assert Offer.objects.get(awaiting="client").entry_id == urgent.pk
    rows = signed_in(ben.user).get(reverse("caseload:waiting_list")).context["rows"]
    assert [row.words for row in rows][:1] == ["Place offered"]
    assert [row.next_of_all for row in rows] == [False, True, False]


def test_which_of_her_places_suits_whom(ben):
    Place.objects.filter(therapist=ben).update(day=1, time=datetime.time(18))
    Place.objects.create(therapist=ben, day=3, time=datetime.time(9), created_at=clock.now())
    evenings = on_list(ben, times=["weekday-evening"], times_strength=3)
    anything = on_list(ben)
    rows = signed_in(ben.user).get(reverse("caseload:waiting_list")).context["rows"]
    found = {row.entry.pk: (row.fits, row.fits_all, row.next_for) for row in rows}
    assert found[evenings.pk] == (("Tuesday, 6pm",), False, ("Tuesday, 6pm",))
    assert found[anything.pk] == (("Tuesday, 6pm", "Thursday, 9am"), True, ("Thursday, 9am",))


@pytest.mark.parametrize(
    ("of_entry", "of_referral", "words"),
    [
        ({}, {"away_until": datetime.date(2026, 12, 7)}, "They are away until Monday 7 December."),
        (
            {"no_offer_before": datetime.datetime(2026, 12, 7, 12, tzinfo=clock.LONDON)},
            {},
            "They want no place before Monday 7 December.",
        ),
        ({"state": "parked"}, {}, "A coordinator is getting in touch with them."),
        ({"state": "offered"}, {}, "Their answer is awaited."),
        (
            {"state": "asked", "answer_due_at": datetime.datetime(2026, 11, 25, 17, tzinfo=clock.LONDON)},
            {},
            "Your yes is to be confirmed.",
        ),
        ({}, {"state": "requested"}, "Something else is open for them just now."),
    ],
)
def test_every_state_has_words_and_is_not_next(ben, entry, of_entry, of_referral, words):
    WaitingListEntry.objects.filter(pk=entry.pk).update(**of_entry)
    Referral.objects.filter(pk=entry.referral_id).update(**of_referral)
    browser = signed_in(ben.user)
    (row,) = browser.get(reverse("caseload:waiting_list")).context["rows"]
    assert (row.note, row.next_for) == (words, ())
    assert words in text_of(browser.get(page(entry)))


def test_a_yes_of_four_weeks_is_asked_again_on_one_page(ben, entry, now):
    other = on_list(ben)
    third = on_list(ben)
    place_freed(ben)
    now.move(YES_LASTS + datetime.timedelta(hours=1))
    Therapist.objects.filter(pk=ben.pk).update(confirmed_at=clock.now())
    WaitingListEntry.objects.filter(pk__in=[entry.pk, other.pk, third.pk]).update(
        state="asked", asked_at=clock.now(), answer_due_at=clock.now() + datetime.timedelta(days=1)
    )
    browser = signed_in(ben.user)
    assert "Would you still see 3 people who wait for you?" in text_of(browser.get(reverse("caseload:today")))
    text = text_of(browser.get(reverse("caseload:still_yes")))
    assert text.count("checked") == 3
    for secret in secrets(entry):
        assert secret not in text
    answer = {"entries": [str(entry.pk), str(other.pk), "nonsense", "0"]}
    assert "2 people stay on your list" in text_of(browser.post(reverse("caseload:still_yes"), answer, follow=True))
    assert WaitingListEntry.objects.get(pk=entry.pk).agreed_at == clock.now()
    assert WaitingListEntry.objects.get(pk=third.pk).state == "asked"
    again = text_of(browser.post(reverse("caseload:still_yes"), answer, follow=True))
    assert "Nobody was ticked, or it has changed" in again
    browser.post(page(third, "list_agree"))
    assert "There is nobody to confirm" in text_of(browser.get(reverse("caseload:still_yes")))


def test_taking_somebody_off_needs_a_code_shows_who_and_is_done_once(ben, entry):
    browser = signed_in(ben.user)
    shown = text_of(browser.get(page(entry, "list_remove")))
    assert "Anxiety or worry" in shown
    for secret in secrets(entry):
        assert secret not in shown
    assert "Choose a reason" not in shown
    assert browser.post(page(entry, "list_remove"), {"code": "other"}).status_code == 200
    for _ in range(2):
        browser.post(page(entry, "list_remove"), {"code": "list_too_long"})
    gone = WaitingListEntry.objects.get(pk=entry.pk)
    assert (gone.state, gone.code) == ("removed", "list_too_long")
    assert "off your list" in text_of(browser.get(page(entry)))


def test_a_place_that_is_offered_is_not_taken_back_by_the_list(ben, entry):
    place_freed(ben)
    tick()
    browser = signed_in(ben.user)
    browser.post(page(entry, "list_remove"), {"code": "times"})
    assert WaitingListEntry.objects.get(pk=entry.pk).state == "offered"
    assert "A place of yours is held for them" in text_of(browser.get(page(entry)))


def test_closing_or_shortening_the_list_puts_nobody_off(ben, entry):
    on_list(ben)
    browser, address = signed_in(ben.user), reverse("caseload:list_settings")
    assert "at least 1" in text_of(browser.post(address, {"taking": "open", "limit": ""}))
    assert "Enter a number up to 200" in text_of(browser.post(address, {"taking": "open", "limit": "999"}))
    browser.post(address, {"taking": "open", "limit": "1"})
    assert "Your list is full" in text_of(browser.get(reverse("caseload:waiting_list")))
    browser.post(address, {"taking": "closed", "limit": ""})
    found = Therapist.objects.get(pk=ben.pk)
    assert (found.list_closed, found.list_limit, found.list_entries) == (True, 1, 2)
    text = text_of(browser.get(reverse("caseload:waiting_list")))
    assert "Your list is closed" in text
    assert text.count("Anxiety or worry") == 2


def test_an_empty_list_says_what_to_do(ben, cara):
    assert "Nobody waits for you yet" in text_of(signed_in(ben.user).get(reverse("caseload:waiting_list")))
    assert "If you open your list" in text_of(signed_in(cara.user).get(reverse("caseload:waiting_list")))


def test_more_than_twenty_are_paged_within_a_budget(ben, django_assert_max_num_queries):
    browser = signed_in(ben.user)
    for _ in range(22):
        on_list(ben)
    address = reverse("caseload:waiting_list")
    with django_assert_max_num_queries(25):
        response = browser.get(address)
    assert len(response.context["rows"]) == 20
    assert [row.number for row in browser.get(f"{address}?page=2").context["rows"]] == [21, 22]
    assert "Nobody stands this far down" in text_of(browser.get(f"{address}?page=9"))
    assert browser.get(f"{address}?page=nonsense").status_code == 200


@pytest.mark.parametrize("many", [2, 12])
def test_the_queries_of_the_list_do_not_grow(ben, many, django_assert_max_num_queries):
    browser = signed_in(ben.user)
    for _ in range(many):
        on_list(ben)
    browser.get(reverse("caseload:waiting_list"))
    with django_assert_max_num_queries(22):
        browser.get(reverse("caseload:waiting_list"))


@pytest.mark.parametrize("lost", [{"paused": True}, {"confirmed_at": None}])
def test_a_frozen_list_says_why_and_how_to_come_back(ben, entry, lost):
    Therapist.objects.filter(pk=ben.pk).update(**lost)
    tick()
    text = text_of(signed_in(ben.user).get(reverse("caseload:waiting_list")))
    assert "Nothing is offered from your list at the moment" in text
    assert reverse("therapists:listing") in text
    assert "Anxiety or worry" in text


@pytest.mark.parametrize("name", ROUTES)
def test_standing_lost_in_the_middle_breaks_no_page(ben, name):
    ask, entry = asked(ben), on_list(ben)
    ben.registrations.update(status="suspended")
    browser = signed_in(ben.user)
    for step in range(2):
        for row in (ask, entry):
            for response in (browser.get(page(row, name)), browser.post(page(row, name), {"code": "times"})):
                assert response.status_code in {200, 302, 405}, (name, step)
        assert browser.get(reverse("caseload:waiting_list")).status_code == 200
        assert browser.get(reverse("caseload:still_yes")).status_code == 200
        tick()
    assert not WaitingListEntry.objects.filter(state="listed").exists()


def test_a_settings_call_out_of_bounds_is_refused(ben):
    with pytest.raises(ValueError, match="201"):
        list_settings(therapist_id=ben.pk, limit=201, closed=False, actor=actor_of(ben))


@pytest.mark.parametrize(("paused", "counted"), [(True, 0), (False, 1)])
def test_a_question_left_open_by_leave_is_not_counted_against_her(ben, ask, now, paused, counted):
    delivered(topic="list_ask")
    Therapist.objects.filter(pk=ben.pk).update(paused=paused)
    now.at = ask.answer_due_at + datetime.timedelta(seconds=1)
    tick()
    assert WaitingListEntry.objects.get(pk=ask.pk).state == "unanswered"
    assert Therapist.objects.get(pk=ben.pk).unanswered_in_a_row == counted
