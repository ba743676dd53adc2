"""Whatever a therapist does shows that she is there; opening a page, others and the passing of time do not.

Every page of hers that takes a POST stands in ACTIONS. A new one without a line here fails the test of the table, and
one whose service forgets to confirm fails its own line.
"""

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from django.test import Client as Browser
from django.urls import reverse

from accounts.actors import for_user
from core import clock
from core.models import OneTimeCode, PlacePoint, Task
from core.one_time_codes import code_digits
from core.policy import marker_of
from referrals.models import Referral, WaitingListEntry
from referrals.services.pausing import placement_pause
from referrals.services.placements import go_ahead
from referrals.tasks import tick
from tests.factories import make_location, make_place, make_registration
from tests.guards.routes import routes
from tests.referrals.given import MONDAY, actor_of, client_of, delivered, met, open_offer, sent
from tests.referrals.waiting import agrees, entry_with, full, waits
from tests.support.shown_form import shown_form
from tests.support.sign_in import signed_in
from therapists.models import Registration, Therapist
from therapists.services.claims import claim_decide, claim_start
from therapists.services.listing import own_confirm, therapist_confirm
from therapists.services.registrations import registration_status_set
from therapists.views.profile import FORMS

# Makes things ready, and returns what the URL names and what is typed beside what the page shows already.
Ready = Callable[[Therapist], tuple[dict[str, Any], dict[str, Any]]]
LONG_AGO = MONDAY - datetime.timedelta(days=11)
ABOUT = "I listen, and I ask a little. " * 3
TERMS = {"fee": "45", "cancellation_terms": "48 hours.", "confidentiality_terms": "Danger to life."}
PLACES = {"count": "1", "when": "now"}
AWAY = {
    **{"away_from_day": "1", "away_from_month": "12", "away_from_year": "2026"},
    **{"away_until_day": "7", "away_until_month": "12", "away_until_year": "2026"},
}
UNTIL = {"until_day": "7", "until_month": "12", "until_year": "2026"}
ROOM = {"name": "Room", "address": "1 The Street", "town": "Leeds", "postcode": "LS1 4AP", "hours": ["0"]}

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def monday():
    with clock.frozen(MONDAY) as frozen:
        yield frozen


def plain(**typed: Any) -> Ready:
    return lambda ben: ({}, typed)


def a_claim(ben: Therapist) -> Any:
    row = make_registration(name="Ben Okafor", register="BACP", email="ben@register.example")
    return claim_start(register=row.register, number=row.number, actor=actor_of(ben))


def claim(ben: Therapist) -> Any:
    row = make_registration(name="Ben Okafor", register="BACP", email="ben@register.example")
    return {}, {"register": row.register_id, "number": row.number}


def claim_code(ben: Therapist) -> Any:
    pk = a_claim(ben).pk
    return {"pk": pk}, {"digits": code_digits(OneTimeCode.objects.latest("pk"))}


def offer(ben: Therapist, *, interested: bool = False) -> Any:
    row = open_offer(sent(ben))
    if interested:
        type(row).objects.filter(pk=row.pk).update(interested_at=clock.now())
    return {"pk": row.pk}, {}


def task(ben: Therapist) -> Any:
    row = Task.objects.create(
        kind="review_due", subject_type="placement", subject_id=met(ben).pk, owner_role="therapist",
        owner_id=ben.user_id, due_at=clock.now(), created_at=clock.now(),
    )  # fmt: skip
    return {"pk": row.pk}, {}


def placement(**typed: Any) -> Ready:
    return lambda ben: ({"pk": met(ben).pk}, typed)


def in_therapy(ben: Therapist, *, paused: bool = False) -> int:
    row = met(ben)
    go_ahead(placement=row, side="client", actor=client_of(row.referral))
    go_ahead(placement=row, side="therapist", actor=actor_of(ben))
    if paused:
        until = clock.today() + datetime.timedelta(days=7)
        placement_pause(placement=row, side="client", until=until, actor=client_of(row.referral))
    return row.pk


def asked_again(ben: Therapist) -> WaitingListEntry:
    """Somebody on her list, about whom she is asked whether her yes still stands."""
    row = agrees(waits(full(ben)), ben)
    row.state, row.answer_due_at = row.State.ASKED, clock.now() + datetime.timedelta(days=1)
    row.save()
    return row


