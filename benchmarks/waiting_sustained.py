"""Five people a second send a referral while ticks run: `python -m benchmarks.waiting_sustained [MINUTES] [A_SECOND]`.

100,000 people wait already. One process sends, one ticks every ten seconds, one delivers, as web, beat and worker do;
before each tick some places are released. Late is what a tick should have done and the next one did. By day: a clock
file moves all of them to ten in the morning.
"""

import datetime
import multiprocessing
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from benchmarks import scratch
from benchmarks.figures import table
from benchmarks.waiting_world import people_wait, release

TICK_SECONDS = 10
RELEASED_A_TICK = 20
REFERRALS, THERAPISTS = 100_000, 70_000


def every(seconds: float, until: float, act: Callable[[], object]) -> tuple[list[float], list[float]]:
    """Act at fixed moments until the end; return how long each took and how late it began."""
    took, late = [], []
    due = time.monotonic()
    while due < until:
        time.sleep(max(0.0, due - time.monotonic()))
        begun = time.monotonic()
        late.append(begun - due)
        act()
        took.append(time.monotonic() - begun)
        due += seconds
    return took, late


def apart(act: Callable[[], object], seconds: float, until: float, results: Any, name: str) -> Any:
    """Do something at fixed moments in a process of its own, with a connection of its own."""

    def work() -> None:
        from django.db import connection

        connection.close()
        results[name] = every(seconds, until, act)

    process = multiprocessing.get_context("fork").Process(target=work)
    process.start()
    return process


def sender(therapists: list[int]) -> Callable[[], None]:
    """Return what one person does: choose three, wait for whoever is full, and send."""
    from tests.referrals.given import sent
    from therapists.models import Therapist

    # Other people at each run, also in a register that is kept.
    random = Random(time.time_ns())

    def send() -> None:
        chosen = random.sample(therapists, 3)
        rows = [Therapist(pk=pk) for pk in chosen]
        name = "".join(random.choices("abcdefghijklmnopqrstuvwxyz", k=12))
        choices = [{"therapist": pk, "will_wait": True} for pk in chosen]
        sent(*rows, choices=choices, family_name=name.capitalize(), email=f"{name}@example.org")

    return send


def ticker() -> Callable[[], None]:
    """Return one tick, with places released just before it."""
    from referrals.tasks import tick

    def once() -> None:
        release(RELEASED_A_TICK)
        tick()

    return once


def late_places(since: datetime.datetime) -> list[float]:
    """Return, for each place released since then, the seconds until it was offered."""
    from referrals.models import Offer
    from therapists.models import PlaceClaim

    released = PlaceClaim.objects.filter(release_reason="benchmark", released_at__gte=since)
    freed = dict(released.values_list("place_id", "released_at"))
    offers = Offer.objects.filter(awaiting="client", opened_at__gte=since, claim__place__in=freed)
    times = offers.values_list("claim__place", "opened_at")
    return [(opened - freed[place]).total_seconds() for place, opened in times]


def spread(seconds: list[float]) -> tuple[str, str, str]:
    """Return p50, p95 and the longest, in ms."""
    return tuple(f"{float(np.percentile(seconds, part)) * 1000:.0f}" for part in (50, 95, 100))  # type: ignore[return-value]


def main(minutes: float = 5, a_second: float = 5) -> None:
    from django.conf import settings
    from django.db import connection

    from core import clock
    from notifications.models import Message
    from notifications.tasks import deliver_due
    from referrals.models import Referral
    from therapists.models import Therapist

    # Handing over costs nothing here: what is measured is ours.
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    settings.CLOCK_OFFSET_FILE = str(Path(tempfile.mkdtemp()) / "clock")
    now = clock.now()
    morning = datetime.datetime.combine(now.date() + datetime.timedelta(days=1), datetime.time(10), datetime.UTC)
    clock.travel(morning - now)
    with scratch.register_of(THERAPISTS, "bench_waiting"):
        people_wait(REFERRALS)
        therapists = list(Therapist.objects.filter(list_limit__gt=0, list_entries__lt=8).values_list("pk", flat=True))
        before, began = Referral.objects.count(), clock.now()
        connection.close()
        manager = multiprocessing.Manager()
        results = manager.dict()
        until = time.monotonic() + minutes * 60
        processes = [
            apart(ticker(), TICK_SECONDS, until, results, "tick"),
            apart(deliver_due, 1.0, until, results, "deliver"),
        ]
        took, late = every(1 / a_second, until, sender(therapists))
        for process in processes:
            process.join()
        places = late_places(began)
        unsent = Message.objects.filter(state="queued", not_before__lt=clock.now() - datetime.timedelta(seconds=60))
        rows = [
            (f"sending, {Referral.objects.count() - before} referrals", *spread(took)),
            ("began later than planned", *spread(late)),
            ("release and tick", *spread(results["tick"][0])),
            (f"place released to offered, {len(places)} places", *spread(places)),
        ]
        print(table(("what", "p50 ms", "p95 ms", "longest ms"), rows))
        print(f"messages due for more than a minute and not sent: {unsent.count()}")


if __name__ == "__main__":
    os.environ.setdefault(scratch.KEEP, "1")
    scratch.setup()
    main(*(float(word) for word in sys.argv[1:]))
