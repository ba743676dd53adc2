"""Every route says who may open it. A view without a marker is refused at run time; this says so before."""

import pytest

from core import policy
from tests.guards.routes import Route, routes


@pytest.mark.parametrize("route", routes(), ids=lambda route: route.pattern)
def test_every_route_carries_a_policy_marker(route: Route) -> None:
    marked = policy.marker_of(route.view) is not None
    foreign = policy.foreign_reason(route.view, list(route.namespaces)) is not None
    assert marked or foreign, f"{route.pattern} ({route.name}) has no policy marker"


@pytest.mark.parametrize("route", [route for route in routes() if route.is_ours], ids=lambda route: route.pattern)
def test_our_routes_have_names(route: Route) -> None:
    assert route.name.rpartition(":")[2], f"{route.pattern} has no name: nothing could link to it or list it"
