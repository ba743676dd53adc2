"""Safe contact proved by a code, a number left, and the safety questions with every answer they can get."""

import datetime

import pytest
from django.core.management import call_command
from django.test import Client as Browser
from django.urls import reverse

from accounts.models import DutyShift
from core import clock
from core.models import OneTimeCode, Task
from core.one_time_codes import code_digits
from notifications.models import Message
from referrals.models import CallRequest, SafetyAnswer, SafetyOption, SafetyQuestion
from referrals.services.submission import (
    submission_by_return_code,
    submission_channel_prove,
    submission_return_code,
)
from tests.referrals.views.walkers import EWA, answers_of, question, ready_to_send, with_answers

pytestmark = pytest.mark.django_db

CODE = "/code/"


@pytest.fixture
def questions(db):
    call_command("load_reference", only=["safety questions"], verbosity=0)
    return list(SafetyQuestion.objects.filter(active=True))


@pytest.fixture
def on_duty(sam):
    now = clock.now()
    hour = datetime.timedelta(hours=1)
    return DutyShift.objects.create(user=sam, starts_at=now - hour, ends_at=now + 8 * hour)


def digits() -> str:
    return code_digits(OneTimeCode.objects.latest("pk"))


def test_the_code_goes_out_once_however_often_the_page_is_opened(client):
    with_answers(client, channel="email", email="ewa@example.org")
    for _ in range(3):
        assert client.get(CODE).status_code == 200
    assert Message.objects.filter(topic="channel_code").count() == 1


def test_a_wrong_code_is_said_and_the_right_one_goes_on(client):
    submission = with_answers(client, channel="email", email="ewa@example.org")
    client.get(CODE)
    wrong = "111111" if digits() != "111111" else "222222"
    assert "This code is not right" in client.post(CODE, {"code": wrong}).content.decode()
    assert client.post(CODE, {"code": f" {digits()[:3]} {digits()[3:]} "}).url == question("safe")
    submission.refresh_from_db()
    assert submission.channel_proved_at and submission.channel_address == "ewa@example.org"


def test_a_changed_address_must_be_proved_anew(client):
    submission = with_answers(client, channel="email", email="ewa@example.org")
    client.get(CODE)
    client.post(CODE, {"code": digits()})
    client.post(question("reach-at"), {"email": "other@example.org"})
    assert client.get(question("safe")).url == CODE
    client.get(CODE)
    submission.refresh_from_db()
    assert submission.channel_proved_at is None
    assert Message.objects.filter(topic="channel_code").count() == 2


def test_a_code_sent_to_one_address_proves_no_other(client):
    submission = with_answers(client, channel="email", email="first@example.org")
    client.get(CODE)
    first = digits()
    client.post(question("reach-at"), {"email": "second@example.org"})
    client.get(CODE)
    submission.refresh_from_db()
    assert submission.channel_address == "second@example.org"
    assert not submission_channel_prove(submission=submission, digits=first)
    assert submission_channel_prove(submission=submission, digits=digits())


def test_a_browser_that_asked_for_no_code_proves_nothing(client):
    submission = with_answers(client, channel="email", email="ewa@example.org")
    client.get(CODE)
    sent = digits()
    other, (_found, token) = Browser(), submission_by_return_code(code=submission_return_code(submission=submission))
    session = other.session
    session["submission"] = token
    session.save()
    assert other.post(CODE, {"code": sent}).url == CODE
    submission.refresh_from_db()
    assert submission.channel_proved_at is None
    other.get(CODE)
    assert other.post(CODE, {"code": digits()}).url == question("safe")


@pytest.mark.parametrize("typed", ["", "12345", "abcdef", "1234567", "nul\x00", "９" * 6, "x" * 300])
def test_odd_codes_get_an_error(client, typed):
    with_answers(client, channel="email", email="ewa@example.org")
    client.get(CODE)
    page = client.post(CODE, {"code": typed})
    assert page.status_code == 200 and "There is a problem" in page.content.decode()


