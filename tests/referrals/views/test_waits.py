"""What a client reads about the wait for somebody who has no place now."""

import datetime

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from clients.preferences import Stated
from core import clock
from core.actors import for_client
from core.policy import CLIENT_SESSION_KEY
from matching.models import WaitForecast
from matching.services.ranking import rank_now
from referrals.models import Referral
from referrals.selectors.lists import entries_of
from referrals.selectors.own import asked_now
from referrals.selectors.waiting_lists import list_rows
from referrals.services.joining import list_leave
from referrals.sessions import EDIT_KEY
from tests.factories import make_therapist
from tests.matching.test_wait_words import fill, forecast_of
from tests.referrals import given
from tests.referrals.views.walkers import answers_of, ready_to_send, with_answers
from tests.referrals.waiting import entry_with, full, listed
from tests.support.browser import DESKTOP, PHONE, follow
from tests.support.look import look
from tests.support.sign_in import sign_in_page
from therapists.models import Therapist

pytestmark = pytest.mark.django_db
SPREAD = "For 8 people in 10, 7 weeks or less. It could be longer. Based on 34 people."


@pytest.fixture
def cara(db):
    return make_therapist(display_name="Cara Hughes")


@pytest.fixture
def bank_holidays(db):
    call_command("load_reference", only=["bank holidays"], verbosity=0)


def fill_list(therapist: Therapist, people: int) -> None:
    Therapist.objects.filter(pk=therapist.pk).update(list_entries=people)


def main(client, name: str, query: str = "") -> str:
    response = client.get(reverse(name) + query)
    assert response.status_code == 200
    return response.content.decode().split("<main")[1].split("</main")[0]


def page_of(client, therapist) -> str:
    response = client.get(reverse("referrals:therapist", args=[therapist.pk]))
    assert response.status_code == 200
    return response.content.decode().split("<main")[1].split("</main")[0]


def test_a_free_place_is_said_and_nothing_about_weeks(client, cara) -> None:
    forecast_of(cara)
    with_answers(client)
    page = page_of(client, cara)
    assert "Place free now." in page
    assert "Probably" not in page


def test_without_a_place_the_forecast_with_its_count_and_who_waits(client, cara) -> None:
    forecast_of(cara)
    fill(cara)
    with_answers(client)
    page = page_of(client, cara)
    assert "Probably about 5 weeks.</strong>" in page
    assert f"{SPREAD} Nobody is waiting yet." in page
    assert reverse("referrals:choose", args=[cara.pk]) in page
    assert "See people who have a place now" in page, "nobody is left with weeks alone"
    fill_list(cara, 1)
    assert "Probably about 9 weeks.</strong>" in page_of(client, cara)
    assert "1 person waits." in page_of(client, cara)


def test_without_a_forecast_nobody_guesses(client, cara) -> None:
    fill(cara, on_it=3)
    with_answers(client)
    words = "How long until there is one? We cannot say yet. 3 people wait."
    page = page_of(client, cara)
    assert "No place now.</strong>" in page and words in page
    forecast_of(cara)
    fill_list(cara, 0)
    assert "Probably" in page_of(client, cara)
    WaitForecast.objects.update(computed_at=clock.now() - datetime.timedelta(days=3, minutes=1))
    assert "How long until there is one? We cannot say yet." in page_of(client, cara)


@pytest.mark.parametrize("closed", [{"list_limit": 0}, {"list_closed": True}, {"list_entries": 10}])
def test_neither_a_place_nor_a_list_reads_one_way_everywhere(client, cara, closed) -> None:
    forecast_of(cara)
    fill(cara)
    Therapist.objects.filter(pk=cara.pk).update(**closed)
    submission = with_answers(client)
    page = page_of(client, cara)
    assert page.count("Not taking new requests just now.") == 1
    assert "No place now" not in page and "weeks" not in page
    client.post(reverse("referrals:choose", args=[cara.pk]))
    assert answers_of(submission).choices == ()
    assert "Cara Hughes" not in main(client, "referrals:matches")


# The list of people who fit.


def test_the_list_shows_both_kinds_and_sorts_by_wait(client, cara, bens) -> None:
    with_answers(client)
    page = main(client, "referrals:matches")
    order = [page.index(name) for name in ("Ben Okafor", "Cara Hughes", "Dora Unknown")]
    assert order == sorted(order), "a place now, then the forecast, then of whom nobody can say"
    assert "Place free now." in page and "Probably about 5 weeks." in page
    assert "How long until there is one? We cannot say yet." in page
    by_wait = main(client, "referrals:matches", "?sort=wait")
    assert by_wait.index("Ben Okafor") < by_wait.index("Cara Hughes") < by_wait.index("Dora Unknown")
    fill_list(cara, 1)
    assert "Probably about 9 weeks." in main(client, "referrals:matches"), "at the very next look"
    fill_list(cara, 10)
    assert "Cara Hughes" not in main(client, "referrals:matches")


