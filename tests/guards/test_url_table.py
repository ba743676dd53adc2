"""Every route of ours, opened by everybody: exactly those who may see it do, and nobody else learns that it exists."""

from copy import deepcopy

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import Client as Browser
from django.urls import reverse

from accounts.models import User
from tests.guards.routes import routes
from tests.guards.url_table import TABLE, Row
from tests.guards.world import VISITORS, browsers, build
from therapists.models import Therapist

# Only there in local runs, and tried in tests/config and tests/core.
LOCAL = "local:"
# Objects of world.build that belong to Ben alone.
BENS_THINGS = {"offer", "placement", "room", "place", "claim"}


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


def test_what_nobody_may_see_nobody_may_change(
    reference: None, ben: Therapist, cara: Therapist, amina: User, dev: User, sam: User, ada: User
) -> None:
    """A POST is refused as the GET is; where only a POST is taken, nobody else's objects can be named in it."""
    assert ben.user and cara.user
    arguments = build(ben)
    people = {"amina": amina, "ben": ben.user, "cara": cara.user, "dev": dev, "sam": sam, "ada": ada}
    knock = browsers(people, arguments["asked"]["pk"])
    wrong = {}
    for row in TABLE:
        for who, seen in zip(VISITORS, row[3], strict=True):
            with transaction.atomic():
                # A POST may sign somebody out or in: afterwards everything is as before.
                cookies = deepcopy(knock[who].cookies)
                found = status(knock[who], row, arguments, method="post")
                knock[who].cookies = cookies
                transaction.set_rollback(True)
            if found not in allowed(row, who, seen):
                wrong[f"{row[0]} as {who}"] = (seen, found)
    assert not wrong, f"(GET, POST): {wrong}"


def allowed(row: Row, who: str, seen: int) -> set[int]:
    """What a POST with nothing in it may answer, given what a GET answers. A 500 would raise."""
    if seen in {302, 404}:
        # A page that is only shown with a draft may take what begins one.
        return {302, 404, 405}
    if seen == 405 and who == "cara" and row[1] in BENS_THINGS:
        return {404}
    return {200, 204, 302, 400, 404, 405, 429}


def status(browser: Browser, row: Row, arguments: dict[str, dict[str, int]], method: str = "get") -> int:
    name, thing, further, _ = row
    return getattr(browser, method)(reverse(name, kwargs={**arguments.get(thing, {}), **further})).status_code
