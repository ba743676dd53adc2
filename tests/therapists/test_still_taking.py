"""Are you still taking people? Who is asked on which morning, what the message says, and what its link can do."""

import datetime
import itertools
import re
from collections.abc import Iterator

import pytest
from django.test import Client as Browser
from django.urls import reverse

from core import clock
from core.actors import system
from core.clock import LONDON, Frozen
from core.models import BankHoliday, Task
from notifications.delivery import message_deliver
from notifications.models import Message
from notifications.topics import Rendered, handler_of
from tests.factories import make_therapist, make_user
from tests.referrals.given import actor_of
from therapists import messages
from therapists.models import ConfirmationAsk, Registration, Therapist
from therapists.selectors.confirmations import link_token, morning_of, therapists_to_ask
from therapists.selectors.standing import standing
from therapists.services.confirmations import confirmations_ask
from therapists.services.listing import request_unanswered_count, therapist_confirm
from therapists.tasks import ask_to_confirm

pytestmark = pytest.mark.django_db
ASKED, LAST_DAY, OVER = messages.STILL_TAKING, messages.STILL_TAKING_LAST_DAY, messages.STILL_TAKING_OVER
HOLIDAYS = ["2026-12-25", "2026-12-28", "2027-01-01"]


def london(year: int, month: int, day: int, hour: int = 10, minute: int = 0) -> datetime.datetime:
    return datetime.datetime(year, month, day, hour, minute, tzinfo=LONDON)


@pytest.fixture(autouse=True)
def now() -> Iterator[Frozen]:
    """A Monday, so that ten days later is a Thursday."""
    with clock.frozen(london(2026, 11, 2)) as frozen:
        yield frozen


def topics() -> list[str]:
    return list(Message.objects.order_by("pk").values_list("topic", flat=True))


def asked_at(now: Frozen, *moments: datetime.datetime) -> list[str]:
    """The topics written when the task runs at each of these moments."""
    for moment in moments:
        now.at = moment
        ask_to_confirm()
    return topics()


def mail(message: Message) -> Rendered:
    return handler_of(message.topic).render(message)


def link_in(words: Rendered) -> str:
    found = re.search(r"https?://[^/\s]+(/therapists/still-taking/\S+)", words.text)
    assert found, words.text
    return found.group(1)


def fresh(therapist: Therapist) -> Therapist:
    return Therapist.objects.get(pk=therapist.pk)


# On which morning.


def test_three_messages_in_the_life_of_one_confirmation(ben: Therapist, now: Frozen) -> None:
    monday = now.at
    days = [monday + datetime.timedelta(days=n) for n in range(1, 30)]
    when = {}
    for day in days:
        before = len(topics())
        for topic in asked_at(now, day.replace(hour=11), day.replace(hour=11, minute=50))[before:]:
            when[topic] = day.astimezone(LONDON).date()
    assert topics() == [ASKED, LAST_DAY, OVER]
    # The tenth day; the thirteenth is a Sunday, so the Friday before; the fourteenth is a Monday at this very hour.
    assert [when[topic].day for topic in topics()] == [12, 13, 16]
    assert not standing(ben.pk, as_of=clock.now()).listed


def test_nothing_is_written_before_the_tenth_day_at_night_or_at_weekends(ben: Therapist, now: Frozen) -> None:
    moments = [london(2026, 11, 12, 9, 59), london(2026, 11, 12, 12, 0), london(2026, 11, 12, 8, 59)]
    moments += [london(2026, 11, 12, 22), london(2026, 11, 14), london(2026, 11, 15)]
    assert asked_at(now, *moments) == []
    assert asked_at(now, london(2026, 11, 12, 10, 0)) == [ASKED]


def test_a_morning_that_was_missed_is_made_up_for(ben: Therapist, now: Frozen) -> None:
    """The worker was away from the tenth day to the twentieth: one message, and the true one."""
    assert asked_at(now, london(2026, 11, 20, 9, 0)) == [OVER]


def test_over_christmas_the_last_day_is_said_before_the_holidays(ben: Therapist, now: Frozen) -> None:
    for date in HOLIDAYS:
        BankHoliday.objects.create(nation="england", date=date, name="Holiday")
    Therapist.objects.update(confirmed_at=london(2026, 12, 15, 11))
    days = [london(2026, 12, day, 11, 30) for day in range(16, 32)]
    assert asked_at(now, *days[:8]) == []
    # The fourteenth day is Tuesday 29 December, the first working morning after Christmas Eve.
    assert asked_at(now, london(2026, 12, 24, 11)) == [LAST_DAY]
    assert asked_at(now, *days[9:]) == [LAST_DAY, OVER]


def test_the_bank_holidays_are_those_of_her_nation(now: Frozen) -> None:
    BankHoliday.objects.create(nation="scotland", date="2026-11-30", name="St Andrew's Day")
    both = [make_therapist(user=make_user(), nation=nation, confirmed_at=london(2026, 11, 19, 12)) for nation in
            ("scotland", "england")]  # fmt: skip
    asked_at(now, london(2026, 11, 30, 10))
    assert [row.recipient_id for row in Message.objects.all()] == [both[1].pk]