@pytest.fixture
def bens(cara):
    """Besides Cara, who is full with a forecast: somebody with a place, and somebody full without a forecast."""
    forecast_of(cara)
    fill(cara)
    free, unknown = make_therapist(display_name="Ben Okafor"), make_therapist(display_name="Dora Unknown")
    fill(unknown)
    return free, unknown


# Wait or not.


def test_whoever_is_full_is_waited_for_unless_she_says_no(client, cara, bens) -> None:
    submission = with_answers(client)
    for one in (cara, bens[0]):
        client.post(reverse("referrals:choose", args=[one.pk]))
    page = main(client, "referrals:choices")
    assert "You would wait: we ask Cara if you can join the waiting list." in page
    assert "What waiting means" in page and "You can leave a waiting list at any time." in page
    assert "Wait for Ben" not in page, "there is a place: nothing to ask"
    url = reverse("referrals:wait", args=[cara.pk])
    assert client.post(url, {"wait": "no"}).url == f"{reverse('referrals:choices')}#c{cara.pk}"
    assert [c.will_wait for c in answers_of(submission).choices] == [False, True]
    page = main(client, "referrals:choices")
    assert "You would not wait: we ask Cara only if a place is free by then." in page
    assert ">Wait for Cara</button>" in page
    client.post(reverse("referrals:move", args=[cara.pk]), {"way": "down"})
    assert [c.will_wait for c in answers_of(submission).choices] == [True, False], "it moves with her"
    client.post(reverse("referrals:unchoose", args=[bens[0].pk]), {"back": "choices"})
    client.post(reverse("referrals:undo"))
    assert [c.will_wait for c in answers_of(submission).choices] == [True, False], "and comes back with her"
    client.post(url, {"wait": "yes"})
    client.post(url, {})
    assert [c.will_wait for c in answers_of(submission).choices] == [True, True]
    assert client.get(url).status_code == 405
    assert client.post(reverse("referrals:wait", args=[bens[1].pk]), {"wait": "no"}).status_code == 302


def test_the_check_page_says_who_is_asked_and_for_whom_she_waits(client, cara, bens, bank_holidays) -> None:
    ben, dora = bens

    def check(*choices: tuple[Therapist, bool]) -> str:
        kept = [{"therapist": one.pk, "will_wait": waits} for one, waits in choices]
        ready_to_send(client, choices=kept)
        return main(client, "referrals:check")

    page = check((cara, True), (ben, True), (dora, True))
    assert "When you send, we ask Ben Okafor." in page
    assert "we ask Cara Hughes if you can join the waiting list." in page
    assert "You would wait: we ask Dora" in page, "said of her too, although Ben is asked first"
    assert "we ask Cara Hughes and Dora Unknown if you can join" in check((cara, True), (dora, True))
    page = check((cara, False))
    assert "Nobody you chose has a place now, and you would not wait." in page
    assert "You would not wait: we ask Cara only if" in page


def test_what_she_said_is_what_happens(client, cara, bens, bank_holidays) -> None:
    """The same figure on page and walk: a place for a newcomer, or room on the list."""
    ben, dora = bens
    choices = [{"therapist": cara.pk, "will_wait": True}, {"therapist": dora.pk, "will_wait": False}]
    submission = ready_to_send(client, choices=[*choices, {"therapist": ben.pk, "will_wait": True}])
    client.post(reverse("referrals:send"))
    referral = Referral.objects.get(submission=submission)
    assert [entry.therapist_id for entry in entries_of(referral)] == [cara.pk]
    assert asked_now(referral) == ben.pk


# Changing the list of a referral that was sent.


