"""A release that does harm can be taken back: every migration of ours has a way back, and the SQL of it works."""

import importlib

import pytest
from django.apps import apps
from django.db import connection
from django.db.migrations.loader import MigrationLoader


def ours() -> set[str]:
    return {config.label for config in apps.get_app_configs() if "site-packages" not in config.path}


def test_every_migration_can_be_taken_back() -> None:
    loader = MigrationLoader(None, ignore_no_migrations=True)
    stuck = [
        f"{app}.{name}: {type(operation).__name__}"
        for (app, name), migration in loader.disk_migrations.items()
        if app in ours()
        for operation in migration.operations
        if not operation.reversible
    ]
    assert not stuck


@pytest.mark.django_db
def test_the_log_of_changes_is_taken_back_and_brought_again() -> None:
    step = importlib.import_module("matching.migrations.0006_sound_register_log")
    with connection.cursor() as cursor:
        before = _there(cursor)
        generation = _generation(cursor)
        cursor.execute(step.BACK)
        assert _there(cursor) != before
        assert _generation(cursor) != generation, "what reads the log must begin anew"
        cursor.execute(step.NOTES + step.DAMAGE)
        assert _there(cursor) == before


def _there(cursor) -> list[tuple[str, str]]:
    cursor.execute(
        "SELECT tgname, tgrelid::regclass::text || p.prosrc FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid"
        " WHERE NOT tgisinternal ORDER BY 1, 2"
    )
    return cursor.fetchall()


def _generation(cursor) -> str:
    cursor.execute("SELECT generation::text FROM matching_registerlog")
    return cursor.fetchone()[0]
