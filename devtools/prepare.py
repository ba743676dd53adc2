"""One process for all that the database needs before the start: each separate command would cost seconds."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

import django
from django.core.management import call_command
from django.db import connection

THERAPISTS = int(os.environ.get("DEMO_THERAPISTS", "70000"))
SEED = 1


@contextmanager
def _step(words: str) -> Iterator[None]:
    print(f"  {words} ...", flush=True)
    started = time.monotonic()
    yield
    print(f"  {words}: done in {time.monotonic() - started:.1f} s", flush=True)


def main() -> None:
    """Migrate, load reference data, and make or refresh the demonstration."""
    django.setup()
    with _step("Bringing the tables up to date"):
        call_command("migrate", verbosity=0, interactive=False)
        call_command("createcachetable", verbosity=0)
    with _step("Loading reference data"):
        call_command("load_reference", verbosity=0)
    if _demo_is_there():
        with _step("Refreshing the demonstration"):
            call_command("refresh_demo", verbosity=0)
    else:
        with _step(f"Making up a register of {THERAPISTS:,} therapists and the demonstration's cast"):
            call_command("seed_demo", therapists=THERAPISTS, seed=SEED)
        _remember_demo()


def _demo_is_there() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()"
        )
        return bool(cursor.fetchone()[0])


def _remember_demo() -> None:
    # Kept with the database itself: whoever points us at another one gets its answer, not this folder's.
    with connection.cursor() as cursor:
        name = connection.ops.quote_name(connection.settings_dict["NAME"])
        cursor.execute(f"COMMENT ON DATABASE {name} IS %s", [f"demonstration of {THERAPISTS} therapists, seed {SEED}"])


if __name__ == "__main__":
    main()
