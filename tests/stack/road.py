"""The road from sending to two "go ahead"s, taken by services in the test while web, worker and beat run beside it."""

import datetime
from collections.abc import Callable
from pathlib import Path

from core import clock
from core.clock import LONDON
from notifications.models import Message
from referrals.models import Offer, Placement, Referral
from referrals.services.placements import contact_record, go_ahead
from referrals.services.requests import request_decline, request_interest, request_offer_meeting
from tests.referrals.given import actor_of, client_of, open_offer, sent
from tests.support import mail
from tests.support.stack import LiveStack
from therapists.models import PlaceClaim, Therapist

DONE = (Message.State.SENT, Message.State.CANCELLED)
LOST_AFTER = datetime.timedelta(minutes=3)


def travel_to_working_morning(stack: LiveStack) -> None:
    """Stand at ten in the morning of a Tuesday, outside quiet hours and before every deadline of the week."""
    now = clock.now().astimezone(LONDON)
    days = (1 - now.weekday()) % 7 or 7
    morning = datetime.datetime.combine(now.date() + datetime.timedelta(days=days), datetime.time(10), LONDON)
    stack.travel(morning - now)


class Road:
    """One referral's way: Ewa refers herself, Ben declines, Cara offers a first meeting, both go ahead."""

    def __init__(self, ben: Therapist, cara: Therapist) -> None:
        self.ben, self.cara = ben, cara
        self.referral: Referral
        self.placement: Placement

    @property
    def steps(self) -> list[Callable[[], None]]:
        return [self.send, self.ben_declines, self.cara_is_interested, self.cara_offers, self.both_go_ahead]

    def send(self) -> None:
        self.referral = sent(self.ben, self.cara)

    def ben_declines(self) -> None:
        request_decline(offer=self._asked(self.ben), code="full", actor=actor_of(self.ben))

    def cara_is_interested(self) -> None:
        request_interest(offer=self._asked(self.cara), actor=actor_of(self.cara))

    def cara_offers(self) -> None:
        self.placement = request_offer_meeting(offer=self._asked(self.cara), actor=actor_of(self.cara))

    def both_go_ahead(self) -> None:
        contact_record(placement=self.placement, actor=actor_of(self.cara))
        go_ahead(placement=self.placement, side="therapist", actor=actor_of(self.cara))
        go_ahead(placement=self.placement, side="client", actor=client_of(self.referral))

    def _asked(self, therapist: Therapist) -> Offer:
        offer = open_offer(self.referral)
        assert offer.therapist_id == therapist.pk
        return offer


def settle(stack: LiveStack) -> None:
    """Let the sweeper take up what a dead worker left, and wait until nothing is on its way."""
    stack.travel(LOST_AFTER)
    on_its_way = Message.objects.exclude(state__in=DONE)
    stack.wait(lambda: not on_its_way.exists(), "every message sent or no longer needed", seconds=60)


def assert_nothing_lost_or_doubled(stack: LiveStack) -> None:
    """Each sent row stands in the sink under its own Message-ID, and nothing stands there that no row sent.

    A worker killed between sending and recording leaves a message that has arrived; if it is not wanted any more when
    the sweeper comes, its row ends as cancelled after an attempt.
    """
    rows = Message.objects.values_list("message_id", "state", "attempts")
    sent = {message_id for message_id, state, _ in rows if state == Message.State.SENT}
    tried = {message_id for message_id, _, attempts in rows if attempts}
    arrived = {one.message_id for one in mail.read(Path(stack.mail_folder))}
    assert len(sent) >= 5, "the road sends the client and both therapists at least five messages"
    assert sent <= arrived, "lost"
    assert arrived <= sent | tried, "sent by nobody"
    assert not Message.objects.exclude(state__in=DONE).exists()


def assert_sound(referral: Referral) -> None:
    """In therapy with one placement, one live claim, one owner and one due time."""
    referral.refresh_from_db()
    assert referral.state == Referral.State.IN_THERAPY
    assert referral.action_owner
    assert referral.due_at
    assert Placement.objects.filter(referral=referral).exclude(state="ended").count() == 1
    assert not Offer.objects.filter(referral=referral, state="open").exists()
    assert PlaceClaim.objects.filter(released_at__isnull=True).count() == 1
