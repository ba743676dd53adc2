"""Waiting lists on the desk: what the pages say, and every act through its page."""

import datetime

import pytest
from django.urls import reverse

from core import clock
from core.clock import Frozen
from core.models import AccessEntry, AuditEntry, Task
from referrals import kinds
from referrals.messages import topics
from referrals.models import Offer, Referral, WaitingListEntry
from referrals.selectors.timeline import timeline
from referrals.services.offer_times import offer_not_told
from referrals.tasks import tick
from tests.factories import make_place, make_therapist
from tests.referrals.given import fresh, state, topics_to_client
from tests.referrals.waiting import State, agrees, entry_with, full, listed, offered, place_freed, told, waits
from tests.support.invariants import broken_invariants
from tests.support.sign_in import signed_in
from therapists.models import Therapist
from therapists.queue import queues_recount
from therapists.services.search import search_reindex

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_is_broken(now: Frozen):
    yield
    assert broken_invariants(clock.now()) == []


@pytest.fixture
def browser(dev):
    return signed_in(dev)


def text(browser, name, *args, **query) -> str:
    answer = browser.get(reverse(f"referrals:{name}", args=args), query)
    assert answer.status_code == 200, answer
    return answer.content.decode()


def act(browser, entry: WaitingListEntry, slug: str, **data):
    return browser.post(reverse("referrals:desk_entry_act", args=[entry.pk, slug]), data, follow=True)


def in_order(therapist: Therapist) -> list[str]:
    """The references on a list, as places are offered."""
    rows = WaitingListEntry.objects.filter(therapist=therapist, state__in=WaitingListEntry.ON_LIST)
    return list(rows.order_by("-priority", "referral__queue_from", "pk").values_list("referral__reference", flat=True))


def test_all_lists_stand_with_the_longest_wait_first(browser, ben, cara, now) -> None:
    waits(full(cara))
    now.move(datetime.timedelta(days=3))
    Therapist.objects.update(confirmed_at=clock.now())
    listed(full(ben), cara)
    page = text(browser, "desk_lists")
    assert page.index("Cara Hughes") < page.index("Ben Okafor")
    assert "3 days" in page and "0 days" in page


def test_lists_are_narrowed_and_say_why_they_stand_still(browser, ben, cara) -> None:
    listed(full(ben), full(cara))
    Therapist.objects.filter(pk=ben.pk).update(paused=True)
    Therapist.objects.filter(pk=cara.pk).update(list_closed=True)
    tick()
    assert "Standing still: paused new people" in text(browser, "desk_lists", show="frozen")
    assert "Cara Hughes" not in text(browser, "desk_lists", show="frozen")
    assert "Cara Hughes" in text(browser, "desk_lists", show="closed")
    assert "Ben Okafor" not in text(browser, "desk_lists", show="closed")
    assert "No such list" in text(browser, "desk_lists", show="could")
    place_freed(cara)
    assert "Cara Hughes" in text(browser, "desk_lists", show="could")
    assert "Ben Okafor" in text(browser, "desk_lists", show="nonsense", after="nonsense")


def test_a_list_is_found_by_name(browser, ben, cara) -> None:
    listed(full(ben), full(cara))
    search_reindex()
    page = browser.post(reverse("referrals:desk_lists"), {"text": "okafor"}).content.decode()
    assert "Ben Okafor" in page and "Cara Hughes" not in page
    nobody = browser.post(reverse("referrals:desk_lists"), {"text": "zzyzx"}).content.decode()
    assert "Check the spelling" in nobody
    assert "Enter a name or a number" in browser.post(reverse("referrals:desk_lists"), {}).content.decode()


def test_one_list_tells_of_everybody_on_it(browser, ben, now) -> None:
    first, second = listed(full(ben)), listed(ben)
    third = waits(ben)
    page = text(browser, "desk_waiting_list", ben.pk)
    assert page.index(first.reference) < page.index(second.reference) < page.index(third.reference)
    assert page.count("Last yes: Monday 23 November") == 2
    assert "answer due" in page
    assert "We cannot say yet." in page
    assert "Nobody waits on this list" in text(browser, "desk_waiting_list", make_therapist().pk)


def test_who_waits_longest_of_all(browser, ben, now) -> None:
    first = listed(full(ben))
    now.move(datetime.timedelta(days=2))
    Therapist.objects.update(confirmed_at=clock.now())
    second = waits(ben)
    page = text(browser, "desk_waits")
    assert page.index(first.reference) < page.index(second.reference)
    assert first.reference not in text(browser, "desk_waits", state="offered")
    assert "Nobody waits" in text(browser, "desk_waits", state="requested")


