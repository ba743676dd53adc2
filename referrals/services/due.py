"""What falls due by the passing of time, one row at a time. Each function takes an id, locks, reads again, and does
nothing when somebody was faster: so any number of ticks may run at once, and a tick that died is made good by the next.
"""

import datetime
from contextlib import AbstractContextManager

from core import clock
from core.actors import system
from core.choices import Role
from core.models import Task
from core.worklist import task_open
from notifications.selectors import delivered
from referrals import clocks, codes, kinds
from referrals.locks import Locked, referral_locked
from referrals.messages import topics
from referrals.messages.send import tell_client, tell_therapist_of_offer
from referrals.models import Offer, Placement, Referral
from referrals.selectors.waiting import with_waiting_since
from referrals.services.calls import REFERRAL, call_open
from referrals.services.events import referral_step
from referrals.services.moving import request_no, request_silence, request_unlist
from referrals.services.offer_times import place_lapse, place_take_back
from therapists.selectors.standing import Standing, standing
from therapists.services.listing import request_unanswered_count

TICK = system("tick")
# Reasons for not being listed that stop new requests only: an answer mends the first two by itself, and the walk never
# asks for more people than the limit has room for.
NEW_ONLY = frozenset({"not_confirmed", "unanswered", "monthly_limit"})
# Nobody sees the client yet.
WAITING = (Referral.State.CHOOSING, Referral.State.REQUESTED)
REVIEW_WITHIN = datetime.timedelta(days=14)


def offer_lapse(offer_id: int) -> bool:
    """Nobody answered in time. Counted against the therapist only when the request had reached her."""
    with _referral_of(offer_id) as locked:
        offer = _still_open(locked, offer_id)
        if offer is None or offer.expires_at >= clock.now():
            return False
        if offer.awaiting == Offer.Awaiting.CLIENT:
            place_lapse(locked=locked, offer=offer, actor=TICK)
            return True
        if delivered(topics.REQUEST_NEW, "offer", offer.pk):
            request_unanswered_count(therapist_id=offer.therapist_id, actor=TICK)
        request_silence(locked=locked, offer=offer, actor=TICK)
        return True


def offer_unlist(offer_id: int) -> bool:
    """The therapist is not listed any more, for a reason that takes requests away. Pausing is an ordinary no."""
    with _referral_of(offer_id) as locked:
        offer = _still_open(locked, offer_id)
        if offer is None:
            return False
        found = standing(offer.therapist_id, as_of=clock.now())
        if offer.awaiting == Offer.Awaiting.CLIENT:
            return _place_unlist(locked, offer, found)
        if not (reasons := barring(found)):
            return False
        if reasons == {"paused"}:
            request_no(locked=locked, offer=offer, code=codes.PAUSED, actor=TICK)
            tell_therapist_of_offer(topic=topics.REQUEST_WITHDRAWN, offer=offer)
        else:
            request_unlist(locked=locked, offer=offer, actor=TICK)
        return True


def _place_unlist(locked: Locked, offer: Offer, found: Standing) -> bool:
    """An offered place may not be accepted while she is not listed: it goes back, and the client keeps her turn unless
    the therapist may not see people at all. Her own limit was looked at when the place was offered."""
    if found.listed or not freezing(found):
        return False
    place_take_back(locked=locked, offer=offer, stays=not (barring(found) - {"paused"}), actor=TICK)
    return True


def freezing(found: Standing) -> frozenset[str]:
    """Return the reasons for which nothing of hers may be accepted by a client now; a late renewal is none."""
    late = {"no_active_registration"} if found.renewing else set()
    return frozenset(found.reasons) - {"monthly_limit"} - late


def barring(found: Standing) -> frozenset[str]:
    """Return the reasons for which she loses the requests that wait for her; a late renewal is none."""
    late = {"no_active_registration"} if found.renewing else set()
    return frozenset(found.reasons) - NEW_ONLY - late


def offer_remind(offer_id: int) -> bool:
    """Half her time is over. The dedupe key makes it one message."""
    offer = Offer.objects.get(pk=offer_id)
    if offer.state == Offer.State.OPEN and offer.interested_at is None:
        tell_therapist_of_offer(topic=topics.REQUEST_REMINDER, offer=offer)
        return True
    return False


def choosing_remind(referral_id: int) -> bool:
    """Remind somebody who chooses after two and five days. After an outage one reminder stands for both."""
    with referral_locked(referral_id) as locked:
        referral = locked.referral
        if not _choosing_by_herself(referral):
            return False
        chosen_for = clock.now() - (referral.choosing_since or clock.now())
        passed = sum(chosen_for > after for after in clocks.CHOOSING_REMINDERS)
        if passed <= referral.reminders_sent:
            return False
        referral.reminders_sent = passed
        event = referral_step(referral=referral, action="remind", actor=TICK, detail={"reminder": passed})
        tell_client(topic=topics.REMINDER, referral=referral, event=event)
        return True


