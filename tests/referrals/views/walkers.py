"""Somebody who fills in the pages, for tests: she knows addresses and field names."""

from dataclasses import replace
from typing import Any

from django.test import Client as Browser
from django.urls import reverse

from core import clock
from referrals.answers import Answers, Chosen
from referrals.models import Submission
from referrals.services.submission import submission_save, submission_start
from referrals.sessions import SAFETY_KEY, TOKEN_KEY

EWA = {
    "channel": "email",
    "email": "ewa@example.org",
    "given_name": "Ewa",
    "family_name": "Nowak",
    "date_of_birth": "1990-03-27",
    "shares": {"safety_to_therapist": True},
}


def question(slug: str) -> str:
    return reverse("referrals:question", args=[slug])


def begin(browser: Browser) -> Submission:
    """Press "Start now"."""
    browser.post(reverse("referrals:begin"))
    return Submission.objects.latest("pk")


def with_answers(browser: Browser, **answers: Any) -> Submission:
    """A draft with these answers behind the browser's session; the first three questions are answered."""
    submission, token = submission_start()
    first = {"nation": "england", "adult": True, "paying": "self_pay"}
    submission = submission_save(submission=submission, answers=Answers.from_dict({**first, **answers}))
    session = browser.session
    session[TOKEN_KEY] = token
    session.save()
    return submission


def ready_to_send(browser: Browser, *therapists: Any, **answers: Any) -> Submission:
    """A draft in which everything is answered, the channel proved, and these therapists chosen."""
    choices = [{"therapist": therapist.pk} for therapist in therapists]
    submission = with_answers(browser, **{**EWA, "choices": choices, **answers})
    submission.channel, submission.channel_address = "email", answers.get("email", EWA["email"])
    submission.channel_proved_at = clock.now()
    submission.save()
    session = browser.session
    session[SAFETY_KEY] = True
    session.save()
    return submission


def answers_of(submission: Submission) -> Answers:
    submission.refresh_from_db()
    return Answers.from_dict(submission.answers)


def choose(submission: Submission, *therapists: Any) -> None:
    chosen = tuple(Chosen(therapist.pk) for therapist in therapists)
    submission_save(submission=submission, answers=replace(answers_of(submission), choices=chosen))
