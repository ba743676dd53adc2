"""Every route of ours, opened by everybody: exactly those who may see it do, and nobody else learns that it exists."""

import pytest
from django.core.management import call_command
from django.test import Client as Browser
from django.urls import reverse

from accounts.models import User
from tests.guards.routes import routes
from tests.guards.url_table import TABLE, Row
from tests.guards.world import VISITORS, browsers, build
from therapists.models import Therapist

# Only there in local runs, and tried in tests/config and tests/core.
LOCAL = "local:"


@pytest.fixture
def reference(db: None) -> None:
    call_command("load_reference", verbosity=0)


def test_the_table_names_every_route_once() -> None:
    ours = sorted(route.name for route in routes() if route.is_ours and not route.name.startswith(LOCAL))
    assert sorted(row[0] for row in TABLE) == ours


def test_everybody_at_every_door(
    reference: None, ben: Therapist, cara: Therapist, amina: User, dev: User, sam: User, ada: User
) -> None:
    assert ben.user and cara.user
    arguments = build(ben)
    people = {"amina": amina, "ben": ben.user, "cara": cara.user, "dev": dev, "sam": sam, "ada": ada}
    knock = browsers(people, arguments["asked"]["pk"])
    wrong = {
        f"{row[0]} as {who}": (expected, found)
        for row in TABLE
        for who, expected in zip(VISITORS, row[3], strict=True)
        if (found := status(knock[who], row, arguments)) != expected
    }
    assert not wrong, f"(expected, found): {wrong}"


def status(browser: Browser, row: Row, arguments: dict[str, dict[str, int]]) -> int:
    name, thing, further, _ = row
    return browser.get(reverse(name, kwargs={**arguments.get(thing, {}), **further})).status_code
