"""A request that never reached the therapist is passed on at once and not counted, while mail goes out at all."""

import datetime

import pytest

from core import clock
from core.clock import Frozen
from core.models import Task
from notifications.delivery import message_deliver
from notifications.models import Message
from notifications.services import message_bounced
from referrals.messages import topics
from referrals.models import Choice, Referral
from referrals.selectors.timeline import timeline
from referrals.services.requests import request_seen
from referrals.services.undelivered import request_pass_on
from referrals.tasks import tick
from tests.referrals.given import TICK, actor_of, delivered, fresh, open_offer, sent, state, topics_to_client
from therapists.models import Therapist

pytestmark = pytest.mark.django_db
MINUTE = datetime.timedelta(minutes=1)
State = Message.State


def lost(referral: Referral, state_: str = State.FAILED) -> Message:
    """The message about the open request was handed to nobody, or came back."""
    about = Message.objects.filter(topic=topics.REQUEST_NEW, subject_id=open_offer(referral).pk)
    about.update(state=state_, claimed_at=clock.now(), last_error="smtp-550")
    return about.get()


def other_mail_goes_out(now: Frozen) -> None:
    now.move(MINUTE)
    delivered(topic=topics.SENT)


def unanswered(therapist: Therapist) -> int:
    return Therapist.objects.get(pk=therapist.pk).unanswered_in_a_row


def test_a_request_that_could_not_be_delivered_is_passed_on(ben: Therapist, cara: Therapist, now: Frozen) -> None:
    referral = sent(ben, cara)
    lost(referral)
    other_mail_goes_out(now)
    tick()
    assert open_offer(referral).therapist == cara
    assert unanswered(ben) == 0
    assert topics_to_client(referral) == [topics.SENT, topics.NOT_REACHED]
    assert list(Choice.objects.filter(referral=referral).values_list("state", flat=True)) == ["unanswered", "asked"]
    assert "We could not reach Ben." in [item.words for item in timeline(fresh(referral))][-2]
    tick()
    assert open_offer(referral).therapist == cara


def test_one_that_came_back_needs_no_other_sign(ben: Therapist, cara: Therapist) -> None:
    referral = sent(ben, cara)
    message = lost(referral, State.SENT)
    assert message_bounced(message=message, code="5.1.1", actor=TICK)
    tick()
    assert open_offer(referral).therapist == cara
    assert Task.objects.filter(kind="message_bounced", subject_id=message.pk, owner_role="coordinator").exists()
    assert unanswered(ben) == 0


def test_while_no_mail_goes_out_at_all_nobody_walks_through_everybody(
    ben: Therapist, cara: Therapist, now: Frozen
) -> None:
    """Control: the same failure, and nothing handed over since."""
    referral = sent(ben, cara)
    delivered(topic=topics.SENT)
    now.move(MINUTE)
    lost(referral)
    now.move(MINUTE)
    tick()
    assert open_offer(referral).therapist == ben


def test_whoever_found_it_by_herself_keeps_it(ben: Therapist, cara: Therapist, now: Frozen) -> None:
    referral = sent(ben, cara)
    lost(referral)
    other_mail_goes_out(now)
    request_seen(offer=open_offer(referral), actor=actor_of(ben))
    tick()
    assert open_offer(referral).therapist == ben
    assert not request_pass_on(open_offer(referral).pk)


def test_sent_again_in_time_it_waits_for_her(ben: Therapist, cara: Therapist, now: Frozen) -> None:
    referral = sent(ben, cara)
    message = lost(referral)
    other_mail_goes_out(now)
    Message.objects.filter(pk=message.pk).update(state=State.SENT, sent_at=clock.now())
    assert not request_pass_on(open_offer(referral).pk)
    assert open_offer(referral).therapist == ben


def test_with_nobody_else_the_client_chooses_and_is_told_why(ben: Therapist, now: Frozen) -> None:
    referral = sent(ben)
    lost(referral)
    other_mail_goes_out(now)
    tick()
    assert state(referral) == "choosing"
    said = Message.objects.get(topic=topics.NOT_REACHED)
    message_deliver(message_id=said.pk)
    said.refresh_from_db()
    assert said.state == State.SENT
