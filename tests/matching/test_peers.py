"""What ranking is measured beside gives the same answers: SQL over the tables as they are, SQL over one flat table, and
a loop over objects. Each was written from the meaning alone.
"""

from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import Count

from benchmarks.demand import KINDS, demand_from_database
from benchmarks.peers import flat, normalised_sql, orm_loop, tuned_sql
from benchmarks.scratch import fill_lists
from core import clock
from core.demo import Plan
from matching.engine.rank import rank
from matching.models import WaitForecast
from matching.store import Store
from matching.weights import EVIDENCE
from tests.matching.database import store_forecast
from tests.matching.world import Forecast
from therapists.demo.register import seed_register
from therapists.models import Therapist

pytestmark = pytest.mark.django_db(transaction=True)

THERAPISTS = 250
STATEMENTS = 24
# The loop reads everybody anew for each statement.
LOOPED = 6


@pytest.fixture
def register(db: Any) -> None:
    call_command("load_reference", verbosity=0)
    with transaction.atomic():
        seed_register(Plan(therapists=THERAPISTS, seed=3))
    fill_lists()
    # The register is too small for its own history to say much.
    for pk, places in Therapist.objects.annotate(n=Count("places")).values_list("pk", "n"):
        if pk % 2:
            told = Forecast(
                weeks=[1 + pk % 3, 3, 3, 4, 6], computed_at=clock.now(), open_places=places + (pk % 11 == 0)
            )
            WaitForecast.objects.filter(pk=pk).delete()
            store_forecast(pk, told)


def test_four_ways_to_rank_agree(register: None) -> None:
    as_of, lens = clock.now(), Store().current().lens
    orm_loop.prepare()
    with connection.cursor() as cursor:
        flat.prepare(cursor, as_of)
        tuned = tuned_sql.Tuned(cursor, flat.bits(), therapists=THERAPISTS)
        demand, found, waits = demand_from_database(seed=5), 0, set[int]()
        for number in range(STATEMENTS):
            stated = demand.statement(KINDS[number % len(KINDS)])
            ranked = rank(stated, lens, EVIDENCE, 7, as_of)
            columns = (ranked.ids, ranked.bands, ranked.weeks)
            ours = list(zip(*(column.tolist() for column in columns), strict=True))
            found += ranked.eligible
            waits |= set(rank(stated, lens, EVIDENCE, 7, as_of, limit=999).weeks.tolist())
            if number < LOOPED:
                assert orm_loop.rank(stated, 7, as_of) == (ranked.eligible, ours), stated
            # PostgreSQL breaks ties by a hash of its own: the same bands, with others among equals.
            for fit, rows in (tuned.ask(stated, 7, as_of), normalised_sql.ask(cursor, stated, 7, as_of)):
                assert (fit, [row[1:] for row in rows]) == (ranked.eligible, [row[1:] for row in ours]), stated
        cursor.execute(f"DROP TABLE {flat.TABLE}")
    assert found > STATEMENTS * 5
    assert {0, flat.WAIT_UNKNOWN} < waits, "places now, forecasts, and those of whom nobody can say"
    # The next test gets a connection without these settings.
    connection.close()