def test_nobody_learns_of_the_end_only_after_it(now: Frozen) -> None:
    """For every hour of four weeks: whoever stays silent hears of the last day on a working morning before it."""
    rows = [make_therapist(user=make_user(), places=0) for _ in range(4 * 7 * 4)]
    for row, hours in zip(rows, itertools.count(step=6), strict=False):
        row.confirmed_at = london(2026, 11, 2, 1) + datetime.timedelta(hours=hours)
        row.save()
    asked_at(now, *(london(2026, 11, 2, 10) + datetime.timedelta(days=n) for n in range(45)))
    for row in rows:
        written = {m.topic: m.created_at - row.confirmed_at for m in Message.objects.filter(recipient_id=row.pk)}
        assert written[LAST_DAY] < datetime.timedelta(days=14) < written[OVER] < datetime.timedelta(days=18)
        assert written.get(ASKED, written[LAST_DAY]) <= written[LAST_DAY]


# To whom.


@pytest.mark.parametrize(
    "changes",
    [
        {"paused": True},
        {"profile_verified_at": None},
        {"user_id": None},
        {"unanswered_in_a_row": 2},
        {"monthly_limit": 0},
        {"confirmed_at": None},
    ],
)
def test_whom_it_does_not_concern_is_left_alone(ben: Therapist, now: Frozen, changes: dict[str, object]) -> None:
    Therapist.objects.filter(pk=ben.pk).update(**changes)
    assert asked_at(now, london(2026, 11, 12), london(2026, 11, 13), london(2026, 11, 20)) == []


def test_neither_is_whose_registration_is_in_question_or_account_closed(
    ben: Therapist, cara: Therapist, now: Frozen
) -> None:
    Registration.objects.filter(therapist=ben).update(status="suspended")
    type(cara.user).objects.filter(pk=cara.user_id).update(is_active=False)
    assert asked_at(now, london(2026, 11, 12)) == []
    Registration.objects.filter(therapist=ben).update(status="active")
    assert asked_at(now, london(2026, 11, 12, 11)) == [ASKED]


def test_any_act_of_hers_starts_anew(ben: Therapist, now: Frozen) -> None:
    asked_at(now, london(2026, 11, 12))
    therapist_confirm(therapist_id=ben.pk, actor=actor_of(ben))
    assert asked_at(now, london(2026, 11, 13), london(2026, 11, 20)) == [ASKED]
    assert asked_at(now, london(2026, 11, 23)) == [ASKED, ASKED]
    assert ConfirmationAsk.objects.get().confirmed_at == fresh(ben).confirmed_at


def test_run_twice_or_by_two_it_is_written_once(ben: Therapist, now: Frozen) -> None:
    now.at = london(2026, 11, 12)
    assert confirmations_ask() == 1
    assert confirmations_ask() == 0
    # A run that died before it noted whom it had written to.
    ConfirmationAsk.objects.all().delete()
    confirmations_ask()
    assert topics() == [ASKED]


def test_those_passed_over_do_not_stand_in_the_way_of_others(now: Frozen, monkeypatch: pytest.MonkeyPatch) -> None:
    """The longest silent three may not be asked: with two at a time the others are still reached."""
    monkeypatch.setattr("therapists.services.confirmations.BATCH", 2)
    rows = [make_therapist(user=make_user(), places=0) for _ in range(6)]
    Registration.objects.filter(therapist__in=rows[:3]).update(status="suspended")
    asked_at(now, london(2026, 11, 12))
    assert set(Message.objects.values_list("recipient_id", flat=True)) == {row.pk for row in rows[3:]}


def test_the_query_finds_whom_the_morning_names(ben: Therapist, now: Frozen) -> None:
    now.at = london(2026, 11, 12)
    morning = morning_of("england", clock.now())
    assert morning is not None
    assert [row.pk for row in therapists_to_ask(["england"], morning)] == [ben.pk]
    assert not therapists_to_ask(["wales"], morning)


# What it says, and whether it is still true when it goes out.


def test_the_words_tell_the_day_and_nothing_about_anybody(ben: Therapist, now: Frozen) -> None:
    asked_at(now, london(2026, 11, 12), london(2026, 11, 13), london(2026, 11, 17))
    said = [mail(row) for row in Message.objects.order_by("pk")]
    assert "until Monday 16 November, 10am" in said[0].text
    assert "After Monday 16 November, 10am people can no longer find you" in said[1].text
    assert "have not been able to find you since Monday 16 November, 10am" in said[2].text
    assert all("Ben" not in words.subject + words.text for words in said)


