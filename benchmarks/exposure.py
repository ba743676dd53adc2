"""What counting costs: `python -m benchmarks.exposure [THERAPISTS]` (default 70000).

On the request: one append, timed beside the ranking it follows, in pairs. Beside it: the thread's work per list, the
night's adding up, and the coordinator's report over four weeks.
"""

import datetime
import sys
import time
import uuid
from random import Random
from statistics import mean, median

import numpy as np

from benchmarks import scratch

LISTS = 300
BATCHES = 200


def measure(therapists: int) -> None:
    with scratch.register_of(therapists):
        from benchmarks.demand import KINDS, demand_from_database
        from core import clock
        from matching.exposure.recorder import Recorder, Seen
        from matching.exposure.tally import Tally, share_of
        from matching.store import Store

        store, as_of, demand = Store(), clock.now(), demand_from_database()
        statements = [demand.statement(KINDS[n % len(KINDS)]) for n in range(LISTS)]
        recorder = Recorder(first_time=lambda keys: [True] * len(keys), keep=lambda _id, _batch: None)
        ranks, notes, works, sizes = [], [], [], []
        tally, random, lens = Tally(), Random(1), store.current().lens
        for stated in [statements[0], *statements]:
            ranks.append(_timed(lambda one=stated: _rank(one, lens, as_of)))
            ranked = _rank(stated, lens, as_of)
            seen = Seen(random.getrandbits(63), as_of, ranked)
            notes.append(_timed(lambda one=seen: recorder.note(one)))
            recorder._pending.clear()
            share = share_of(ranked)
            if share is not None:
                sizes.append(len(share.equals))
                works.append(_timed(lambda one=ranked: tally.add(lens.register.ids, share_of(one))))
        print(f"\n{therapists:,} therapists, {LISTS} lists, equals at the edge: median {median(sizes):,.0f}")
        print(f"ranking (without the question about freshness)  p50 {1000 * median(ranks[1:]):8.3f} ms")
        print(f"noting a list, on the request                   p50 {1000 * median(notes[1:]):8.4f} ms", end="")
        print(f"  p95 {1000 * np.percentile(notes[1:], 95):.4f} ms")
        print(f"  in per cent of the ranking, paired, median    {_paired(notes[1:], ranks[1:]):12.2f} %")
        print(f"counting a list, in the thread                  mean {1000 * mean(works[1:]):7.3f} ms")
        nightly(tally)


def nightly(tally) -> None:
    from django.db import connection, transaction

    from core import actors, clock
    from matching.exposure.tally import Batch
    from matching.models import Exposure
    from matching.selectors.exposure import exposure_lines, exposure_report, own_exposure
    from matching.services.exposure import exposure_batch_keep, exposures_add_up

    actor, counts = actors.system("benchmark"), tally.counts()
    yesterday = clock.today() - datetime.timedelta(days=1)
    with transaction.atomic():
        encoded = len(counts.encode())
        writing = _timed(
            lambda: exposure_batch_keep(batch_id=uuid.uuid4(), batch=Batch(yesterday, 1, counts), actor=actor)
        )
        for _batch in range(BATCHES - 1):
            exposure_batch_keep(batch_id=uuid.uuid4(), batch=Batch(yesterday, 1, counts), actor=actor)
        night = _timed(lambda: exposures_add_up(actor=actor))
        print(
            f"a batch of {len(counts.ids):,} therapists: {encoded / 1024:,.0f} KB, written in {1000 * writing:.1f} ms"
        )
        print(f"the night: {BATCHES} such batches added up in {night:.2f} s")
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO matching_exposure (therapist_id, day, shown, fair, spread)"
                " SELECT e.therapist_id, e.day - n::int, e.shown, e.fair, e.spread"
                " FROM matching_exposure e, generate_series(1, 27) n"
            )
            cursor.execute("ANALYZE matching_exposure")
        print(f"four weeks hold {Exposure.objects.count():,} rows")
        print(f"the coordinator's report  {1000 * _timed(exposure_report):8.0f} ms")
        print(f"the file of everybody     {1000 * _timed(lambda: list(exposure_lines())):8.0f} ms")
        print(f"a therapist's own figures {1000 * _timed(lambda: own_exposure(int(counts.ids[0]))):8.1f} ms")
        transaction.set_rollback(True)


def _rank(stated, lens, as_of):
    from matching.engine.rank import rank
    from matching.weights import EVIDENCE

    return rank(stated, lens, EVIDENCE, 7, as_of)


def _timed(work) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _paired(some: list[float], others: list[float]) -> float:
    return 100 * median(one / other for one, other in zip(some, others, strict=True))


def main() -> None:
    scratch.setup()
    for size in sys.argv[1:] or ["70000"]:
        measure(int(size))


if __name__ == "__main__":
    main()
