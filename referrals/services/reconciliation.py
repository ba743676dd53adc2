"""The nightly proof: every open referral has one owner, one due time and what its state needs. Where it has not, a
person is asked to look; nothing is mended silently.
"""

import datetime
import logging

from django.db.models import Exists, OuterRef, Q

from core import clock
from core.actors import system
from core.choices import Role
from core.models import Task
from core.worklist import task_open
from referrals import clocks, kinds
from referrals.models import CallRequest, Offer, Placement, Referral, ReferralEvent, WaitingListEntry
from referrals.services.calls import REFERRAL
from referrals.transitions import REFERRAL as LIFE
from referrals.transitions import NotAllowed

logger = logging.getLogger(__name__)
ACTOR = system("reconcile")
# How long after its due time a step may wait for the tick before it counts as stuck.
SLACK = datetime.timedelta(hours=1)
KEEP_CALL_REQUESTS = datetime.timedelta(days=28)
State, Owner = Referral.State, Referral.Owner


def referrals_reconcile() -> dict[int, str]:
    """Open a task for every referral that stands still, and return what is wrong by referral."""
    wrong = problems(clock.now())
    for pk, what in wrong.items():
        referral = Referral.objects.select_related("client").get(pk=pk)
        task_open(
            kind=kinds.INCONSISTENT,
            subject_type=REFERRAL,
            subject_id=pk,
            owner_role=Role.COORDINATOR,
            due_at=clocks.call_due(referral.client.nation, clock.now()),
            actor=ACTOR,
            detail={"what": what, "reference": referral.reference},
        )
        logger.error("reconcile: referral %s: %s", pk, what)
    return wrong


def problems(now: datetime.datetime) -> dict[int, str]:
    """Return what is wrong, by referral: a code per referral, the first that is found."""
    offer = Offer.objects.filter(referral=OuterRef("pk"), state=Offer.State.OPEN)
    live = Placement.objects.filter(referral=OuterRef("pk")).exclude(state=Placement.State.ENDED)
    placement = live.filter(leaving_since__isnull=True)
    task = Task.objects.filter(subject_type=REFERRAL, subject_id=OuterRef("pk"), state=Task.State.OPEN)
    rows = Referral.objects.annotate(
        has_offer=Exists(offer), has_placement=Exists(placement), has_task=Exists(task)
    ).order_by("pk")
    entry = WaitingListEntry.objects.filter(referral=OuterRef("pk"), state__in=WaitingListEntry.LIVE)
    rows = rows.annotate(has_entry=Exists(entry))
    asking = Q(state__in=(State.REQUESTED, State.OFFERED))
    working = Q(state__in=(State.MEETING, State.IN_THERAPY))
    is_open = ~Q(state=State.CLOSED)
    checks = {
        "no_owner_or_time": is_open & (Q(action_owner="") | Q(due_at__isnull=True)),
        "asked_without_a_request": asking & Q(has_offer=False),
        "request_left_open": ~asking & Q(has_offer=True),
        "waiting_without_a_list": Q(state=State.WAITING, has_entry=False),
        "list_left_open": Q(state__in=(State.IN_THERAPY, State.CLOSED), has_entry=True),
        "no_placement": working & Q(has_placement=False),
        "placement_left_open": ~working & Q(has_placement=True),
        # Who waits belongs to the coordinator without anything to do: the next check-in is its due time.
        "coordinator_without_a_task": Q(action_owner=Owner.COORDINATOR, has_task=False) & ~Q(state=State.WAITING),
        "overdue_and_nobody_moved": is_open
        & (~Q(action_owner=Owner.COORDINATOR) | Q(state=State.WAITING))
        & Q(due_at__lt=now - SLACK),
    }
    found: dict[int, str] = {}
    for what, condition in checks.items():
        for pk in rows.filter(condition).values_list("pk", flat=True):
            found.setdefault(pk, what)
    for pk in _history_differs():
        found.setdefault(pk, "history_differs")
    return found


def _history_differs() -> list[int]:
    """Return the referrals whose events do not replay to the state column."""
    states = dict(Referral.objects.values_list("pk", "state"))
    replayed: dict[int, str] = {}
    broken: set[int] = set()
    events = ReferralEvent.objects.order_by("referral_id", "pk").values_list("referral_id", "action")
    for pk, action in events.iterator(chunk_size=5000):
        try:
            replayed[pk] = LIFE.step(replayed.get(pk, ""), action)
        except NotAllowed:
            broken.add(pk)
    return sorted(broken | {pk for pk, state in states.items() if replayed.get(pk, "") != state})


def call_requests_forget() -> int:
    """Delete numbers left four weeks ago or more, once nobody has to call them. Returns how many."""
    waiting = Task.objects.filter(kind=kinds.CALL_REQUEST, state=Task.State.OPEN).values("subject_id")
    old = CallRequest.objects.filter(at__lt=clock.now() - KEEP_CALL_REQUESTS).exclude(pk__in=waiting)
    return old.delete()[0]
