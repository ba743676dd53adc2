"""Why was this person offered a place before that one? Read from the log alone, in plain words."""

import datetime

import pytest
from django.urls import reverse

from core import clock
from core.models import AccessEntry
from referrals.models import Referral, WaitingListEntry
from referrals.presenters.why_before import COUNTED, SAID, why_lines
from referrals.selectors import allotments
from referrals.selectors.why_before import why_before
from referrals.services.lists import entry_prioritise
from referrals.services.offers import offer_keep_place
from referrals.tasks import tick
from tests.factories import session_format
from tests.referrals.given import client_of
from tests.referrals.waiting import entry_with, full, listed, offered, place_freed, told
from tests.support.sign_in import signed_in
from therapists.models import Place, Therapist
from therapists.queue import queues_recount

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(dev):
    return signed_in(dev)


@pytest.fixture
def desk(dev):
    from accounts.actors import for_user

    return for_user(dev)


def answer(a: Referral, b: Referral | None, ben: Therapist, desk) -> str:
    why = why_before(entry_with(a, ben), entry_with(b, ben) if b else None, actor=desk)
    assert why is not None
    return "\n".join(why_lines(why))


def tuesdays(therapist: Therapist) -> Place:
    place = place_freed(therapist)
    place.day, place.time, place.session_format = 1, datetime.time(18), session_format()
    place.save()
    queues_recount(therapist_ids=[therapist.pk])
    return place


def test_every_code_of_the_log_has_words() -> None:
    assert set(allotments.CODES) == set(SAID) == set(COUNTED)


def test_the_story_of_a_place_in_plain_words(ben, desk, now) -> None:
    first = listed(full(ben), given_name="Anna")
    second = listed(ben, given_name="Zofia")
    third = listed(ben, given_name="Ewa")
    WaitingListEntry.objects.filter(referral=first).update(hours=0b001)
    place = tuesdays(ben)
    offer_keep_place(offer=told(second), actor=client_of(second))
    now.move(datetime.timedelta(hours=24))
    tick()
    offer = offered(third)
    assert offer is not None and offer.claim.place_id == place.pk
    assert answer(third, second, ben, desk).splitlines() == [
        "On Tuesday 24 November, 10am one place was free (Tuesdays, 6pm, video).",
        "Ewa was third on the list.",
        "The first could not have come: no free place fits the times or the format that are a must.",
        "Zofia, who was second, was not to be offered a place before Monday 7 December.",
        "So Ewa was offered it.",
    ]


def test_whoever_waits_longer_comes_first_and_the_other_way_of_asking_says_the_same(ben, desk, now) -> None:
    first = listed(full(ben), given_name="Anna")
    now.move(datetime.timedelta(days=2))
    Therapist.objects.update(confirmed_at=clock.now())
    second = listed(ben, given_name="Zofia")
    place_freed(ben)
    tick()
    said = answer(first, second, ben, desk)
    assert "Anna was first on the list." in said and "So Anna was offered it." in said
    assert "Zofia was second on the list." in said
    assert "Anna’s wait counts from Monday 23 November, 10am, Zofia’s from Wednesday 25 November, 10am." in said
    assert answer(second, first, ben, desk) == said


def test_somebody_put_forward_is_explained_with_the_reason(ben, desk, now) -> None:
    first, second = listed(full(ben), given_name="Anna"), listed(ben, given_name="Zofia")
    entry_prioritise(entry=entry_with(second, ben), priority=True, reason="The baby comes in March.", actor=desk)
    place_freed(ben)
    tick()
    now.move(datetime.timedelta(minutes=1))
    said = answer(second, first, ben, desk)
    assert "A coordinator had put Zofia forward: “The baby comes in March.”" in said
    assert "That is why Zofia came first, whoever waits longer." in said
    entry_prioritise(entry=entry_with(second, ben), priority=False, reason="No need now.", actor=desk)
    assert answer(second, first, ben, desk) == said, "what was then stays as it was"


def test_somebody_who_came_later_is_told_apart(ben, desk, now) -> None:
    first = listed(full(ben), given_name="Anna")
    place_freed(ben)
    tick()
    now.move(datetime.timedelta(hours=1))
    late = listed(ben, given_name="Zofia")
    assert "Zofia asked to wait only on Monday 23 November, 11am, after that." in answer(first, late, ben, desk)


def test_a_long_list_is_counted_not_listed(ben, desk) -> None:
    people = [listed(full(ben, limit=20), given_name="Anna") for _ in range(8)]
    WaitingListEntry.objects.filter(referral__in=people).update(hours=0b001)
    last = listed(ben, given_name="Ewa")
    tuesdays(ben)
    tick()
    said = answer(last, None, ben, desk)
    assert "Of the 8 others before Ewa: 8 could not have come" in said
    assert "Ewa was ninth on the list." in said
    named = answer(last, people[3], ben, desk)
    assert "Of the 7 others before Ewa: 7 could not have come" in named
    assert "Anna (fourth on the list) could not have come" in named


def test_a_place_elsewhere_that_she_likes_better(ben, cara, desk) -> None:
    first = listed(full(cara), full(ben), given_name="Anna")
    second = listed(ben, given_name="Zofia")
    place_freed(ben)
    place_freed(cara)
    tick()
    assert offered(first).therapist == cara
    assert "Anna (first on the list) was offered a place with somebody chosen above" in answer(second, first, ben, desk)


def test_the_page_asks_with_whom_to_compare_and_records_the_reading(browser, dev, ben) -> None:
    first, second = listed(full(ben), given_name="Anna"), listed(ben, given_name="Zofia")
    a, b = entry_with(first, ben), entry_with(second, ben)
    address = reverse("referrals:desk_why")
    assert "No place has been offered from this list yet" in browser.get(address, {"a": a.pk}).content.decode()
    assert "to either of them" in browser.get(address, {"a": a.pk, "b": b.pk}).content.decode()
    place_freed(ben)
    tick()
    page = browser.get(address, {"a": b.pk, "b": a.pk}).content.decode()
    assert "So Anna was offered it." in page
    looked = AccessEntry.objects.filter(purpose="why_before", actor_id=str(dev.pk)).values_list("object_id", flat=True)
    assert set(looked) == {str(first.client_id), str(second.client_id)}
    offer = offered(first)
    assert (
        "So Anna was offered it." in browser.get(reverse("referrals:desk_offer_why", args=[offer.pk])).content.decode()
    )


def test_what_cannot_be_compared_is_not_found(browser, ben, cara) -> None:
    a = entry_with(listed(full(ben)), ben)
    other = entry_with(listed(full(cara)), cara)
    address = reverse("referrals:desk_why")
    for query in ({"a": "x"}, {"a": 10**40}, {"a": a.pk, "b": other.pk}, {"a": a.pk, "b": a.pk}, {"a": "\u0661"}):
        assert browser.get(address, query).status_code == 404, query
    assert browser.get(reverse("referrals:desk_offer_why", args=[2**63])).status_code == 404
    assert "Nobody else has been on this list" in browser.get(address, {"a": a.pk}).content.decode()
