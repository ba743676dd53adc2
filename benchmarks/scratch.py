"""A database of its own for a measurement: made, filled with the demonstration's register, dropped."""

import atexit
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import Any

from devtools.environment import PEERS

KEEP = "BENCH_KEEP"

_connections: list[Any] = []
_made: set[str] = set()


def setup() -> None:
    """Set Django up with the test settings, whose keys and addresses are nobody's; start what is not running."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    if not os.environ.get("DATABASE_URL"):
        from tests.support.services import Services

        services = Services()
        atexit.register(services.stop)
        services.start()
    import django

    django.setup()


def find_peers() -> None:
    """Let the packages be found that we are compared with. Behind the rest: one is named like an app of ours."""
    if not PEERS.is_dir():
        raise SystemExit("Not installed yet: python -m devtools.environment peers (make bench does it)")
    if str(PEERS) not in sys.path:
        sys.path.append(str(PEERS))


def connect() -> Any:
    """Return a connection of the plain driver to the scratch database, each statement its own transaction.

    It is closed with the scratch database.
    """
    import psycopg2
    from django.db import connection

    parameters = connection.get_connection_params()
    parameters.pop("cursor_factory", None)
    made = psycopg2.connect(**parameters)
    made.autocommit = True
    _connections.append(made)
    return made


@contextmanager
def exported(cursor: Any, name: str, columns: Sequence[str]) -> Iterator[Path]:
    """Write columns of a table as CSV with a head; yield the file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{name}.csv"
        with path.open("wb") as out:
            query = f"COPY (SELECT {', '.join(columns)} FROM {name}) TO STDOUT (FORMAT csv, HEADER)"
            cursor.copy_expert(query, out)
        yield path


@contextmanager
def kept() -> Iterator[None]:
    """Let several measurements use one register of a size, and drop what was made for them at the end."""
    if os.environ.get(KEEP):
        yield
        return
    os.environ[KEEP] = "1"
    try:
        yield
    finally:
        del os.environ[KEEP]
        from django.db import connection

        with connection.cursor() as cursor:
            for name in _made:
                cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@contextmanager
def database(name: str, *, keep: bool = False) -> Iterator[str]:
    """Connect to an empty scratch database with every table; yield its name. `keep` leaves what an earlier run made."""
    from django.db import connection

    real = connection.settings_dict["NAME"]
    connection.settings_dict["TEST"]["NAME"] = name
    _made.add(name)
    # Not serialized: that would read a whole register into one text.
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False, keepdb=keep)
    try:
        yield name
    finally:
        while _connections:
            _connections.pop().close()
        connection.creation.destroy_test_db(real, verbosity=0, keepdb=keep)


def fill_lists() -> None:
    """Put people on the lists of those who have one, some full, and forecast the waits."""
    from django.db.models import F

    from core.actors import system
    from matching.services.forecast import waits_forecast
    from therapists.models import Therapist

    Therapist.objects.filter(list_limit__gt=0).update(list_entries=F("id") % (F("list_limit") + 2))
    waits_forecast(actor=system("benchmark"), again=True)


@contextmanager
def register_of(therapists: int, name: str = "bench_register") -> Iterator[str]:
    """Connect to a scratch database that holds a made-up register of a size; yield its name.

    With BENCH_KEEP set it is left for the next run, which then starts at once.
    """
    from django.core.management import call_command
    from django.db import connection, transaction

    from core.demo import Plan
    from therapists.demo.register import seed_register
    from therapists.models import Therapist

    with database(f"{name}_{therapists}", keep=bool(os.environ.get(KEEP))) as made:
        if not Therapist.objects.exists():
            call_command("load_reference", verbosity=0, stdout=StringIO())
            with transaction.atomic():
                seed_register(Plan(therapists=therapists, seed=1))
            fill_lists()
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")
        yield made
