"""Four weeks of made-up lists for the demonstration, so that exposure has something to show: a few towns try it out."""

import datetime
import uuid

from core import clock
from core.actors import system
from core.demo import Plan
from matching.engine.rank import rank
from matching.exposure.tally import Batch, Tally, share_of
from matching.models import ExposureDay
from matching.services.exposure import exposure_batch_keep, exposures_add_up
from matching.simulation.demand import Demand
from matching.simulation.supply import areas, from_database
from matching.weights import EVIDENCE

ACTOR = system("demo")
# Where the cast works, and two more.
TOWNS = frozenset({"LS", "M", "CF"})
DAYS = 28


def seed_exposure(plan: Plan) -> None:
    """Rank for made-up people of the last four weeks over today's register, and count as pages do."""
    there = [area for area in areas() if area.code in TOWNS]
    if not there or ExposureDay.objects.exists():
        return
    supply, _occupied = from_database()
    lens, now = supply.lens("demo"), clock.now()
    # A room each: lists for a screen would give every therapist in the country a row for every day.
    demand = Demand(supply.book, there, plan.seed, ways={"room": 1})
    lists = min(60, 10 + plan.therapists // 50)
    for days_ago in range(DAYS, 0, -1):
        tally = Tally()
        for _list in range(lists):
            person = demand.person()
            share = share_of(rank(person.stated, lens, EVIDENCE, person.seed, now, limit=10))
            if share is not None:
                tally.add(lens.register.ids, share)
        batch = Batch(clock.today() - datetime.timedelta(days=days_ago), tally.views, tally.counts())
        exposure_batch_keep(batch_id=uuid.uuid4(), batch=batch, actor=ACTOR)
    exposures_add_up(actor=ACTOR)
    plan.tell(f"Counted {DAYS * lists:,} lists of the last four weeks.")
