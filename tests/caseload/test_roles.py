"""Every staff page by role: whoever lacks the role gets 404, whoever is not signed in is led to the sign-in page."""

import pytest
from django.test import Client
from django.urls import URLPattern, reverse

from caseload.urls import urlpatterns as caseload_urls
from core.choices import Role
from referrals.urls_desk import urlpatterns as desk_urls
from tests.factories import make_user
from tests.support.sign_in import signed_in
from therapists.urls import urlpatterns as therapists_urls

pytestmark = pytest.mark.django_db

THERAPIST = {Role.THERAPIST}
CHECKERS = {Role.COORDINATOR, Role.ADMINISTRATOR}
SENDERS = {Role.COORDINATOR, Role.ADMINISTRATOR}
STAFF = {Role.COORDINATOR, Role.SAFETY_CLINICIAN}
DESK = {*STAFF, Role.ADMINISTRATOR}
COORDINATORS = (
    "overdue", "list", "lists", "waiting_list", "waits", "parked", "entry_act", "offers", "offer_act", "offer_why",
    "why", "task_merge", "merge_with", "merge",
)  # fmt: skip
EXPECTED = {
    **{f"referrals:{name}": DESK for name in ("desk", "desk_task", "desk_task_take", "desk_rota", "desk_rota_remove")},
    **{f"referrals:{name}": STAFF for name in ("desk_find", "desk_referral", "desk_referral_act")},
    **{
        f"referrals:{name}": SENDERS
        for name in ("desk_messages", "desk_message", "desk_letters", "desk_letter_returned", "desk_letter_not_posted")
    },
    **{f"referrals:{name}": CHECKERS for name in ("desk_exposure", "desk_exposure_file")},
    **{f"referrals:desk_{name}": {Role.COORDINATOR} for name in COORDINATORS},
}
EVERYBODY = {"therapists:join", "therapists:still_taking"}


def expected_roles(name: str) -> set[str]:
    if name in EXPECTED:
        return EXPECTED[name]
    return CHECKERS if name.startswith("therapists:desk_") else THERAPIST


def staff_routes() -> list[tuple[str, str]]:
    spaces = (("caseload", caseload_urls), ("therapists", therapists_urls), ("referrals", desk_urls))
    found = [(f"{space}:{route.name}", route) for space, urls in spaces for route in urls]
    return [(name, _address(name, route)) for name, route in found if name not in EVERYBODY]


def _address(name: str, route: URLPattern) -> str:
    values = {"pk": 999_999, "run": 999_999, "other": 999_998, "slug": "about", "act": "close"}
    return reverse(name, kwargs={key: values[key] for key in route.pattern.converters})


@pytest.mark.parametrize("role", list(Role))
def test_a_page_is_404_for_every_other_role(role):
    browser = signed_in(make_user(role))
    for name, address in staff_routes():
        if role not in expected_roles(name):
            assert browser.get(address).status_code == 404, name
            assert browser.post(address).status_code == 404, name


@pytest.mark.parametrize("role", list(Role))
def test_a_page_without_a_row_opens_for_its_roles(role):
    browser = signed_in(make_user(role))
    for name, address in staff_routes():
        if role in expected_roles(name) and "999999" not in address:
            assert browser.get(address).status_code in {200, 302, 405}, name


def test_a_row_nobody_may_see_is_404_for_its_own_roles():
    users = {role: signed_in(make_user(role)) for role in Role if role != Role.THERAPIST}
    for name, address in staff_routes():
        for role in expected_roles(name) & set(users):
            if "999999" in address:
                # A removal that was done already is no error when it is sent again: those only redirect.
                assert users[role].get(address).status_code in {404, 405}, (name, role)


def test_visitors_are_led_to_the_sign_in_page():
    for name, address in staff_routes():
        response = Client().get(address)
        assert response.status_code == 302, name
        assert reverse("account_login") in response["Location"], name
