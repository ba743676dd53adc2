"""Every page about waiting lists on the desk, wide and narrow, with people on it and empty."""

import datetime

import pytest
from django.urls import reverse

from accounts.actors import for_user
from core import clock
from core.worklist import task_open
from referrals import kinds
from referrals.services.lists import entry_prioritise
from referrals.services.offer_times import offer_not_told
from referrals.tasks import tick
from tests.referrals.given import TICK
from tests.referrals.waiting import entry_with, full, listed, offered, place_freed, told, waits
from tests.support.browser import DESKTOP, PHONE, follow
from tests.support.look import look
from tests.support.sign_in import sign_in_page
from therapists.models import Therapist
from therapists.services.search import search_reindex

pytestmark = pytest.mark.django_db(transaction=True)


def path(name: str, *args: object) -> str:
    return reverse(f"referrals:{name}", args=args)


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_lists_with_people_on_them(live_server, open_page, axe, ben, cara, dev, now, width):
    first = listed(full(ben), full(cara), given_name="Anna")
    now.move(datetime.timedelta(days=40))
    Therapist.objects.update(confirmed_at=clock.now())
    second, third = listed(ben, given_name="Zofia"), waits(ben, given_name="Bartholomew-Maximilian")
    entry_prioritise(
        entry=entry_with(second, ben), priority=True, reason="The baby comes in March.", actor=for_user(dev)
    )
    place_freed(ben)
    offer = told(second)
    Therapist.objects.filter(pk=cara.pk).update(paused=True)
    tick()
    parked = entry_with(first, ben)
    task = task_open(
        kind=kinds.IDENTITY_CHECK,
        subject_type="client",
        subject_id=third.client_id,
        owner_role="coordinator",
        due_at=clock.now(),
        actor=TICK,
        detail={"perhaps": [first.client_id]},
    )
    page = open_page(width)
    sign_in_page(page, live_server.url, dev)
    for name, address in {
        "front": path("desk"),
        "lists": path("desk_lists"),
        "lists_frozen": path("desk_lists") + "?show=frozen",
        "list": path("desk_waiting_list", ben.pk),
        "waits": path("desk_waits"),
        "offers": path("desk_offers"),
        "forward": path("desk_entry_act", parked.pk, "forward"),
        "move": path("desk_entry_act", parked.pk, "move"),
        "take_off": path("desk_entry_act", parked.pk, "take-off"),
        "extend": path("desk_offer_act", offer.pk, "extend"),
        "answer": path("desk_offer_act", offer.pk, "answer"),
        "why": path("desk_why") + f"?a={offer.entry_id}&b={parked.pk}",
        "why_one": path("desk_why") + f"?a={parked.pk}",
        "identity": path("desk_task", task.pk),
        "merge": path("desk_merge", first.pk, third.pk),
        "merge_with": path("desk_merge_with", first.pk),
        "referral": path("desk_referral", second.pk),
    }.items():
        look(page, live_server.url + address, axe, f"desk_lists_{name}")
    offer_not_told(offer_id=offer.pk)
    look(page, live_server.url + path("desk_offers") + "?show=not-told", axe, "desk_lists_not_told")


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_lists_with_nobody_on_them(live_server, open_page, axe, ben, dev, width):
    page = open_page(width)
    sign_in_page(page, live_server.url, dev)
    for name, address in {
        "lists": path("desk_lists"),
        "list": path("desk_waiting_list", ben.pk),
        "waits": path("desk_waits"),
        "offers": path("desk_offers"),
        "lapsed": path("desk_offers") + "?show=lapsed",
        "not_told": path("desk_offers") + "?show=not-told",
        "parked": path("desk_parked"),
    }.items():
        look(page, live_server.url + address, axe, f"desk_lists_empty_{name}")


def test_without_script_and_with_mistakes(live_server, open_page, axe, ben, cara, dev, now):
    referral = listed(full(ben))
    full(cara)
    search_reindex()
    page = open_page(PHONE, java_script=False)
    sign_in_page(page, live_server.url, dev)
    page.goto(live_server.url + path("desk_lists"))
    follow(page.get_by_role("button", name="Find a list"))
    axe(page)
    page.get_by_label("Therapist’s name or registration number").fill("okafor")
    follow(page.get_by_role("button", name="Find a list"))
    follow(page.get_by_role("link", name="Ben Okafor"))
    follow(page.get_by_role("link", name="Move to another list"))
    page.get_by_label("To whose list?").fill("Hughes")
    page.get_by_label("Reason", exact=True).fill("Evenings suit better.")
    follow(page.get_by_role("button", name="Move them"))
    axe(page)
    page.get_by_label("Cara Hughes").check()
    follow(page.get_by_role("button", name="Move them"))
    assert page.get_by_text("Done, with your reason on record.").is_visible()
    assert entry_with(referral, cara).state == "asked"
    assert offered(referral) is None
    page.goto(live_server.url + path("desk_merge_with", referral.pk))
    follow(page.get_by_role("button", name="Compare the two"))
    axe(page)
