"""While a release is put in place, old and new processes run on one database, and neither may lose a referral.

The functions of the database are those of this code after every migration, also where no migration names them.
"""

from io import StringIO

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from clients.preferences import Stated
from clients.services.preferences import preferences_record
from core import clock
from matching import functions
from matching.models import MatchRun, WeightSet
from matching.selectors.runs import match_run_repeat
from matching.store import Store
from matching.weights import load_weight_sets

pytestmark = pytest.mark.django_db


def there() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT proname FROM pg_proc WHERE proname LIKE 'matching%'")
        return {name for (name,) in cursor.fetchall()}


def test_migrating_brings_them_although_every_migration_is_applied() -> None:
    """A change of their texts changes their names: a database from before it has only the others."""
    with connection.cursor() as cursor:
        cursor.execute(functions.drop())
    with pytest.raises(DatabaseError), transaction.atomic():
        Store().current()
    call_command("migrate", "matching", verbosity=0, stdout=StringIO())
    assert {functions.READ, functions.QUIET, functions.NEWS} <= there()
    assert Store().current().lens.register.size >= 0


def test_those_of_older_code_stay_for_who_still_runs_it() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE FUNCTION matching_news_00000000() RETURNS integer LANGUAGE sql AS 'SELECT 1'")
    call_command("migrate", "matching", verbosity=0, stdout=StringIO())
    assert "matching_news_00000000" in there()


def test_a_process_of_the_release_before_can_still_record_a_run() -> None:
    """It names only the columns it knows, in the transaction that sends somebody's referral."""
    load_weight_sets(overwrite=False)
    preferences = preferences_record(stated=Stated())
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO matching_matchrun (preferences_id, weight_set_id, seed, as_of, register_version,"
            " engine_version, eligible, first_ids) VALUES (%s, %s, 1, %s, 'x', '1', 0, '[]')",
            [preferences.pk, WeightSet.objects.latest("pk").pk, clock.now()],
        )
    run = MatchRun.objects.get()
    assert (run.statement_version, run.order, run.offset, run.silent, run.shown) == (1, "fit", 0, [], {})
    assert not match_run_repeat(run).follows