def test_pages_follow_each_other_without_a_gap(browser, ben, monkeypatch) -> None:
    monkeypatch.setattr("referrals.selectors.desk_lists.PAGE", 2)
    people = [waits(full(make_therapist())) for _ in range(5)]
    for name, shown in {"desk_waits": "reference", "desk_lists": "therapist"}.items():
        seen, mark = [], ""
        for _ in range(3):
            page = browser.get(reverse(f"referrals:{name}"), {"after": mark} if mark else {}).context
            seen += [row["referral"].pk if shown == "reference" else row["row"].therapist.pk for row in page["rows"]]
            mark = page["page"].more
        assert mark == "" and len(seen) == len(set(seen)) == 5
        if shown == "reference":
            assert seen == [person.pk for person in people]


def test_somebody_is_put_forward_and_in_turn_again(browser, dev, ben) -> None:
    first, second = listed(full(ben)), listed(ben)
    entry = entry_with(second, ben)
    assert "Write the reason" in act(browser, entry, "forward").content.decode()
    assert in_order(ben) == [first.reference, second.reference]
    act(browser, entry, "forward", reason="The baby comes in March.")
    assert in_order(ben) == [second.reference, first.reference]
    assert "Put forward: “The baby comes in March.”" in text(browser, "desk_waiting_list", ben.pk).replace(
        "&quot;", '"'
    )
    assert AuditEntry.objects.filter(verb="entry_prioritise", reason="The baby comes in March.").exists()
    assert "The baby comes in March." in text(browser, "desk_referral", second.pk)
    assert "not possible any more" in act(browser, entry, "forward", reason="Again.").content.decode()
    act(browser, entry, "not-forward", reason="She has found help elsewhere.")
    assert in_order(ben) == [first.reference, second.reference]


def test_nobody_on_the_list_learns_that_somebody_was_put_forward(browser, ben) -> None:
    first, second = listed(full(ben)), listed(ben)
    before = topics_to_client(first), topics_to_client(second)
    act(browser, entry_with(second, ben), "forward", reason="The baby comes in March.")
    assert (topics_to_client(first), topics_to_client(second)) == before
    for referral in (first, second):
        told_her = " ".join(item.words + item.reason for item in timeline(fresh(referral)))
        assert "forward" not in told_her and "baby" not in told_her
    place_freed(ben)
    tick()
    assert offered(second) is not None and offered(first) is None


def test_moving_keeps_the_time_and_asks_the_other_therapist(browser, ben, cara, now) -> None:
    referral = listed(full(ben))
    since = referral.queue_from
    now.move(datetime.timedelta(days=5))
    Therapist.objects.update(confirmed_at=clock.now())
    full(cara)
    search_reindex()
    entry = entry_with(referral, ben)
    asked = act(browser, entry, "move", text="Hughes", reason="Evenings.")
    assert "Choose whose list" in asked.content.decode() and "Evenings." in asked.content.decode()
    act(browser, entry, "move", text="Hughes", therapist=cara.pk, reason="Evenings.")
    moved = entry_with(referral, cara)
    assert (entry_with(referral, ben).state, moved.state) == (State.REMOVED, State.ASKED)
    assert (state(referral), fresh(referral).queue_from) == ("waiting", since)
    assert [c.therapist_id for c in referral.choices.filter(round=fresh(referral).round)] == [cara.pk]
    assert topics.LIST_MOVED in topics_to_client(referral)
    agrees(referral, cara)
    place_freed(cara)
    tick()
    assert offered(referral) is not None


def test_nobody_is_moved_to_a_list_that_takes_nobody(browser, ben, cara) -> None:
    referral = listed(full(ben))
    full(cara, limit=0)
    search_reindex()
    page = act(browser, entry_with(referral, ben), "move", text="Hughes", therapist=cara.pk, reason="Evenings.")
    assert "takes nobody more" in page.content.decode()
    assert entry_with(referral, ben).state == State.LISTED
    assert not WaitingListEntry.objects.filter(therapist=cara).exists()
    nobody = act(browser, entry_with(referral, ben), "move", text="zzyzx", reason="Evenings.").content.decode()
    assert "Nobody with a profile has this name" in nobody