def choosing_call(referral_id: int) -> bool:
    """Whoever still has no therapist is called by the fifth working day in any case, even while one is being asked."""
    with referral_locked(referral_id) as locked:
        referral, nation, now = locked.referral, locked.referral.client.nation, clock.now()
        waiting = with_waiting_since(Referral.objects.filter(pk=referral_id, state__in=WAITING))
        since = waiting.values_list("waiting_since", flat=True).first()
        if since is None or now < clocks.choosing_call_listed(nation, since) or _called_since(referral, since):
            return False
        due_at = clocks.choosing_call_due(nation, since)
        # After an outage that day may be over: then the call is due as any other.
        call_open(referral=referral, why="choosing_long", actor=TICK, due_at=due_at if due_at > now else None)
        return True


def referral_overdue(referral_id: int) -> bool:
    """The time of whoever owned the next step is over: the coordinator has it now, and the client is told who calls."""
    with referral_locked(referral_id) as locked:
        referral = locked.referral
        if not _is_overdue(referral):
            return False
        if referral.state == Referral.State.IN_THERAPY:
            _review(locked)
        else:
            _hand_over(locked)
        return True


def _hand_over(locked: Locked) -> None:
    referral = locked.referral
    kind, why = kinds.CALL_CLIENT, "choosing_over"
    if referral.state == Referral.State.MEETING:
        contacted = locked.placement is not None and locked.placement.contacted_at is not None
        kind, why = (kinds.NO_DECISION, "undecided") if contacted else (kinds.FIRST_CONTACT, "no_contact")
    task = call_open(referral=referral, why=why, actor=TICK, kind=kind)
    event = referral_step(
        referral=referral,
        action="hand_over",
        actor=TICK,
        owner=Referral.Owner.COORDINATOR,
        due_at=task.due_at,
        detail={"why": why, "task": task.pk},
    )
    tell_client(topic=topics.CALL_COMING, referral=referral, event=event, call_by=task.due_at.isoformat())


def _review(locked: Locked) -> None:
    placement = locked.placement
    now = clock.now()
    referral_step(
        referral=locked.referral,
        action="review",
        actor=TICK,
        owner=Referral.Owner.THERAPIST,
        due_at=now + clocks.REVIEW_EVERY,
    )
    if placement is None:
        return
    user_id = locked.therapists[placement.therapist_id].user_id
    task_open(
        kind=kinds.REVIEW,
        subject_type="placement",
        subject_id=placement.pk,
        owner_role=Role.THERAPIST if user_id else Role.COORDINATOR,
        owner_id=user_id,
        due_at=now + REVIEW_WITHIN,
        actor=TICK,
    )


def placement_in_question(placement_id: int) -> bool:
    """A client's therapist has come into question: a person calls the client. Asked anew after four weeks."""
    placement = Placement.objects.select_related("referral__client").get(pk=placement_id)
    since = clock.now() - clocks.MEETING_LASTS
    before = Task.objects.filter(
        kind=kinds.THERAPIST_OF_CLIENT, subject_type=REFERRAL, subject_id=placement.referral_id
    )
    if placement.state == Placement.State.ENDED or before.filter(created_at__gt=since).exists():
        return False
    call_open(referral=placement.referral, why="registration", actor=TICK, kind=kinds.THERAPIST_OF_CLIENT)
    return True


def _referral_of(offer_id: int) -> AbstractContextManager[Locked]:
    return referral_locked(Offer.objects.values_list("referral_id", flat=True).get(pk=offer_id))


def _still_open(locked: Locked, offer_id: int) -> Offer | None:
    return locked.offer if locked.offer is not None and locked.offer.pk == offer_id else None


def _choosing_by_herself(referral: Referral) -> bool:
    return referral.state == Referral.State.CHOOSING and referral.action_owner == Referral.Owner.CLIENT


def _is_overdue(referral: Referral) -> bool:
    """A request's own expiry is the offer's affair; what the coordinator owns escalates as a task."""
    own_clocks = (Referral.State.CLOSED, Referral.State.REQUESTED, Referral.State.OFFERED, Referral.State.WAITING)
    if referral.state in own_clocks:
        return False
    over = referral.due_at is not None and referral.due_at < clock.now()
    return over and referral.action_owner != Referral.Owner.COORDINATOR


def _called_since(referral: Referral, since: datetime.datetime) -> bool:
    calls = Task.objects.filter(kind=kinds.CALL_CLIENT, subject_type=REFERRAL, subject_id=referral.pk)
    return calls.filter(created_at__gte=since).exists() or calls.filter(state=Task.State.OPEN).exists()
