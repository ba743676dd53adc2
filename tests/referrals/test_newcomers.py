"""A newcomer never overtakes somebody whose turn has just come, though no tick has run since."""

import datetime

import pytest

from core import clock
from core.clock import Frozen
from referrals.services.offers import offer_keep_place
from referrals.services.pausing import waiting_pause
from referrals.tasks import tick
from tests.referrals.given import client_of, sent, state
from tests.referrals.waiting import full, listed, offered, place_freed, told
from therapists.models import Therapist

pytestmark = pytest.mark.django_db
DAYS = 3


def test_in_the_moment_when_she_may_be_offered_a_place_again(ben: Therapist, now: Frozen) -> None:
    referral = listed(full(ben))
    place_freed(ben)
    offer = told(referral)
    offer_keep_place(offer=offer, actor=client_of(referral))
    tick()
    assert offer.entry is not None
    offer.entry.refresh_from_db()
    assert offer.entry.no_offer_before is not None
    now.at = offer.entry.no_offer_before - datetime.timedelta(microseconds=1)
    Therapist.objects.update(confirmed_at=now.at)
    earlier = sent(ben)
    assert state(earlier) == "requested", "until then her place is anybody's"


@pytest.mark.parametrize("how", ["not before", "away"])
def test_a_place_free_since_then_is_hers(ben: Therapist, now: Frozen, how: str) -> None:
    referral = listed(full(ben))
    if how == "away":
        back_on = clock.today() + datetime.timedelta(days=DAYS)
        waiting_pause(referral=referral, back_on=back_on, actor=client_of(referral))
        place_freed(ben)
        tick()
        now.move(datetime.timedelta(days=DAYS))
    else:
        place_freed(ben)
        offer = told(referral)
        offer_keep_place(offer=offer, actor=client_of(referral))
        tick()
        now.move(datetime.timedelta(weeks=2))
    Therapist.objects.update(confirmed_at=now.at)
    assert offered(referral) is None
    newcomer = sent(ben)
    assert state(newcomer) == "choosing"
    tick()
    assert offered(referral) is not None
