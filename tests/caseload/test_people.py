"""The people she sees: first contact, decision, ending; what is recorded; and that nobody else's can be opened."""

import datetime

import pytest
from django.urls import reverse

from caseload.models import Ending
from core import clock
from core.actors import system
from core.choices import Role
from core.models import AccessEntry, Task
from core.worklist import task_open
from referrals.kinds import REVIEW
from referrals.models import Placement
from referrals.services.placements import go_ahead
from tests.factories import make_place, make_user
from tests.referrals.given import actor_of, client_of, met, state
from tests.support.sign_in import signed_in
from therapists.models import Place

pytestmark = pytest.mark.django_db


@pytest.fixture
def placement(ben):
    return met(ben)


@pytest.fixture
def in_therapy(ben, placement):
    go_ahead(placement=placement, side="client", actor=client_of(placement.referral))
    go_ahead(placement=placement, side="therapist", actor=actor_of(ben))
    return placement


def page(placement, name="placement"):
    return reverse(f"caseload:{name}", args=[placement.pk])


def fresh(placement):
    return Placement.objects.get(pk=placement.pk)


def test_contact_details_are_shown_and_the_look_is_recorded(ben, placement):
    text = signed_in(ben.user).get(page(placement)).content.decode()
    assert placement.client.email in text
    assert "Do not leave a voicemail" in text
    assert AccessEntry.objects.filter(object_id=str(placement.client_id), purpose="contact").count() == 1


def test_the_list_records_whose_names_it_showed(ben, placement):
    text = signed_in(ben.user).get(reverse("caseload:people")).content.decode()
    assert placement.client.given_name in text
    assert placement.client.family_name not in text
    assert AccessEntry.objects.filter(object_id=str(placement.client_id), purpose="caseload").count() == 1


def test_first_contact_with_a_time_and_the_time_changed(ben, placement):
    browser = signed_in(ben.user)
    browser.post(page(placement, "contact"), {"on_day": "1", "on_month": "12", "on_year": "2026", "at": "6pm"})
    assert fresh(placement).contacted_at == clock.now()
    assert fresh(placement).meeting_at == datetime.datetime(2026, 12, 1, 18, tzinfo=clock.LONDON)
    response = browser.post(page(placement, "contact"), {"on_day": "", "on_month": "", "on_year": "", "at": ""})
    assert "Enter the day of the meeting" in response.content.decode()


def test_a_time_without_a_day_is_asked_for_and_kept(ben, placement):
    response = signed_in(ben.user).post(page(placement, "contact"), {"at": "18:30"})
    text = response.content.decode()
    assert "Enter the day of the meeting" in text
    assert 'value="18:30"' in text
    assert fresh(placement).contacted_at is None


def test_both_say_go_ahead_and_twice_is_once(ben, placement):
    browser = signed_in(ben.user)
    browser.post(page(placement, "go_ahead"))
    browser.post(page(placement, "go_ahead"))
    assert fresh(placement).therapist_go_ahead_at == clock.now()
    assert state(placement.referral) == "meeting"
    go_ahead(placement=placement, side="client", actor=client_of(placement.referral))
    assert state(placement.referral) == "in_therapy"


def test_not_this_time_asks_first_and_then_everything_is_gone(ben, cara):
    placement = met(ben, cara)
    browser = signed_in(ben.user)
    assert "Not this time?" in browser.get(page(placement, "not_this_time")).content.decode()
    assert fresh(placement).state == "meeting"
    for _ in range(2):
        assert browser.post(page(placement, "not_this_time"))["Location"] == reverse("caseload:today")
    assert fresh(placement).state == "ended"
    assert browser.get(page(placement)).status_code == 404


def test_ending_says_what_becomes_of_the_place(ben, in_therapy):
    browser = signed_in(ben.user)
    data = {"code": "completed", "place_then": "from_date"}
    assert "Enter the date from which" in browser.post(page(in_therapy, "end"), data).content.decode()
    data |= {"place_from_day": "11", "place_from_month": "1", "place_from_year": "2027"}
    browser.post(page(in_therapy, "end"), data)
    browser.post(page(in_therapy, "end"), data)
    assert Ending.objects.get().code == "completed"
    assert Place.objects.get(pk=in_therapy.claim.place_id).available_from == datetime.date(2027, 1, 11)
    text = browser.get(page(in_therapy)).content.decode()
    assert in_therapy.client.email not in text
    assert "It ended" in text


def test_a_therapist_who_also_works_on_the_desk_sees_only_her_own_people_here(ben, cara, placement):
    both = make_user("coordinator", "therapist")
    cara.user = both
    cara.save()
    browser = signed_in(both)
    assert browser.get(page(placement)).status_code == 404
    assert placement.client.given_name not in browser.get(reverse("caseload:people")).content.decode()


@pytest.mark.parametrize("name", ["placement", "contact", "not_this_time", "end"])
def test_cara_cannot_open_bens_people(cara, placement, name):
    assert signed_in(cara.user).get(page(placement, name)).status_code == 404


@pytest.mark.parametrize("name", ["contact", "go_ahead", "not_this_time", "end"])
def test_cara_cannot_act_on_bens_people(cara, placement, name):
    before = fresh(placement).__dict__ | {"_state": None}
    assert signed_in(cara.user).post(page(placement, name), {"code": "completed"}).status_code == 404
    assert fresh(placement).__dict__ | {"_state": None} == before


def test_pages_of_the_list_hold_twenty_each_at_a_constant_number_of_queries(ben, django_assert_max_num_queries):
    for _ in range(23):
        make_place(ben)
        met(ben)
    browser = signed_in(ben.user)
    with django_assert_max_num_queries(12):
        first = browser.get(reverse("caseload:people"))
    second = browser.get(reverse("caseload:people") + "?page=2")
    assert [len(response.context["people"]) for response in (first, second)] == [20, 3]
    assert browser.get(reverse("caseload:people") + "?page=nonsense").status_code == 200
    assert "Nobody yet" in browser.get(reverse("caseload:people") + "?ended=1").content.decode()


def test_confirming_and_reopening_from_today_is_one_press(ben):
    ben.confirmed_at, ben.unanswered_in_a_row = None, 2
    ben.save()
    browser = signed_in(ben.user)
    assert "I am here and taking people" in browser.get(reverse("caseload:today")).content.decode()
    response = browser.post(reverse("therapists:confirm"), {"next": reverse("caseload:today")}, follow=True)
    assert response.redirect_chain[-1][0] == reverse("caseload:today")
    assert "People can find you now" in response.content.decode()


def test_where_to_go_next_is_never_another_site(ben):
    response = signed_in(ben.user).post(reverse("therapists:confirm"), {"next": "https://elsewhere.example/"})
    assert response["Location"] == reverse("therapists:places")


def test_a_review_stands_on_today_until_it_is_ticked_off(ben, cara, in_therapy):
    task = task_open(
        kind=REVIEW,
        subject_type="placement",
        subject_id=in_therapy.pk,
        owner_role=Role.THERAPIST,
        owner_id=ben.user_id,
        due_at=clock.now(),
        actor=system("test"),
    )
    assert "Time for a review" in signed_in(ben.user).get(reverse("caseload:today")).content.decode()
    signed_in(cara.user).post(reverse("caseload:task_done", args=[task.pk]))
    assert Task.objects.get(pk=task.pk).state == "open"
    for _ in range(2):
        signed_in(ben.user).post(reverse("caseload:task_done", args=[task.pk]))
    assert Task.objects.get(pk=task.pk).state == "done"