def test_codes_cannot_be_sent_without_end(client):
    with_answers(client, channel="sms", phone="+447700900123")
    client.get(CODE)
    for _ in range(15):
        client.post(reverse("referrals:code_again"))
    assert Message.objects.filter(topic="channel_code").count() <= 10
    assert "several codes already" in client.get(CODE).content.decode()


def test_nothing_personal_is_asked_before_a_channel_is_proved(client):
    with_answers(client, channel="email", email="ewa@example.org")
    for slug in ("name", "born", "home", "practice"):
        assert client.get(question(slug)).url == CODE
    assert client.get(reverse("referrals:safety")).url == CODE


def test_leaving_a_number_prints_when_somebody_calls(client, on_duty):
    page = client.get(reverse("referrals:call_me")).content.decode()
    assert "A trained person will call by" in page and "It’s Sam, calling back." in page
    typed = {"name": "E", "phone": "07700 900 123", "voicemail": ["ok"]}
    assert client.post(reverse("referrals:call_me"), typed).url == reverse("referrals:call_me_done")
    asked = CallRequest.objects.get()
    assert (asked.phone, asked.voicemail_ok) == ("+447700900123", True)
    assert Task.objects.get().due_at > clock.now()
    assert "A trained person will call by" in client.get(reverse("referrals:call_me_done")).content.decode()


def test_a_gap_in_the_rota_changes_the_words_at_once(client, db):
    page = client.get(reverse("referrals:call_me")).content.decode()
    assert "We cannot say when we will call." in page and "116 123" in page


def test_bad_numbers_are_said_and_kept(client, db):
    page = client.post(reverse("referrals:call_me"), {"name": "E", "phone": "12"}).content.decode()
    assert "There is a problem" in page and 'value="12"' in page
    assert not CallRequest.objects.exists()


def test_every_question_and_answer(client, questions, on_duty):
    """Help is shown for exactly the answers whose rows say so, and a task is opened for exactly those that say so."""
    for option in SafetyOption.objects.filter(question__asked_if_question=None).select_related("question"):
        submission = ready_to_send(client)
        Task.objects.all().delete()
        url = reverse("referrals:safety_question", args=[option.question.slug])
        response = client.post(url, {"answer": option.value})
        shown = response.url == reverse("referrals:safety_help")
        assert shown == (option.show_help or option.open_task), f"{option.question.slug} {option.value}"
        assert Task.objects.exists() == option.open_task
        assert SafetyAnswer.objects.get(submission=submission).value == option.value


def test_help_comes_first_with_a_printed_time_and_both_ways_on(client, questions, on_duty):
    ready_to_send(client, phone="+447700900123")
    response = client.post(reverse("referrals:safety_question", args=["keep-safe"]), {"answer": "no"})
    page = client.get(response.url).content.decode()
    main = page.split("<main")[1]
    assert main.index("call 999 or go to A&amp;E now") < main.index("Call me")
    for words in (
        "116 123",
        "Nobody here will see this tonight",
        "A trained person will call by",
        "Carry on without a call",
    ):
        assert words in main
    after = client.post(reverse("referrals:safety_call"), {"call": "no"})
    assert after.url == reverse("referrals:safety_question", args=["dark-thoughts"])
    assert Task.objects.get().detail["no_call_wanted"] is True


def test_call_me_without_a_number_asks_for_one(client, questions, on_duty):
    ready_to_send(client)
    client.post(reverse("referrals:safety_question", args=["keep-safe"]), {"answer": "not-sure"})
    assert client.post(reverse("referrals:safety_call"), {"call": "yes"}).url == reverse("referrals:call_me")


def test_answers_are_never_shown_again(client, questions):
    ready_to_send(client)
    url = reverse("referrals:safety_question", args=["keep-safe"])
    client.post(url, {"answer": "not-sure"})
    for address in (url, reverse("referrals:safety"), reverse("referrals:check")):
        page = client.get(address).content.decode()
        assert "Answered" in page, address
        assert "checked" not in page, address
    assert "not-sure" not in str(dict(client.session))


