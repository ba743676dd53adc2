"""What a tick takes when many wait: `python -m benchmarks.waiting [REFERRALS] [RELEASED] [THERAPISTS]`.

100,000 waiting referrals with up to five entries each over 70,000 therapists, 5,000 places released at once. Measured
is the whole tick in one process: from the question what is due to committed offers, log and outbox rows.
"""

import resource
import sys
import time
from collections.abc import Callable

import numpy as np

from benchmarks import scratch
from benchmarks.figures import table
from benchmarks.waiting_world import people_wait, release

IDLE_TICKS = 30


def timed(act: Callable[[], object]) -> float:
    """Return the seconds an act takes."""
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun


def memory() -> float:
    """Return the most this process has held so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def idle() -> tuple[str, str]:
    """Return p50 and p95 in ms of ticks with nothing to do."""
    from referrals.tasks import tick

    tick()
    seconds = [timed(tick) for _ in range(IDLE_TICKS)]
    p50, p95 = (float(np.percentile(seconds, part)) * 1000 for part in (50, 95))
    return f"{p50:.1f}", f"{p95:.1f}"


def main(referrals: int = 100_000, released: int = 5_000, therapists: int = 70_000) -> None:
    from notifications.models import Message
    from referrals.messages import topics
    from referrals.models import Offer
    from referrals.services.lists_due import places_offer
    from referrals.tasks import tick

    with scratch.register_of(therapists, "bench_waiting"):
        print(f"filling: {timed(lambda: people_wait(referrals)):.0f} s", flush=True)
        rows = [("nothing to do", *idle(), "")]
        places = release(released)
        before, messages = memory(), Message.objects.filter(topic=topics.PLACE_OFFERED).count()
        seconds = timed(places_offer)
        offers = Offer.objects.filter(state="open", awaiting="client").count()
        told = Message.objects.filter(topic=topics.PLACE_OFFERED).count() - messages
        what = f"{len(places)} places released, {offers} offered, {told} messages written"
        rows.append((what, f"{seconds * 1000:.0f}", "", f"{memory() - before:.0f}"))
        rows.append((f"the whole tick after it, {offers} offers out", f"{timed(tick) * 1000:.0f}", "", ""))
        rows.append((f"nothing to do, {offers} offers out", *idle(), ""))
        print(table(("tick", "p50 ms", "p95 ms", "memory MB"), rows))


if __name__ == "__main__":
    scratch.setup()
    main(*(int(word) for word in sys.argv[1:]))