def test_changing_the_list_keeps_who_is_waited_for_and_says_where_she_stands(client, cara, bank_holidays) -> None:
    full(cara)
    before, hers = listed(cara), listed(cara)
    dora = full(make_therapist(display_name="Dora Unknown"))
    assert entries_of(before)
    session = client.session
    session[CLIENT_SESSION_KEY] = hers.pk
    session.save()
    client.post(reverse("referrals:change_choices"))
    page = main(client, "referrals:choices")
    assert "You are on this waiting list." in page and "1 person is ahead of you." in page
    assert "You keep your place on this list." in page
    assert "You are on this waiting list." in page_of(client, cara), "on her page as well"
    client.post(reverse("referrals:choose", args=[dora.pk]))
    client.post(reverse("referrals:save_choices"))
    assert [entry.therapist_id for entry in entries_of(hers)] == [cara.pk, dora.pk]
    assert [row.will_wait for row in hers.choices.filter(round=2).order_by("rank")] == [True, True]
    client.post(reverse("referrals:change_choices"))
    client.post(reverse("referrals:wait", args=[cara.pk]), {"wait": "no"})
    assert "When you save, you stop waiting for Cara." in main(client, "referrals:choices")
    client.post(reverse("referrals:save_choices"))
    assert [entry.therapist_id for entry in entries_of(hers)] == [dora.pk]


def test_how_many_are_ahead_and_how_long_it_takes_go_together(client, cara, bank_holidays) -> None:
    """Whoever joins has everybody on the list before her; who is on it, those before her in the queue."""
    full(cara)
    first, second = listed(cara), listed(cara)
    forecast_of(cara)
    words = [" ".join(list_rows(referral)[0].lines) for referral in (first, second)]
    assert "You are next on this list." in words[0] and "Probably about 5 weeks." in words[0]
    assert "1 person is ahead of you." in words[1] and "Probably about 9 weeks." in words[1]
    with_answers(client)
    page = page_of(client, cara)
    assert "2 people wait." in page and "We cannot say yet." in page, "two ahead are more than the forecast reaches"
    assert rank_now(Stated(), seed=1).rows[0].wait_weeks is None
    list_leave(entry=entry_with(first, cara), actor=for_client(first.client_id))
    assert "1 person waits." in page_of(client, cara) and "Probably about 9 weeks." in page_of(client, cara)
    assert rank_now(Stated(), seed=1).rows[0].wait_weeks == 9
    assert "Probably about 5 weeks." in " ".join(list_rows(second)[0].lines)


def test_a_list_in_a_session_from_before_is_understood(client, cara, bank_holidays) -> None:
    full(cara)
    hers = listed(cara)
    session = client.session
    session[CLIENT_SESSION_KEY], session[EDIT_KEY] = hers.pk, [cara.pk]
    session.save()
    assert "You keep your place on this list." in main(client, "referrals:choices")


def test_whoever_is_not_listed_has_no_wait(client, cara) -> None:
    forecast_of(cara)
    fill(cara)
    Therapist.objects.filter(pk=cara.pk).update(paused=True)
    with_answers(client)
    page = page_of(client, cara)
    assert "See the people who fit" in page
    assert "weeks" not in page


def test_who_was_asked_has_a_place_for_her_who_asked(client, cara) -> None:
    """Her only place is held for this client: to read of weeks would be wrong, and would frighten."""
    forecast_of(cara)
    referral = given.sent(cara)
    session = client.session
    session[CLIENT_SESSION_KEY] = referral.pk
    session.save()
    client.post(reverse("referrals:change_choices"))
    page = page_of(client, cara)
    assert "We have asked Cara." in page
    assert "A place is held for you meanwhile." in page
    assert "No place now" not in page and "weeks" not in page


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_how_it_looks(live_server, open_page, axe, ben, width) -> None:
    """Her page for clients while she is full, the pages on which one chooses, and her own page of places."""
    fill(ben, on_it=1)
    forecast_of(ben)
    page = open_page(width)
    visitor = Client()
    with_answers(visitor)
    page.context.add_cookies(
        [{"name": "sessionid", "value": visitor.cookies["sessionid"].value, "url": live_server.url}]
    )
    look(page, live_server.url + reverse("referrals:therapist", args=[ben.pk]), axe, "wait_therapist")
    look(page, live_server.url + reverse("referrals:matches"), axe, "wait_matches")
    follow(page.get_by_role("button", name="Choose Ben Okafor"))
    look(page, live_server.url + reverse("referrals:choices"), axe, "wait_choices")
    follow(page.get_by_role("button", name="Do not wait for Ben"))
    look(page, live_server.url + reverse("referrals:choices"), axe, "wait_choices_not")
    own = open_page(width)
    sign_in_page(own, live_server.url, ben.user)
    look(own, live_server.url + reverse("therapists:places"), axe, "wait_places")
    WaitForecast.objects.all().delete()
    look(own, live_server.url + reverse("therapists:places"), axe, "wait_places_unknown")