ACTIONS: dict[str, Ready] = {
    "therapists:claim": claim,
    "therapists:claim_code": claim_code,
    "therapists:claim_check": lambda ben: ({"pk": a_claim(ben).pk}, {"statement": "Ring my practice."}),
    "therapists:publish": plain(),
    "therapists:room_add": plain(**ROOM),
    "therapists:room": lambda ben: ({"pk": make_location(ben).pk}, ROOM),
    "therapists:room_remove": lambda ben: ({"pk": make_location(ben).pk}, {}),
    "therapists:room_restore": lambda ben: ({"pk": make_location(ben, active=False).pk}, {}),
    "therapists:section": lambda ben: ({"slug": "answering"}, {}),
    "therapists:places_new": plain(**PLACES),
    "therapists:leave": plain(**AWAY),
    "therapists:limit": plain(monthly_limit="3"),
    "therapists:place_when": lambda ben: ({"pk": make_place(ben).pk}, {"when": "not_yet"}),
    "therapists:place_close": lambda ben: ({"pk": make_place(ben).pk}, {}),
    "therapists:pause": plain(paused="1"),
    "therapists:confirm": plain(),
    "therapists:listing_ask": plain(),
    "caseload:task_done": task,
    "caseload:request_interest": offer,
    "caseload:request_meeting": lambda ben: offer(ben, interested=True),
    "caseload:request_known": offer,
    "caseload:request_decline": lambda ben: (offer(ben)[0], {"code": "full"}),
    "caseload:list_settings": plain(taking="open", limit="4"),
    "caseload:list_interest": lambda ben: ({"pk": entry_with(waits(full(ben)), ben).pk}, {}),
    "caseload:list_agree": lambda ben: ({"pk": asked_again(ben).pk}, {}),
    "caseload:list_known": lambda ben: ({"pk": entry_with(waits(full(ben)), ben).pk}, {}),
    "caseload:list_refuse": lambda ben: ({"pk": entry_with(waits(full(ben)), ben).pk}, {"code": "times"}),
    "caseload:list_remove": lambda ben: ({"pk": agrees(waits(full(ben)), ben).pk}, {"code": "times"}),
    "caseload:still_yes": lambda ben: ({}, {"entries": [str(asked_again(ben).pk)]}),
    "caseload:contact": placement(),
    "caseload:go_ahead": placement(),
    "caseload:not_this_time": placement(),
    "caseload:pause": lambda ben: ({"pk": in_therapy(ben)}, UNTIL),
    "caseload:resume": lambda ben: ({"pk": in_therapy(ben, paused=True)}, {}),
    "caseload:somebody_else": lambda ben: ({"pk": in_therapy(ben)}, {"sessions": "few"}),
    "caseload:end": placement(code="completed", place_then="not_yet"),
}
TYPED = {"about": {"about": ABOUT}, "money": TERMS}


def last_sign(ben: Therapist) -> datetime.datetime:
    return Therapist.objects.values_list("confirmed_at", flat=True).get(pk=ben.pk)


def silent(ben: Therapist) -> None:
    Therapist.objects.filter(pk=ben.pk).update(confirmed_at=LONG_AGO, unanswered_in_a_row=1)


def press(browser: Browser, address: str, typed: dict[str, Any]) -> Any:
    page = browser.get(address)
    shown = shown_form(page.content.decode()) if page.status_code == 200 else {}
    return browser.post(address, {**shown, **typed})


def own_routes() -> list[Any]:
    return [
        route
        for route in routes()
        if (marker := marker_of(route.view)) and marker.kind == "allow" and marker.roles == {"therapist"}
    ]


def test_the_table_has_every_page_of_hers_that_takes_a_post(ben: Therapist) -> None:
    browser, values = signed_in(ben.user), {"pk": 999_999, "slug": "about"}
    taking = set()
    for route in own_routes():
        keys = [part.split(":")[1].rstrip(">") for part in route.pattern.split("/") if part.startswith("<")]
        answer = browser.post(reverse(route.name, kwargs={key: values[key] for key in keys}))
        if answer.status_code != 405:
            taking.add(route.name)
    assert taking == set(ACTIONS)


@pytest.mark.parametrize("name", ACTIONS)
def test_an_action_of_hers_confirms_and_opening_its_page_does_not(ben: Therapist, name: str) -> None:
    PlacePoint.objects.create(
        code="LS1 4", kind="sector", easting=430000, northing=433500, precision_m=1000, loaded_on=clock.today()
    )
    browser = signed_in(ben.user)
    named, typed = ACTIONS[name](ben)
    address = reverse(name, kwargs=named)
    silent(ben)
    browser.get(address)
    assert last_sign(ben) == LONG_AGO
    answer = press(browser, address, typed)
    assert answer.status_code == 302, answer.content.decode()
    assert last_sign(ben) == clock.now()
    assert Therapist.objects.get(pk=ben.pk).unanswered_in_a_row == 0


@pytest.mark.parametrize("slug", FORMS)
def test_saving_a_page_of_the_profile_confirms(ben: Therapist, slug: str) -> None:
    silent(ben)
    answer = press(signed_in(ben.user), reverse("therapists:section", args=[slug]), TYPED.get(slug, {}))
    assert answer.status_code == 302, answer.content.decode()
    assert last_sign(ben) == clock.now()


def test_pages_that_only_show_confirm_nothing(ben: Therapist) -> None:
    browser = signed_in(ben.user)
    silent(ben)
    for route in own_routes():
        if "<" not in route.pattern:
            browser.get(reverse(route.name))
    assert last_sign(ben) == LONG_AGO


def test_nothing_that_happens_by_itself_confirms(ben: Therapist, monday: Any) -> None:
    referral = sent(ben)
    request = open_offer(referral)
    delivered(topic="request_new")
    silent(ben)
    monday.move(datetime.timedelta(days=4))
    tick()
    request.refresh_from_db()
    assert request.state == "lapsed"
    assert last_sign(ben) == LONG_AGO
    assert Therapist.objects.get(pk=ben.pk).unanswered_in_a_row == 2


def test_what_others_do_confirms_nothing(ben: Therapist, cara: Therapist, dev: Any) -> None:
    claimed = a_claim(ben)
    silent(ben)
    coordinator = for_user(dev)
    assert not therapist_confirm(therapist_id=ben.pk, actor=coordinator)
    assert not therapist_confirm(therapist_id=ben.pk, actor=actor_of(cara))
    assert not own_confirm(actor=coordinator)
    claim_decide(claim=claimed, accept=True, reason="Rang the register.", actor=coordinator)
    mine = Registration.objects.filter(therapist=ben).first()
    registration_status_set(registration=mine, status="active", reason="Looked.", actor=coordinator)
    assert last_sign(ben) == LONG_AGO


def test_a_refused_form_is_no_action(ben: Therapist) -> None:
    silent(ben)
    with transaction.atomic():
        answer = signed_in(ben.user).post(reverse("therapists:limit"), {"monthly_limit": "many"})
    assert answer.status_code == 200
    assert last_sign(ben) == LONG_AGO
    assert not Referral.objects.exists()
