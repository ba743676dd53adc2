"""She begins to look for somebody else, and at the same moment her therapist ends it: one of the two is told that
things have changed, and never is the request both closed and looking.
"""

from collections.abc import Callable

import pytest

from core import clock
from referrals.models import Placement, Referral
from referrals.services import placements, switching
from referrals.services.placements import placement_end
from referrals.services.switching import switch
from tests.concurrency.lists import kinds_of, sound, unlocked, wait_after_reading
from tests.concurrency.race import Rendezvous, race
from tests.factories import make_therapist
from tests.referrals.given import actor_of, client_of
from tests.referrals.test_switching import in_therapy
from tests.support.invariants import broken_invariants

pytestmark = pytest.mark.django_db(transaction=True)


def looks_for_somebody_else(placement: Placement) -> Callable[[], None]:
    actor = client_of(placement.referral)
    return lambda: switch(placement=placement, side="client", many_sessions=False, actor=actor)


def ends_it(placement: Placement) -> Callable[[], None]:
    actor = actor_of(placement.therapist)
    return lambda: placement_end(placement=placement, code="completed", place_then="now", actor=actor)


def test_a_switch_and_an_end_at_once_are_one_of_the_two() -> None:
    for _ in range(3):
        placement = in_therapy(make_therapist())
        results = race(looks_for_somebody_else(placement), ends_it(placement))
        assert kinds_of(results) == {"NoneType": 1, "NotAllowed": 1}
        switched = results[0] is None
        referral, placement = Referral.objects.get(pk=placement.referral_id), Placement.objects.get(pk=placement.pk)
        assert referral.state == ("choosing" if switched else "closed")
        assert placement.state == ("active" if switched else "ended")
        assert sound()


def test_a_switch_and_an_end_without_the_lock_negative_control(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both have read a placement that goes on: both are told that it is done, and the events contradict the state.

    The step of the choice, read after the placement, would still stop the second one: it is taken away as well.
    """
    placement = in_therapy(make_therapist())
    for service in (switching, placements):
        monkeypatch.setattr(service, "choice_step", lambda **step: None)
    wait_after_reading(monkeypatch, Rendezvous())
    unlocked(monkeypatch)
    assert kinds_of(race(looks_for_somebody_else(placement), ends_it(placement))) == {"NoneType": 2}
    assert broken_invariants(clock.now())