def test_an_answer_stays_when_the_form_is_abandoned(client, questions):
    submission = ready_to_send(client)
    client.post(reverse("referrals:safety_question", args=["keep-safe"]), {"answer": "yes"})
    client.post(reverse("referrals:delete_draft"))
    assert SafetyAnswer.objects.filter(submission=submission).count() == 1


def test_a_follow_up_is_asked_only_when_it_applies(client, questions):
    ready_to_send(client)
    follow_up = next(q for q in questions if q.asked_if_question_id)
    first = SafetyQuestion.objects.get(pk=follow_up.asked_if_question_id)
    url = reverse("referrals:safety_question", args=[follow_up.slug])
    assert client.get(url).status_code == 404
    client.post(reverse("referrals:safety_question", args=[first.slug]), {"answer": follow_up.asked_if_values[0]})
    assert client.get(url).status_code == 200


def test_optional_questions_can_be_left_out_and_the_first_cannot(client, questions):
    ready_to_send(client)
    first = client.post(reverse("referrals:safety_question", args=["keep-safe"]), {})
    assert "“Not sure” is an answer too" in first.content.decode()
    skipped = client.post(reverse("referrals:safety_question", args=["dark-thoughts"]), {"skip": "1"})
    assert skipped.status_code == 302
    assert not SafetyAnswer.objects.exists()


@pytest.mark.parametrize("value", ["maybe", "nul\x00", "x" * 5000, "1"])
def test_made_up_answers_are_refused(client, questions, value):
    ready_to_send(client)
    page = client.post(reverse("referrals:safety_question", args=["keep-safe"]), {"answer": value})
    assert page.status_code == 200 and "There is a problem" in page.content.decode()
    assert not SafetyAnswer.objects.exists()


def test_what_may_be_shared_is_asked_item_by_item_and_no_answer_means_no(client, questions):
    submission = ready_to_send(client, own_words="mine", practice_name="Park Surgery", shares={})
    page = client.get(question("sharing")).content.decode()
    assert "read what I wrote in my own words" in page
    assert "GP practice" not in page, "nothing tells a practice, so nothing asks whether it may be told"
    client.post(question("sharing"), {"own_words": "yes"})
    assert answers_of(submission).shares == {"own_words": True, "safety_to_therapist": False}


@pytest.mark.parametrize(
    "born", [("27", "3", "2015"), ("31", "2", "1990"), ("1", "1", "1850"), ("", "", ""), ("x", "y", "z")]
)
def test_dates_of_birth_that_cannot_be(client, born):
    ready_to_send(client)
    day, month, year = born
    page = client.post(question("born"), {"born_day": day, "born_month": month, "born_year": year})
    assert page.status_code == 200 and "There is a problem" in page.content.decode()


def test_the_draft_forgets_an_address_that_no_longer_counts(client):
    submission = with_answers(client, **EWA)
    client.post(question("reach-at"), {"email": "new@example.org"})
    assert answers_of(submission).email == "new@example.org"


def test_texts_are_only_offered_where_a_provider_sends_them(client, settings, db):
    with_answers(client)
    assert "Text message" in client.get(question("reach")).content.decode()
    settings.SMS_BACKEND = "notifications.channels.sms.NoProvider"
    page = client.get(question("reach")).content.decode()
    assert "Text message" not in page
    assert "Please call me" in page
    refused = client.post(question("reach"), {"channel": "sms"})
    assert refused.status_code == 200
    assert "Select a valid choice" in refused.content.decode() or "There is a problem" in refused.content.decode()


def test_leaving_the_page_keeps_no_call_as_a_channel_to_prove(client, db):
    submission = with_answers(client)
    client.post(reverse("referrals:autosave", args=["reach"]), {"channel": "phone"})
    assert answers_of(submission).channel == ""
    client.post(reverse("referrals:autosave", args=["reach"]), {"channel": "email"})
    assert answers_of(submission).channel == "email"
