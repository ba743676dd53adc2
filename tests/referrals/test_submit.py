"""Sending: a draft becomes one referral and facts; nothing twice, nothing guessed about who somebody is."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clients.models import Client, Consent
from clients.selectors import shared
from core import clock
from core.clock import Frozen
from core.models import Task
from core.references import reference_clean
from notifications.models import Message
from referrals import kinds
from referrals.answers import Answers
from referrals.errors import AlreadyOpen, ChannelNotProved, DraftGone, Incomplete
from referrals.messages import topics
from referrals.models import Choice, Exclusion, Offer, Referral, ReferralEvent, Submission
from referrals.services.submission import (
    submission_by_return_code,
    submission_channel_set,
    submission_find,
    submission_return_code,
    submission_save,
    submission_start,
)
from referrals.services.submit import referral_submit
from referrals.services.withdrawal import withdraw
from referrals.sharing import SHARE_ITEMS
from referrals.transitions import REFERRAL
from tests.factories import make_funder, make_therapist
from tests.referrals.given import VISITOR, client_of, draft, sent, topics_to_client
from therapists.models import Contract, PlaceClaim, Therapist

pytestmark = pytest.mark.django_db
QUERIES = 82


def test_the_first_choice_is_asked_and_a_place_is_held(ben: Therapist, cara: Therapist) -> None:
    referral = sent(ben, cara)
    offer = Offer.objects.get(referral=referral)
    assert (referral.state, referral.action_owner, referral.due_at) == ("requested", "therapist", offer.expires_at)
    assert offer.therapist_id == ben.pk
    assert offer.expires_at.astimezone(clock.LONDON).isoformat() == "2026-11-24T17:00:00+00:00"
    assert PlaceClaim.objects.filter(place__therapist=ben, kind="hold", released_at=None).count() == 1
    assert list(Choice.objects.filter(referral=referral).values_list("therapist_id", "rank", "state")) == [
        (ben.pk, 1, "asked"),
        (cara.pk, 2, "untried"),
    ]
    assert reference_clean(referral.reference) == referral.reference
    assert topics_to_client(referral) == [topics.SENT]
    assert Message.objects.filter(topic=topics.REQUEST_NEW, recipient_id=ben.pk).count() == 1
    assert not Message.objects.filter(recipient_id=cara.pk, recipient_type="therapist").exists()


def test_what_was_said_becomes_fact_and_the_draft_is_emptied(ben: Therapist, cara: Therapist) -> None:
    submission = draft(ben, shares={"own_words": True}, not_these=[cara.pk], access_note="A quiet room")
    referral = referral_submit(submission=submission, actor=VISITOR)
    submission.refresh_from_db()
    assert (submission.state, submission.answers) == ("submitted", {})
    assert referral.own_words == "My very own words"
    assert referral.client.access_needs["note"] == "A quiet room"
    assert int(referral.seed) == int(submission.seed) == int(referral.match_run.seed)
    assert shared(referral.client_id) == {"own_words"}
    assert Consent.objects.filter(client=referral.client).count() == len(SHARE_ITEMS)
    assert Exclusion.objects.get().therapist_id == cara.pk
    assert referral.fee_snapshot["therapists"][str(ben.pk)]["fee_pence"] == 5000


def test_the_events_replay_to_the_state(ben: Therapist) -> None:
    referral = sent(ben)
    actions = ReferralEvent.objects.filter(referral=referral).values_list("action", flat=True)
    assert REFERRAL.replay(actions) == referral.state
    assert list(actions) == ["submit", "ask"]


def test_sending_the_same_draft_again_gives_the_same_referral(ben: Therapist) -> None:
    submission = draft(ben)
    first = referral_submit(submission=submission, actor=VISITOR)
    assert referral_submit(submission=submission, actor=VISITOR) == first
    assert Offer.objects.count() == Message.objects.filter(topic=topics.SENT).count() == 1


def test_a_full_first_choice_is_passed_by(ben: Therapist, cara: Therapist) -> None:
    ben.places.all().delete()
    referral = sent(ben, cara)
    assert Offer.objects.get(referral=referral).therapist_id == cara.pk
    assert Choice.objects.get(referral=referral, therapist=ben).state == "untried"


@pytest.mark.parametrize("change", [{"paused": True}, {"monthly_limit": 0}, {"confirmed_at": None}])
def test_somebody_not_listed_gets_nothing_new(ben: Therapist, cara: Therapist, change: dict) -> None:
    Therapist.objects.filter(pk=ben.pk).update(**change)
    assert Offer.objects.get(referral=sent(ben, cara)).therapist_id == cara.pk


@pytest.mark.parametrize("side", Exclusion.Side.values)
def test_an_exclusion_is_passed_by_in_silence(ben: Therapist, cara: Therapist, side: str) -> None:
    first = sent(ben, cara)
    withdraw(referral=first, actor=client_of(first))
    Exclusion.objects.create(client=first.client, therapist=ben, side=side, at=clock.now())
    same = {"email": first.client.email, "given_name": "Ewa", "family_name": first.client.family_name}
    again = sent(ben, cara, **same, date_of_birth=first.client.date_of_birth)
    assert again.client_id == first.client_id
    assert Offer.objects.get(referral=again).therapist_id == cara.pk


def test_nobody_can_be_asked_so_it_is_her_turn(ben: Therapist) -> None:
    ben.places.all().delete()
    referral = sent(ben)
    assert (referral.state, referral.action_owner) == ("choosing", "client")
    assert referral.due_at == clock.now() + datetime.timedelta(days=10)
    assert referral.choosing_since == clock.now()


def test_help_me_choose_goes_to_a_coordinator_with_a_call(db: None) -> None:
    referral = sent(help_choosing=True)
    task = Task.objects.get(kind=kinds.HELP_CHOOSE)
    assert (referral.state, referral.action_owner, referral.due_at) == ("choosing", "coordinator", task.due_at)
    assert task.due_at.astimezone(clock.LONDON).isoformat() == "2026-11-24T17:00:00+00:00"


def test_a_funder_pays_only_therapists_under_contract(ben: Therapist, cara: Therapist) -> None:
    funder = make_funder("community-fund")
    Contract.objects.create(therapist=cara, funder=funder, starts_on=datetime.date(2026, 1, 1))
    referral = sent(ben, cara, paying="community-fund")
    assert (referral.funder, referral.fee_snapshot["sessions"]) == (funder, 8)
    assert Offer.objects.get(referral=referral).therapist_id == cara.pk


@pytest.mark.parametrize(
    "change", [{"active": False}, {"open_to_self_referral": False}, {"nations": ["wales"]}, {"ends_on": "2026-11-22"}]
)
def test_a_funder_who_does_not_pay_is_refused(ben: Therapist, change: dict) -> None:
    funder = make_funder("community-fund")
    type(funder).objects.filter(pk=funder.pk).update(**change)
    with pytest.raises(Incomplete) as refusal:
        sent(ben, paying="community-fund")
    assert refusal.value.missing == ("paying",)


def test_a_therapist_who_does_not_exist_is_no_choice(db: None) -> None:
    with pytest.raises(Incomplete) as refusal:
        sent(choices=[{"therapist": 987654321}])
    assert refusal.value.missing == ("choices",)


def test_nothing_is_sent_before_the_channel_is_proved(ben: Therapist) -> None:
    submission = draft(ben, prove=False)
    with pytest.raises(ChannelNotProved):
        referral_submit(submission=submission, actor=VISITOR)


def test_proving_one_address_does_not_prove_another(ben: Therapist) -> None:
    submission = draft(ben, email="ewa@example.org")
    typed = Answers.from_dict({**submission.answers, "email": "other@example.org"})
    submission_save(submission=submission, answers=typed)
    with pytest.raises(ChannelNotProved):
        referral_submit(submission=submission, actor=VISITOR)
    submission_channel_set(submission=submission, channel="email", address="other@example.org")
    with pytest.raises(ChannelNotProved):
        referral_submit(submission=submission, actor=VISITOR)


def test_a_draft_that_expired_cannot_be_sent(ben: Therapist, now: Frozen) -> None:
    submission = draft(ben)
    now.move(datetime.timedelta(days=28, seconds=1))
    with pytest.raises(DraftGone):
        referral_submit(submission=submission, actor=VISITOR)


# Who is it?


def same_person(referral: Referral, **changes: object) -> dict:
    client = referral.client
    return {
        "given_name": client.given_name,
        "family_name": client.family_name,
        "date_of_birth": client.date_of_birth,
        "home_postcode": client.postcode,
        "email": client.email,
        **changes,
    }


def test_one_open_referral_per_client(ben: Therapist, cara: Therapist) -> None:
    first = sent(ben)
    with pytest.raises(AlreadyOpen) as refusal:
        sent(cara, **same_person(first))
    assert refusal.value.referral == first
    assert Client.objects.count() == Referral.objects.count() == 1


@pytest.mark.parametrize(
    "change",
    [{"given_name": "  éwa"}, {"family_name": "Other"}, {"date_of_birth": "1999-09-09"}, {"home_postcode": "LS1 1AA"}],
)
def test_three_of_four_and_the_same_channel_is_the_same_client(ben: Therapist, change: dict) -> None:
    first = sent(ben)
    with pytest.raises(AlreadyOpen):
        sent(ben, **same_person(first, **change))


@pytest.mark.parametrize(
    "change",
    [
        {"email": "somebody.else@example.org"},
        {"given_name": "Ola", "home_postcode": "LS1 1AA"},
        {"given_name": "Ola", "home_postcode": ""},
    ],
)
def test_otherwise_it_is_a_new_client_and_nothing_is_shown(ben: Therapist, cara: Therapist, change: dict) -> None:
    first = sent(ben)
    second = sent(cara, **same_person(first, **change))
    assert second.client_id != first.client_id
    asked = Task.objects.filter(kind=kinds.IDENTITY_CHECK, subject_id=second.client_id)
    assert asked.exists() == ("email" in change)


def test_an_nhs_number_alone_decides_but_never_moves_the_channel(ben: Therapist, cara: Therapist) -> None:
    first = sent(ben, nhs_number="999 000 0018")
    stranger = sent(cara, nhs_number="9990000018")
    assert stranger.client_id != first.client_id
    assert stranger.client.nhs_number == ""
    assert Task.objects.get(kind=kinds.IDENTITY_CHECK).detail == {"perhaps": [first.client_id]}
    with pytest.raises(AlreadyOpen):
        sent(cara, nhs_number="9990000018", email=first.client.email)


def test_two_candidates_are_a_persons_decision(ben: Therapist, cara: Therapist) -> None:
    dan = make_therapist()
    first = sent(ben)
    second = sent(cara, **same_person(first, email="second@example.org", home_postcode="LS1 1AA"))
    third = sent(dan, **same_person(first, home_postcode="LS9 9AA"))
    assert third.client_id not in (first.client_id, second.client_id)
    task = Task.objects.get(kind=kinds.IDENTITY_CHECK, subject_id=third.client_id)
    assert task.detail == {"perhaps": [first.client_id, second.client_id]}


# Drafts.


def test_a_token_finds_its_draft_and_nothing_else(now: Frozen, db: None) -> None:
    submission, token = submission_start()
    assert submission_find(token) == submission
    assert submission_find(token + "x") is None
    assert token not in str(Submission.objects.values().get())
    now.move(datetime.timedelta(days=28, seconds=1))
    assert submission_find(token) is None


def test_a_return_code_opens_the_draft_once_per_code_and_ends_the_old_token(ben: Therapist) -> None:
    submission, token = submission_start()
    old = submission_return_code(submission=submission)
    code = submission_return_code(submission=submission)
    assert submission_by_return_code(code=old) is None
    found = submission_by_return_code(code=f" {code.lower()} ")
    assert found is not None and found[0] == submission
    assert submission_find(token) is None
    assert submission_find(found[1]) == submission


def test_saving_keeps_what_was_typed_sealed(ben: Therapist) -> None:
    submission = draft(ben)
    with connection.cursor() as cursor:
        cursor.execute("SELECT answers FROM referrals_submission WHERE id = %s", [submission.pk])
        assert "Ewa" not in cursor.fetchone()[0]


def test_sending_five_choices_stays_within_its_queries(ben: Therapist) -> None:
    others = [make_therapist() for _ in range(4)]
    sent(*others)
    submission = draft(ben, *others)
    with CaptureQueriesContext(connection) as few:
        referral_submit(submission=submission, actor=VISITOR)
    # What the engine reads to make its register anew is its own affair: in a test's one transaction it always does.
    asked = [query for query in few.captured_queries if "COPY" not in query["sql"]]
    assert len(asked) <= QUERIES, len(asked)
