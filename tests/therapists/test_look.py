"""Every page of joining and of the profile, wide and narrow."""

import datetime

import pytest
from django.core.management import call_command
from django.urls import reverse

from core.choices import Role
from tests.factories import make_funder, make_location, make_place, make_registration, make_therapist, make_user
from tests.support.browser import DESKTOP, PHONE
from tests.support.look import look
from tests.support.sign_in import sign_in_page
from therapists.models import RegistrationClaim, SamePersonPair
from therapists.views.profile import FORMS

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime.datetime(2026, 11, 20, 9, tzinfo=datetime.UTC)


@pytest.fixture
def loaded(transactional_db):
    call_command("load_reference", verbosity=0)


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_a_therapists_pages(loaded, live_server, open_page, axe, width):
    ben = make_therapist(user=make_user(Role.THERAPIST, name="Ben Okafor"), display_name="Ben Okafor")
    make_funder()
    room = make_location(ben)
    place = make_place(ben, available_from=None, day=1)
    names = ["onboarding", "profile", "preview", "rooms", "room_add", "places", "places_new", "limit", "claim"]
    pages = {name: reverse(f"therapists:{name}") for name in names}
    pages |= {f"section_{slug}": reverse("therapists:section", args=[slug]) for slug in FORMS}
    pages["room"] = reverse("therapists:room", args=[room.pk])
    pages["place_when"] = reverse("therapists:place_when", args=[place.pk])
    pages["place_close"] = reverse("therapists:place_close", args=[place.pk])
    page = open_page(width)
    look(page, live_server.url + reverse("therapists:join"), axe, "therapists_join")
    sign_in_page(page, live_server.url, ben.user)
    for name, address in pages.items():
        look(page, live_server.url + address, axe, f"therapists_{name}")


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_joining_and_the_registry(live_server, open_page, axe, dev, ben, width):
    new = make_user(Role.THERAPIST, name="Nia Evans")
    registration = make_registration(name="Nia Evans", town="Swansea", email="nia@example.org")
    other = make_registration(register="BACP", name="Nia Evans", contradiction="Another name")
    claims = [
        RegistrationClaim.objects.create(user=new, registration=row, state=state, made_at=row.checked_at or NOW)
        for row, state in ((registration, "code_sent"), (other, "to_check"))
    ]
    first, second = sorted((registration.pk, other.pk))
    pair = SamePersonPair.objects.create(first_id=first, second_id=second, agrees_on="email", found_at=NOW)
    page = open_page(width)
    sign_in_page(page, live_server.url, new)
    look(page, live_server.url + reverse("therapists:onboarding"), axe, "join_claims")
    look(page, live_server.url + reverse("therapists:claim_code", args=[claims[0].pk]), axe, "join_code")
    look(page, live_server.url + reverse("therapists:claim_check", args=[claims[1].pk]), axe, "join_check")
    desk = open_page(width)
    sign_in_page(desk, live_server.url, dev)
    hers = ben.registrations.get()
    for name, address in {
        "find": reverse("therapists:desk_find"),
        "registration": reverse("therapists:desk_registration", args=[hers.pk]),
        "registration_questioned": reverse("therapists:desk_registration", args=[other.pk]),
        "registration_act": reverse("therapists:desk_registration_act", args=[hers.pk, "unlink"]),
        "claim": reverse("therapists:desk_claim", args=[claims[1].pk]),
        "pair": reverse("therapists:desk_pair", args=[pair.pk]),
        "imports": reverse("therapists:desk_imports"),
    }.items():
        look(desk, live_server.url + address, axe, f"registry_{name}")
