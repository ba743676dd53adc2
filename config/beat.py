"""Everything that happens by the passing of time, in one table."""

from dataclasses import dataclass
from typing import Any

from celery.schedules import crontab


@dataclass(frozen=True, slots=True)
class Entry:
    """A task and when it runs. `at` empty: every tick."""

    task: str
    why: str
    at: crontab | None = None


TABLE = (
    Entry("notifications.tasks.deliver_due", "send messages whose wake-up was lost, and those whose time has come"),
    Entry("referrals.tasks.tick", "lapse holds, walk on, escalate: whatever has become due in a referral"),
    Entry(
        "notifications.tasks.ask_receipts",
        "ask the provider of text messages what became of those it took",
        crontab(minute="*/5"),
    ),
    Entry(
        "notifications.tasks.recheck_letters",
        "take letters nobody needs any more off the list of those to print",
        crontab(minute="*/10"),
    ),
    Entry("core.tasks.worker_heartbeat", "write down that a worker is alive and being given work"),
    Entry("core.tasks.forget_attempts", "delete counts of attempts whose window is over", crontab(minute="50")),
    Entry(
        "core.tasks.bank_holidays",
        "tell coordinators in good time that the bank holidays we know come to an end",
        crontab(minute="45", hour="6"),
    ),
    Entry("accounts.tasks.forget_mails", "delete sign-in mails that were sent", crontab(minute="40", hour="3")),
    Entry(
        "referrals.tasks.reconcile",
        "look for a referral that nobody owns or that stands still",
        crontab(minute="20", hour="3"),
    ),
    Entry(
        "referrals.tasks.look_over_lists",
        "look whether a date has passed that keeps a therapist's list from offering",
        crontab(minute="25"),
    ),
    Entry(
        "matching.tasks.forecast_waits",
        "forecast the waits, from two in the night on; a night that was missed is made up for",
        crontab(minute="5-59/10"),
    ),
    Entry("matching.tasks.prune_changes", "keep the log of register changes short", crontab(minute="40")),
    Entry(
        "matching.tasks.add_up_exposure",
        "add up how often each therapist was shown yesterday",
        crontab(minute="10", hour="1"),
    ),
    Entry(
        "therapists.tasks.registration_checks",
        "ask a coordinator to look up the registrations whose next check is due",
        crontab(minute="40", hour="6"),
    ),
    Entry("therapists.tasks.turn_leaves", "begin and end the leaves of therapists on their days"),
    Entry(
        "therapists.tasks.ask_to_confirm",
        "ask therapists of whom nothing was heard whether they still take people, on the mornings of working days",
        crontab(minute="*/10", hour="9-11", day_of_week="mon-fri"),
    ),
    Entry(
        "therapists.tasks.search_reindex_nightly",
        "look whether everybody is found by her present name",
        crontab(minute="10", hour="3"),
    ),
)


def schedule(tick_seconds: int) -> dict[str, dict[str, Any]]:
    """Return Celery's beat_schedule. A tick nobody took expires: ticks must not pile up while workers are away."""
    plan: dict[str, dict[str, Any]] = {}
    for entry in TABLE:
        when = entry.at or float(tick_seconds)
        expires = 3600 if entry.at else max(5, 2 * tick_seconds)
        plan[entry.task] = {"task": entry.task, "schedule": when, "options": {"expires": expires}}
    return plan
