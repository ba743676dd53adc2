"""A database of its own for a measurement: made, filled with the demonstration's register, dropped."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO

KEEP = "BENCH_KEEP"


def setup() -> None:
    """Set Django up with the test settings, whose keys and addresses are nobody's."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    import django

    django.setup()


@contextmanager
def register_of(therapists: int) -> Iterator[str]:
    """Connect to a scratch database that holds a made-up register of a size; yield its name.

    With BENCH_KEEP set it is left for the next run, which then starts at once.
    """
    from django.core.management import call_command
    from django.db import connection, transaction

    from core.demo import Plan
    from therapists.demo.register import seed_register
    from therapists.models import Therapist

    real = connection.settings_dict["NAME"]
    name = f"bench_register_{therapists}"
    connection.settings_dict["TEST"]["NAME"] = name
    keep = bool(os.environ.get(KEEP))
    # Not serialized: that would read the whole register into one text.
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False, keepdb=keep)
    try:
        if not Therapist.objects.exists():
            call_command("load_reference", verbosity=0, stdout=StringIO())
            with transaction.atomic():
                seed_register(Plan(therapists=therapists, seed=1))
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")
        yield name
    finally:
        connection.creation.destroy_test_db(real, verbosity=0, keepdb=keep)
