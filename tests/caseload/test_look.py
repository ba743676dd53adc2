"""Every page of a therapist's day, wide and narrow, with something on it and empty."""

import pytest
from django.urls import reverse

from core.choices import Role
from core.worklist import task_open
from referrals.kinds import REVIEW
from referrals.services.placements import contact_record, go_ahead
from referrals.services.requests import request_interest
from tests.factories import make_place
from tests.referrals.given import MONDAY, actor_of, client_of, met, open_offer, sent
from tests.support.browser import DESKTOP, PHONE
from tests.support.look import look
from tests.support.sign_in import sign_in_page
from therapists.models import Therapist

pytestmark = pytest.mark.django_db(transaction=True)


def a_full_day(ben: Therapist) -> dict[str, str]:
    """Ben has one of everything. Returns (name: address)."""
    for _ in range(8):
        make_place(ben)
    actor = actor_of(ben)
    new, interested, gone = (open_offer(sent(ben, **more)) for more in ({"times": ["weekday-evenings"]}, {}, {}))
    request_interest(offer=interested, actor=actor)
    to_contact, to_decide, active = met(ben), met(ben), met(ben)
    contact_record(placement=to_decide, actor=actor, meeting_at=MONDAY.replace(hour=18))
    go_ahead(placement=active, side="client", actor=client_of(active.referral))
    go_ahead(placement=active, side="therapist", actor=actor)
    task_open(
        kind=REVIEW,
        subject_type="placement",
        subject_id=active.pk,
        owner_role=Role.THERAPIST,
        owner_id=ben.user_id,
        due_at=MONDAY,
        actor=actor,
    )
    gone.__class__.objects.filter(pk=gone.pk).update(state="lapsed")
    return {
        "today": reverse("caseload:today"),
        "request": reverse("caseload:request", args=[new.pk]),
        "request_interested": reverse("caseload:request", args=[interested.pk]),
        "request_over": reverse("caseload:request", args=[gone.pk]),
        "decline": reverse("caseload:request_decline", args=[new.pk]),
        "people": reverse("caseload:people"),
        "person_new": reverse("caseload:placement", args=[to_contact.pk]),
        "contact": reverse("caseload:contact", args=[to_contact.pk]),
        "person_met": reverse("caseload:placement", args=[to_decide.pk]),
        "not_this_time": reverse("caseload:not_this_time", args=[to_decide.pk]),
        "person_active": reverse("caseload:placement", args=[active.pk]),
        "end": reverse("caseload:end", args=[active.pk]),
    }


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_a_full_day(live_server, open_page, axe, ben, width):
    pages = a_full_day(ben)
    page = open_page(width)
    sign_in_page(page, live_server.url, ben.user)
    for name, address in pages.items():
        look(page, live_server.url + address, axe, f"caseload_{name}")


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_an_empty_day_and_a_closed_listing(live_server, open_page, axe, ben, cara, width):
    Therapist.objects.filter(pk=cara.pk).update(confirmed_at=None, paused=True)
    page = open_page(width)
    sign_in_page(page, live_server.url, ben.user)
    look(page, live_server.url + reverse("caseload:today"), axe, "caseload_today_empty")
    look(page, live_server.url + reverse("caseload:people"), axe, "caseload_people_empty")
    other = open_page(width)
    sign_in_page(other, live_server.url, cara.user)
    look(other, live_server.url + reverse("caseload:today"), axe, "caseload_today_closed")
