"""The tick moves whatever has become due; the nightly check proves that nothing stands still unnoticed.

One bad row is logged by its id and left for the next tick: it never stops the others.
"""

import logging
from collections.abc import Callable, Iterable

from celery import shared_task

from core import clock
from core.worklist import tasks_escalate_due
from referrals.models import Submission
from referrals.selectors import check_ins, due, lists_due, undelivered
from referrals.services import check_ins as asking
from referrals.services import due as services
from referrals.services import lists_due as lists_services
from referrals.services import pausing
from referrals.services import undelivered as undelivered_services
from referrals.services.offer_times import offer_half_over
from referrals.services.reconciliation import call_requests_forget, referrals_reconcile
from referrals.services.submission import submission_expire

logger = logging.getLogger(__name__)

# In this order: a therapist who may not be asked at all is taken back before her silence would be counted.
STEPS: tuple[tuple[str, Callable[..., Iterable[int]], Callable[[int], object]], ...] = (
    ("unlist", due.offers_of_unlisted, services.offer_unlist),
    ("not reached", undelivered.undelivered_requests, undelivered_services.request_pass_on),
    ("lapse", due.expired_offers, services.offer_lapse),
    ("remind therapist", due.offers_half_over, services.offer_remind),
    ("remind client", due.choosing_to_remind, services.choosing_remind),
    ("call", due.choosing_to_call, services.choosing_call),
    ("overdue", due.overdue_referrals, services.referral_overdue),
    ("therapist in question", due.placements_in_question, services.placement_in_question),
    ("check in", check_ins.check_ins_due, asking.check_in_ask),
    ("check-in unanswered", check_ins.check_ins_unanswered, asking.check_in_unanswered),
    ("list ask over", lists_due.asks_over, lists_services.ask_lapse),
    ("remind of list ask", lists_due.asks_half_over, lists_services.ask_remind),
    ("list without its therapist", lists_due.entries_of_unlisted, lists_services.list_unlisted),
    ("list frozen for long", lists_due.frozen_long, lists_services.list_frozen_long),
    ("pause over", lists_due.pauses_over, pausing.pause_over),
    ("back from a holiday", lists_due.away_over, pausing.away_over),
    ("offerable again", lists_due.entries_offerable_again, lists_services.list_recount),
    ("place from today", lists_due.lists_with_a_place_from_today, lists_services.list_recount),
    ("place told", lists_due.places_told, lists_services.place_told),
    ("place not told", lists_due.places_not_told, lists_services.place_not_told),
    ("remind of place", lists_due.places_half_over, offer_half_over),
    ("draft", due.drafts_over, lambda pk: submission_expire(submission=Submission(pk=pk), actor=services.TICK)),
)


@shared_task
def tick() -> None:
    """Do everything that is due now."""
    now = clock.now()
    for name, find, act in STEPS:
        _each(name, find, act)
    _once("lists going on", lists_services.lists_go_on)
    # After everything that frees a place or puts somebody back on a list.
    _once("places", lists_services.places_offer)
    _once("escalation", lambda: tasks_escalate_due(now=now))


@shared_task
def look_over_lists() -> None:
    """Look whether everybody for whom somebody waits may still be listed: a date may have passed."""
    lists_services.lists_look_over()
    lists_services.lists_unpaid()


@shared_task
def reconcile() -> None:
    """Look for referrals without a clear next step, and forget numbers that were called long ago."""
    referrals_reconcile()
    call_requests_forget()


def _once(name: str, act: Callable[[], object]) -> None:
    try:
        act()
    except Exception:
        logger.exception("tick: %s failed", name)


def _each(name: str, find: Callable[..., Iterable[int]], act: Callable[[int], object]) -> None:
    try:
        ids = list(find(clock.now()))
    except Exception:
        logger.exception("tick: %s could not be looked for", name)
        return
    for pk in ids:
        try:
            act(pk)
        except Exception:
            logger.exception("tick: %s failed for %s", name, pk)