@pytest.mark.parametrize("topic", [ASKED, LAST_DAY, OVER])
def test_a_message_that_is_late_is_dropped_when_it_is_not_true_any_more(
    ben: Therapist, now: Frozen, topic: str
) -> None:
    moment = {ASKED: london(2026, 11, 12), LAST_DAY: london(2026, 11, 13), OVER: london(2026, 11, 17)}[topic]
    asked_at(now, moment)
    message = Message.objects.get(topic=topic)
    handler = handler_of(topic)
    assert handler.still_wanted(message)
    now.at = london(2026, 11, 18)
    assert handler.still_wanted(message) == (topic == OVER)
    now.at = moment
    Therapist.objects.update(paused=True)
    assert not handler.still_wanted(message)
    Therapist.objects.update(paused=False)
    therapist_confirm(therapist_id=ben.pk, actor=actor_of(ben))
    assert not handler.still_wanted(message)


def test_one_that_cannot_be_delivered_is_a_coordinators_task(ben: Therapist, now: Frozen) -> None:
    asked_at(now, london(2026, 11, 12))
    type(ben.user).objects.filter(pk=ben.user_id).update(email="")
    message_deliver(message_id=Message.objects.get().pk)
    task = Task.objects.get()
    assert (task.kind, task.owner_role, task.subject_type) == ("message_failed", "coordinator", "message")


def test_the_second_unanswered_request_in_a_row_is_said_at_once_and_once(ben: Therapist) -> None:
    for _ in range(3):
        request_unanswered_count(therapist_id=ben.pk, actor=system("tick"))
    assert topics() == [messages.UNANSWERED]
    message = Message.objects.get()
    assert handler_of(message.topic).still_wanted(message)
    assert reverse("therapists:listing") in mail(message).text
    therapist_confirm(therapist_id=ben.pk, actor=actor_of(ben))
    assert not handler_of(message.topic).still_wanted(message)


# The link.


@pytest.fixture
def link(ben: Therapist, now: Frozen) -> str:
    asked_at(now, london(2026, 11, 17))
    return link_in(mail(Message.objects.get()))


def test_opening_it_changes_nothing_and_pressing_brings_her_back(ben: Therapist, link: str) -> None:
    browser, before = Browser(enforce_csrf_checks=True), fresh(ben).confirmed_at
    assert not standing(ben.pk, as_of=clock.now()).listed
    for _ in range(2):
        page = browser.get(link)
        browser.head(link)
    text = page.content.decode()
    assert "Ben Okafor, are you still taking people?" in text
    assert "You have" not in text
    assert fresh(ben).confirmed_at == before
    token = browser.cookies["csrftoken"].value
    assert browser.post(link, {"csrfmiddlewaretoken": token}).status_code == 302
    assert standing(ben.pk, as_of=clock.now()).listed
    assert "Thank you. People can find you." in browser.get(link).content.decode()


def test_a_press_without_the_pages_own_form_does_nothing(ben: Therapist, link: str) -> None:
    before = fresh(ben).confirmed_at
    assert Browser(enforce_csrf_checks=True).post(link).status_code == 403
    assert fresh(ben).confirmed_at == before


def test_a_used_link_opens_again_and_confirms_nothing_more(ben: Therapist, now: Frozen, link: str) -> None:
    browser = Browser()
    browser.post(link)
    confirmed = fresh(ben).confirmed_at
    now.move(datetime.timedelta(days=3))
    browser.post(link)
    assert fresh(ben).confirmed_at == confirmed
    assert "People can find you" in browser.get(link).content.decode()
    now.move(datetime.timedelta(days=12))
    assert "This link has been used" in browser.get(link).content.decode()
    assert not standing(ben.pk, as_of=clock.now()).listed


def test_it_signs_nobody_in_and_opens_nothing_else(ben: Therapist, link: str) -> None:
    browser = Browser()
    browser.post(link)
    for page in ("therapists:places", "therapists:listing", "caseload:today"):
        assert "/account/login/" in browser.get(reverse(page))["Location"]


def test_another_reason_is_told_only_behind_the_sign_in(ben: Therapist, link: str) -> None:
    Registration.objects.filter(therapist=ben).update(status="suspended")
    browser = Browser()
    browser.post(link)
    text = browser.get(link).content.decode()
    assert "for another reason" in text
    assert "suspended" not in text


def test_links_that_are_old_broken_anothers_or_of_a_closed_account(ben: Therapist, now: Frozen, link: str) -> None:
    browser = Browser()
    for bad in (link[:-3] + "x/", "/therapists/still-taking/x/", "/therapists/still-taking/a.b/"):
        assert browser.get(bad).status_code == 404
        assert browser.post(bad).status_code == 404
    type(ben.user).objects.filter(pk=ben.user_id).update(is_active=False)
    assert browser.get(link).status_code == 404
    type(ben.user).objects.filter(pk=ben.user_id).update(is_active=True)
    now.move(datetime.timedelta(days=28, seconds=1))
    answer = browser.get(link)
    assert answer.status_code == 404
    assert "This link does not work any more" in answer.content.decode()


def test_the_link_holds_no_name_and_no_address(ben: Therapist) -> None:
    assert "ben" not in link_token(ben).lower()