@pytest.mark.parametrize("typed", ["\x00", "a\x00b", "%", "'", "\u202e", "x" * 5000, "ö" * 80, "123456789" * 9])
def test_whatever_is_typed_for_a_name_is_answered(browser, ben, typed) -> None:
    entry = entry_with(listed(full(ben)), ben)
    for data in ({"text": typed, "reason": "x"}, {"text": typed, "reason": typed, "therapist": typed}):
        assert act(browser, entry, "move", **data).status_code == 200
    assert browser.post(reverse("referrals:desk_lists"), {"text": typed}).status_code == 200
    assert text(browser, "desk_lists", show=typed, after=typed)
    assert text(browser, "desk_waits", state=typed, after=typed)
    assert text(browser, "desk_waiting_list", ben.pk, page=typed)
    entry.refresh_from_db()
    assert entry.state == State.LISTED


def test_taking_off_names_who_is_meant_and_tells_her(browser, dev, ben) -> None:
    referral = listed(full(ben))
    entry = entry_with(referral, ben)
    page = text(browser, "desk_entry_act", entry.pk, "take-off")
    assert f"Take Ewa {referral.client.family_name} off the list of Ben Okafor" in page
    assert AccessEntry.objects.filter(object_id=str(referral.client_id), actor_id=str(dev.pk), purpose="desk").exists()
    act(browser, entry, "take-off", reason="Moves abroad.")
    assert (entry_with(referral, ben).state, entry_with(referral, ben).code) == (State.REMOVED, "by_the_desk")
    assert topics.LIST_REMOVED in topics_to_client(referral)
    assert "Moves abroad." in text(browser, "desk_referral", referral.pk)


def test_somebody_who_is_offered_a_place_is_not_moved_or_taken_off(browser, ben) -> None:
    referral = listed(full(ben))
    place_freed(ben)
    told(referral)
    for slug in ("move", "take-off", "unpark"):
        page = act(browser, entry_with(referral, ben), slug, reason="Because.").content.decode()
        assert "not possible any more" in page
    assert offered(referral) is not None


def test_nobody_is_moved_while_another_place_is_offered(browser, ben, cara) -> None:
    referral = listed(full(ben), full(cara))
    place_freed(ben)
    told(referral)
    other = entry_with(referral, cara)
    assert ">Move to another list" not in text(browser, "desk_waiting_list", cara.pk)
    assert "not possible any more" in act(browser, other, "move", text="Okafor", reason="Evenings.").content.decode()
    assert entry_with(referral, cara).state == State.LISTED


def parked(ben: Therapist, now: Frozen) -> Referral:
    """Somebody who did not answer about two places."""
    referral = listed(full(ben))
    place_freed(ben)
    for _ in range(2):
        now.at = told(referral).expires_at + datetime.timedelta(seconds=1)
        tick()
        now.move(datetime.timedelta(days=14))
        Therapist.objects.update(confirmed_at=clock.now())
    return referral


def test_whoever_is_parked_is_unparked_where_she_stood(browser, ben, now) -> None:
    assert "Nobody is parked" in text(browser, "desk_parked")
    referral = parked(ben, now)
    assert "Two places in a row were not answered" in text(browser, "desk_parked")
    assert text(browser, "desk_offers", show="lapsed").count(referral.reference) >= 1
    act(browser, entry_with(referral, ben), "unpark", reason="The phone was broken.")
    entry = entry_with(referral, ben)
    assert (entry.state, entry.lapses, entry.no_offer_before) == (State.LISTED, 0, None)
    assert not Task.objects.filter(kind=kinds.PARKED_ENTRY, state="open").exists()
    tick()
    assert offered(referral) is not None or entry_with(referral, ben).state == State.ASKED


def test_offers_out_say_how_far_the_telling_has_come(browser, ben, now) -> None:
    assert "No place waits for an answer" in text(browser, "desk_offers")
    referral = listed(full(ben))
    place_freed(ben)
    tick()
    assert "Not told yet (E-mail)" in text(browser, "desk_offers")
    offer = told(referral)
    page = text(browser, "desk_offers")
    assert "10am (E-mail)" in page
    assert "Not yet" in page
    offer_not_told(offer_id=offer.pk)
    page = text(browser, "desk_offers", show="not-told")
    assert referral.client.phone in page and "Leave no voice message" in page
    assert AccessEntry.objects.filter(object_id=str(referral.client_id), purpose="place_not_told").exists()
    assert browser.get(reverse("referrals:desk")).context["lists"].not_told == 1


def extend(browser, offer, day: datetime.date, hour: int, **data):
    asked = {"day_day": day.day, "day_month": day.month, "day_year": day.year, "hour": hour, "reason": "In hospital."}
    return browser.post(reverse("referrals:desk_offer_act", args=[offer.pk, "extend"]), asked | data, follow=True)


