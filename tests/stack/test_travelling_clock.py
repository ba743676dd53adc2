"""Web, worker and beat travel together through the night when the clocks change, and act in the second that is due."""

import datetime

from core import clock
from core.clock import LONDON
from core.reference.data import load_bank_holidays
from notifications.models import Message
from referrals import clocks
from referrals.messages import topics
from referrals.models import Offer, Referral, ReferralEvent
from tests.factories import make_therapist, make_user
from tests.referrals.given import sent
from tests.referrals.waiting import full, listed, offered, place_freed
from tests.support.stack import LiveStack
from therapists.models import Therapist

# Thursday before Easter 2027: Friday is a holiday, Sunday has an hour less, Monday is no holiday in Scotland.
THURSDAY = datetime.datetime(2027, 3, 25, 10, tzinfo=LONDON)
DUE = {
    "at weekends": datetime.datetime(2027, 3, 28, 17, tzinfo=LONDON),
    "scotland": datetime.datetime(2027, 3, 29, 17, tzinfo=LONDON),
    "england": datetime.datetime(2027, 3, 30, 17, tzinfo=LONDON),
}
SATURDAY_NIGHT = datetime.datetime(2027, 3, 27, 22, tzinfo=LONDON)
MORNING = datetime.datetime(2027, 3, 28, 8, tzinfo=LONDON)
BEFORE = datetime.timedelta(seconds=3)
# A tick a second, on a machine that has other things to do.
SOON = datetime.timedelta(seconds=45)


def travel_to(stack: LiveStack, moment: datetime.datetime) -> None:
    stack.travel(moment - clock.now())


def asked(nation: str, answering_days: int) -> Referral:
    user = make_user("therapist")
    return sent(make_therapist(user=user, nation=nation, answering_days=answering_days))


def test_each_request_lapses_after_its_second_through_the_week_of_a_clock_change(live_stack: LiveStack) -> None:
    travel_to(live_stack, THURSDAY)
    load_bank_holidays(overwrite=False)
    referrals = {
        "at weekends": asked("england", 0b1100000),
        "scotland": asked("scotland", 0b0011111),
        "england": asked("england", 0b0011111),
    }
    offers = {name: Offer.objects.get(referral=referral) for name, referral in referrals.items()}
    assert {name: offer.expires_at for name, offer in offers.items()} == DUE
    for name, offer in offers.items():
        travel_to(live_stack, offer.expires_at - BEFORE)
        live_stack.wait(lambda offer=offer: Offer.objects.get(pk=offer.pk).state != "open", f"{name} lapsing")
        event = ReferralEvent.objects.get(referral=referrals[name], action="lapse")
        assert offer.expires_at < event.at < offer.expires_at + SOON
        # Nobody else's time was over.
        still_open = set(Offer.objects.filter(state="open").values_list("pk", flat=True))
        assert still_open == {other.pk for other in offers.values() if other.expires_at > offer.expires_at}
    # Told by day only, and each therapist's silence counted once, for every request had reached her.
    handed_over = [
        at.astimezone(LONDON) for at in Message.objects.filter(state="sent").values_list("sent_at", flat=True)
    ]
    assert len(handed_over) >= 6
    assert all(8 <= at.hour < 21 for at in handed_over)
    assert set(Therapist.objects.values_list("unanswered_in_a_row", flat=True)) == {1}


def test_a_place_freed_in_the_night_of_the_change_is_told_in_the_morning_and_kept_to_its_second(
    live_stack: LiveStack,
) -> None:
    """The night is an hour shorter; her time starts when the message left, after eight, and no hour of it is lost."""
    travel_to(live_stack, SATURDAY_NIGHT)
    load_bank_holidays(overwrite=False)
    therapist = full(make_therapist(user=make_user("therapist")))
    referral = listed(therapist)
    place_freed(therapist)
    live_stack.wait(lambda: offered(referral), "a place being offered")
    travel_to(live_stack, MORNING - BEFORE)
    offer = offered(referral)
    assert offer is not None and offer.told_at is None
    live_stack.wait(lambda: Offer.objects.get(pk=offer.pk).told_at, "the message being handed over")
    offer.refresh_from_db()
    assert offer.told_at is not None
    assert MORNING <= offer.told_at < MORNING + SOON
    assert offer.expires_at == clocks.client_answer_due(referral.client, offer.told_at)
    assert offer.expires_at - offer.told_at == datetime.timedelta(days=2)
    reminders = Message.objects.filter(topic=topics.PLACE_REMINDER)
    half = clocks.half_time(offer.told_at, offer.expires_at)
    travel_to(live_stack, half - BEFORE)
    live_stack.wait(reminders.exists, "a reminder at half her time")
    assert half <= reminders.get().not_before < half + SOON
    travel_to(live_stack, offer.expires_at - BEFORE)
    live_stack.wait(lambda: Offer.objects.get(pk=offer.pk).state != "open", "the end of her time")
    event = ReferralEvent.objects.get(referral=referral, action="lapse")
    assert offer.expires_at < event.at < offer.expires_at + SOON
