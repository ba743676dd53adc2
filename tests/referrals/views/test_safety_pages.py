"""What somebody says about her safety is never lost: not by an old tab, a wish taken back, or a draft deleted."""

import threading

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client as Browser
from django.urls import reverse

from accounts.actors import for_user
from core.models import Task
from core.worklist import task_close
from referrals import kinds
from referrals.models import Referral, SafetyAnswer, SafetyQuestion, Submission
from referrals.selectors.safety_case import safety_case
from referrals.services.safety import safety_answer_record
from referrals.services.submission import submission_find
from referrals.services.submit import referral_submit
from referrals.sessions import SAFETY_KEY
from referrals.tasks import tick
from tests.referrals.given import VISITOR, draft
from tests.referrals.views.walkers import ready_to_send

pytestmark = pytest.mark.django_db
CALL = reverse("referrals:safety_call")


def url(slug: str) -> str:
    return reverse("referrals:safety_question", args=[slug])


def the_call() -> Task:
    return Task.objects.get(kind=kinds.SAFETY_CALL)


@pytest.fixture
def questions(db):
    call_command("load_reference", only=["safety questions"], verbosity=0)


@pytest.fixture
def number():
    return {"phone": "+447700900123"}


def test_call_me_takes_back_carry_on_without_a_call(client, questions, number):
    ready_to_send(client, **number)
    client.post(url("keep-safe"), {"answer": "no"})
    client.post(CALL, {"call": "no"})
    assert the_call().detail["no_call_wanted"] is True
    assert client.post(CALL, {"call": "yes"}).url == url("dark-thoughts")
    assert the_call().detail["no_call_wanted"] is False


def test_a_later_alarm_is_not_silenced_by_the_wish_before_it(client, questions, number):
    ready_to_send(client, **number)
    client.post(url("keep-safe"), {"answer": "no"})
    client.post(CALL, {"call": "no"})
    client.post(url("dark-thoughts"), {"answer": "yes"})
    assert the_call().detail["no_call_wanted"] is False


def test_call_me_when_no_call_is_open_any_more_asks_for_the_number(client, questions, number, sam):
    ready_to_send(client, **number)
    client.post(url("keep-safe"), {"answer": "no"})
    task_close(task=the_call(), actor=for_user(sam), outcome="reached")
    assert client.post(CALL, {"call": "yes"}).url == reverse("referrals:call_me")


def test_deleting_keeps_what_the_promised_call_needs_until_it_is_made(client, questions, number, sam, now):
    submission = ready_to_send(client, **number, own_words="Mine alone", home_postcode="LS6 2AB")
    token = client.session["submission"]
    save, start = reverse("referrals:save"), reverse("referrals:start")
    assert "We keep your number" not in client.get(save).content.decode()
    client.post(url("keep-safe"), {"answer": "no"})
    assert "We keep your number until we have called you." in client.get(save).content.decode()
    assert client.post(reverse("referrals:delete_draft")).url == start
    assert "We keep your number until we have called you." in client.get(start).content.decode()
    submission.refresh_from_db()
    assert submission_find(token) is None
    assert not {"own_words", "home_postcode", "family_name", "date_of_birth"} & {
        key for key, value in submission.answers.items() if value
    }
    tick()
    case = safety_case(the_call(), actor=for_user(sam))
    assert case is not None
    assert (case.called, case.phone, case.email) == ("Ewa", number["phone"], "ewa@example.org")
    task_close(task=the_call(), actor=for_user(sam), outcome="reached")
    tick()
    submission.refresh_from_db()
    assert (submission.state, submission.answers, submission.channel_address) == ("expired", {}, "")


def test_deleting_without_a_call_keeps_nothing(client, questions):
    submission = ready_to_send(client)
    client.post(url("keep-safe"), {"answer": "yes"})
    client.post(reverse("referrals:delete_draft"))
    submission.refresh_from_db()
    assert (submission.state, submission.answers, submission.channel_address) == ("expired", {}, "")


def test_an_answer_from_an_old_tab_after_sending_counts(client, questions, ben):
    submission = ready_to_send(client, ben, phone="+447700900123")
    assert client.post(reverse("referrals:send")).url == reverse("referrals:sent")
    answered = client.post(url("keep-safe"), {"answer": "no"})
    assert answered.url == reverse("referrals:safety_help")
    assert "call 999 or go to A&amp;E now" in client.get(answered.url).content.decode()
    answer = SafetyAnswer.objects.get()
    assert (answer.submission, answer.referral) == (submission, Referral.objects.get())
    assert the_call().subject_id == submission.pk
    assert client.post(CALL, {"call": "yes"}).status_code == 302
    assert client.post(url("others"), {"answer": "no"}).url == url("depend")
    assert client.post(url("depend"), {"answer": "no"}).url == reverse("referrals:my_referral")


def test_a_stranger_reaches_nobodys_questions(questions, client, ben):
    ready_to_send(client, ben)
    client.post(reverse("referrals:send"))
    assert Browser().post(url("keep-safe"), {"answer": "no"}).url == reverse("referrals:start")
    assert not SafetyAnswer.objects.exists()


def test_the_needed_question_cannot_be_skipped(client, questions):
    ready_to_send(client)
    session = client.session
    del session[SAFETY_KEY]
    session.save()
    page = client.post(url("keep-safe"), {"skip": "1"})
    assert page.status_code == 200 and "“Not sure” is an answer too" in page.content.decode()
    assert client.post(url("depend"), {"skip": "1"}).url == url("keep-safe")
    assert SAFETY_KEY not in client.session
    client.post(url("keep-safe"), {"answer": "yes"})
    client.post(url("depend"), {"skip": "1"})
    assert client.session[SAFETY_KEY] is True


@pytest.mark.django_db(transaction=True)
def test_an_answer_that_races_with_sending_belongs_to_the_referral(questions, ben):
    submission = draft(ben)
    question = SafetyQuestion.objects.get(slug="keep-safe")
    stale = Submission.objects.get(pk=submission.pk)

    def answer() -> None:
        try:
            safety_answer_record(submission=stale, question=question, value="no", actor=VISITOR)
        finally:
            connection.close()

    racing = threading.Thread(target=answer)
    with transaction.atomic():
        referral = referral_submit(submission=submission, actor=VISITOR)
        racing.start()
        racing.join(timeout=1)
        assert racing.is_alive()
    racing.join(timeout=10)
    assert SafetyAnswer.objects.get().referral_id == referral.pk