def test_more_time_is_given_and_told(browser, ben, now) -> None:
    referral = listed(full(ben))
    place_freed(ben)
    offer = told(referral)
    until = offer.expires_at
    late = clock.today() + datetime.timedelta(days=15)
    assert "at most two weeks" in extend(browser, offer, late, 18).content.decode()
    assert "after the present one" in extend(browser, offer, clock.today(), 18).content.decode()
    assert "Write the reason" in extend(browser, offer, late, 18, reason="").content.decode()
    offer.refresh_from_db()
    assert offer.expires_at == until
    friday = datetime.date(2026, 11, 27)
    assert "Done, with your reason" in extend(browser, offer, friday, 18).content.decode()
    offer.refresh_from_db()
    ends = datetime.datetime(2026, 11, 27, 18, tzinfo=clock.LONDON)
    assert (offer.expires_at, offer.claim.expires_at, fresh(referral).due_at) == (ends, ends, ends)
    assert topics.PLACE_EXTENDED in topics_to_client(referral)
    now.at = ends
    tick()
    assert offered(referral) is not None
    now.move(datetime.timedelta(seconds=1))
    tick()
    assert "does not wait for an answer" in extend(browser, offer, datetime.date(2026, 12, 1), 18).content.decode()


@pytest.mark.parametrize(("answer", "after"), [("accept", "meeting"), ("keep", "waiting"), ("stop", "choosing")])
def test_what_she_said_on_the_phone_is_taken_down(browser, ben, answer, after) -> None:
    referral = listed(full(ben))
    place_freed(ben)
    offer = told(referral)
    address = reverse("referrals:desk_offer_act", args=[offer.pk, "answer"])
    wrong = browser.post(address, {"reason": "By phone, 3pm."}).content.decode()
    assert "Choose what the client said" in wrong and "By phone, 3pm." in wrong
    browser.post(address, {"answer": answer, "reason": "By phone, 3pm."})
    assert state(referral) == after
    assert "By phone, 3pm." in text(browser, "desk_referral", referral.pk)


def test_the_front_page_counts_and_leads_on(browser, sam, ben) -> None:
    listed(full(ben))
    figures = browser.get(reverse("referrals:desk")).context["lists"]
    assert (figures.waiting, figures.offers, figures.parked, figures.frozen) == (1, 0, 0, 0)
    assert "Waiting lists" not in signed_in(sam).get(reverse("referrals:desk")).content.decode()


def test_who_may(browser, ben, cara, amina, sam, ada) -> None:
    referral = listed(full(ben))
    entry = entry_with(referral, ben)
    place_freed(ben)
    offer = told(referral)
    addresses = [
        reverse("referrals:desk_lists"),
        reverse("referrals:desk_waiting_list", args=[ben.pk]),
        reverse("referrals:desk_entry_act", args=[entry.pk, "forward"]),
        reverse("referrals:desk_offer_act", args=[offer.pk, "answer"]),
        reverse("referrals:desk_why") + f"?a={entry.pk}",
    ]
    for user in (ben.user, cara.user, amina, sam, ada):
        for address in addresses:
            assert signed_in(user).get(address).status_code == 404, (user, address)
            data = {"reason": "Mine.", "answer": "accept"}
            assert signed_in(user).post(address, data).status_code == 404, (user, address)
    entry.refresh_from_db()
    assert not entry.priority and offered(referral) is not None
    for number in (0, 2**31, 2**63, 10**40):
        assert browser.get(f"/desk/entries/{number}/forward/").status_code == 404
        assert browser.get(f"/desk/lists/{number}/").status_code == 404
    assert browser.get(f"/desk/entries/{entry.pk}/explode/").status_code == 404


def test_many_people_need_few_queries(browser, ben, django_assert_max_num_queries) -> None:
    first = listed(full(ben, limit=20))
    entry = entry_with(first, ben)
    place_freed(ben)
    told(first)
    addresses = {
        reverse("referrals:desk_lists"): 14,
        reverse("referrals:desk_lists") + "?show=frozen": 14,
        reverse("referrals:desk_waiting_list", args=[ben.pk]): 17,
        reverse("referrals:desk_waits"): 10,
        reverse("referrals:desk_offers"): 10,
        reverse("referrals:desk_offers") + "?show=not-told": 12,
        reverse("referrals:desk_parked"): 10,
        reverse("referrals:desk_why") + f"?a={entry.pk}": 22,
    }
    for _ in range(6):
        listed(ben, full(make_therapist()))
    for _ in range(3):
        make_place(ben)
    queues_recount(therapist_ids=[ben.pk])
    tick()
    assert Offer.objects.filter(awaiting="client", state="open").count() == 4
    for address, most in addresses.items():
        with django_assert_max_num_queries(most):
            browser.get(address)
