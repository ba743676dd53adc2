"""Looking for one person by name, and why she is not in the list, or not higher."""

import re

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from core import clock
from core.actors import system
from core.policy import CLIENT_SESSION_KEY
from matching.models import ForecastRun, WaitForecast
from referrals.models import Exclusion
from referrals.views.find import MOST_SEARCHES
from tests.factories import make_location, make_therapist, modality, session_format
from tests.referrals import given
from tests.referrals.views.walkers import answers_of, question, with_answers
from therapists.models import Therapist
from therapists.services.registrations import registration_status_set
from therapists.services.search import search_entries_refresh

pytestmark = pytest.mark.django_db

FIND = "/people/find/"


def named(name, **fields):
    therapist = make_therapist(display_name=name, **fields)
    search_entries_refresh(therapist_ids=[therapist.pk])
    return therapist


def look_for(client, text):
    response = client.post(FIND, {"text": text}, follow=True)
    assert response.status_code == 200
    return response.content.decode()


def main_of(client, url):
    response = client.get(url)
    assert response.status_code == 200
    return response.content.decode().split("<main")[1].split("</main")[0]


@pytest.fixture
def ben(db):
    return named("Ben Okafor", gender="man")


def test_from_the_front_door_three_questions_then_the_name(client, ben):
    assert client.post(reverse("referrals:begin"), {"find": "yes"}).url == question("where")
    for slug, answer in (("where", {"nation": "england"}), ("age", {"adult": "yes"})):
        response = client.post(question(slug), answer)
    response = client.post(question("paying"), {"paying": "self_pay"})
    assert response.url == FIND
    page = look_for(client, "ben okafr")
    assert "We found 1 person" in page and "Place free now." in page
    assert f'href="/people/{ben.pk}/?from=find"' in page
    assert "okafr" not in response.url, "whom she looks for stays out of addresses"
    # The way goes on as for everybody: later questions lead to the next question.
    assert client.post(question("most"), {"reach": "no"}).url != FIND


def test_with_answers_already_there_the_front_door_leads_straight_to_the_name(client, ben):
    with_answers(client)
    assert client.post(reverse("referrals:begin"), {"find": "yes"}).url == FIND
    assert client.get(FIND).status_code == 200


def test_without_a_draft_it_leads_to_the_start(client):
    assert client.get(FIND).url == reverse("referrals:start")


def test_choosing_from_what_was_found_works_like_from_the_list(client, ben):
    submission = with_answers(client)
    look_for(client, "okafor")
    page = main_of(client, f"/people/{ben.pk}/?from=find")
    assert "Choose Ben Okafor" in page
    assert client.post(f"/people/{ben.pk}/choose/", {"back": "therapist"}).status_code == 302
    assert [choice.therapist for choice in answers_of(submission).choices] == [ben.pk]
    assert "On your list." in main_of(client, FIND), "coming back shows the same people"
    assert 'value="okafor"' in main_of(client, FIND)


def test_what_was_typed_is_sealed_and_goes_with_the_draft(client, ben):
    with_answers(client)
    look_for(client, "okafor")
    assert "okafor" not in str(dict(client.session)).lower()
    client.post(reverse("referrals:begin"), {"afresh": "yes"})
    assert "looked_for" not in client.session
    session = client.session
    session["looked_for"] = "broken"
    session.save()
    with_answers(client)
    assert client.get(FIND).status_code == 200


@pytest.mark.parametrize("text", ["", "  ", "b", "bo", "12", "x" * 81, "--", "\x00"])
def test_too_little_or_odd_is_said_and_kept(client, ben, text):
    with_answers(client)
    response = client.post(FIND, {"text": text})
    page = response.content.decode()
    assert response.status_code == 200 and "There is a problem" in page
    assert "We found" not in page and "looked_for" not in client.session


def test_nobody_found_says_what_to_try(client, ben):
    with_answers(client)
    page = look_for(client, "zzyzx")
    assert "We found nobody like that" in page and "try another spelling" in page


def test_full_people_are_found_and_read_so(client):
    full = named("Full Fiona", places=0)
    with_answers(client)
    page = look_for(client, "full fiona")
    assert "Not taking new requests just now." in page and "No place now." not in page
    assert "Not taking new requests just now." in main_of(client, f"/people/{full.pk}/")
    now = clock.now()
    run = ForecastRun.objects.create(method="1", computed_at=now, turns=12, forecasts=1, cases=0)
    numbers = {"median_weeks": [5], "eight_in_ten_weeks": [7], "based_on": 12, "open_places": 0, "shape": 1, "rate": 1}
    numbers["median_weeks"], numbers["eight_in_ten_weeks"] = [1, 1, 5], [1, 1, 7]
    WaitForecast.objects.create(therapist=full, run=run, computed_at=now, **numbers)
    assert "weeks" not in main_of(client, FIND), "nobody can wait for her, so no wait is told"
    Therapist.objects.filter(pk=full.pk).update(list_limit=3, list_entries=2)
    page = main_of(client, FIND)
    assert "No place now." in page and "2 people wait." in page
    assert "Probably about 5 weeks. For 8 people in 10, 7 weeks or less." in page


def test_looking_too_often_is_slowed_down_and_keeps_the_text(client, ben):
    with_answers(client)
    for _ in range(MOST_SEARCHES):
        assert client.post(FIND, {"text": "okafor"}).status_code == 302
    page = client.post(FIND, {"text": "another"}).content.decode()
    assert "You have looked many times" in page and 'value="another"' in page


def test_somebody_suspended_is_gone_from_the_very_next_search(client, ben):
    with_answers(client)
    assert "Ben Okafor" in look_for(client, "okafor")
    registration_status_set(
        registration=ben.registrations.get(), status="suspended", reason="seen", actor=system("test")
    )
    assert "We found nobody" in main_of(client, FIND)
    assert "Ben" not in main_of(client, f"/people/{ben.pk}/")


def test_who_is_left_out_by_herself_reads_so(client, ben):
    with_answers(client, not_these=[ben.pk])
    assert "You asked us to leave this person out." in look_for(client, "okafor")
    page = main_of(client, f"/people/{ben.pk}/")
    assert "You asked us to leave this person out." in page
    assert f"{reverse('referrals:not_them')}?change=matches" in page


# Why not: her own needs and wishes, each with the answer behind it.


def test_needs_that_keep_somebody_out_are_named_with_the_answer_to_change(client, ben):
    modality("emdr", family="trauma")
    with_answers(
        client,
        modalities=["emdr"],
        modalities_strength=3,
        genders=["woman"],
        genders_strength=3,
        access=["bsl-interpreter"],
        fee_ceiling_pence=4000,
    )
    page = main_of(client, f"/people/{ben.pk}/")
    assert "Why this person is not among those who fit" in page
    for words, slug in (
        ("Does not offer Emdr. You said you need this.", "kind"),
        ("Is not a woman. You said you need this.", "person"),
        ("Costs more than £40 a session. That is more than you said you can pay.", "most"),
    ):
        assert f'{words} <a href="{question(slug)}?change=matches">' in page, words
    assert "fits everything" not in page.lower()


def test_wishes_that_put_others_first_are_named(client, ben):
    evening = named("Eve Ning", online_hours=2**21 - 1)
    with_answers(client, times=["weekday-evening"], times_strength=1)
    page = main_of(client, f"/people/{ben.pk}/")
    assert "Why this person is not higher on the list" in page
    assert f'Comes after others who offer evenings on weekdays. <a href="{question("times")}?change=matches">' in page
    assert "among the first" not in page and "Fits everything you need." in page
    assert "Why this person" not in main_of(client, f"/people/{evening.pk}/")


def test_a_wish_nobody_grants_puts_nobody_first(client, ben):
    named("Noah Ning")
    with_answers(client, times=["weekday-evening"], times_strength=1)
    assert "comes after" not in main_of(client, f"/people/{ben.pk}/").lower()


def test_where_she_stands_is_said_roughly(client, ben):
    for number in range(24):
        make_therapist(display_name=f"Else {number}", online_hours=2**21 - 1)
    best = named("Best One", gender="non_binary", online_hours=2**21 - 1)
    with_answers(client, times=["weekday-evening"], times_strength=2, genders=["non_binary"], genders_strength=2)
    assert "among the first 3 of 26 people" in main_of(client, f"/people/{best.pk}/")
    assert "Fits everything you need. 26 people do." in main_of(client, f"/people/{ben.pk}/")


def test_rooms_that_each_lack_something_read_as_such(client):
    """One room is near, the other open in the evening: each need holds somewhere, not together."""
    split = named("Split Rooms", online_hours=0)
    split.formats.set([session_format("in-person")])
    make_location(split, hours=0b011, easting=430_000, precision_m=100)
    make_location(split, hours=2**21 - 1, easting=500_000, precision_m=100)
    call_command("load_reference", only=["postcode areas"], verbosity=0)
    near = {"postcode": "LS1 4AP", "miles": 5, "distance_must": True, "formats": ["in-person"]}
    with_answers(client, **near, times=["weekday-evening"], times_strength=3)
    page = main_of(client, f"/people/{split.pk}/")
    assert "Why this person is not among those who fit" in page and "That is further than you said you can go." in page


# Whatever is none of her business reads the same.


def editing(referral):
    """A browser in which the client of a referral changes her list."""
    client = Client()
    session = client.session
    session[CLIENT_SESSION_KEY] = referral.pk
    session.save()
    client.post(reverse("referrals:change_choices"))
    return client


def comparable(page):
    """The page without what differs between any two answers: the token of its forms, and the nonce of its scripts."""
    return re.sub(r'(csrfmiddlewaretoken" value="|nonce=")[^"]+', "", page)


def test_silent_exclusions_read_as_not_listed_to_the_last_letter():
    """Page, search, pressing "choose": the same status, headers and text, whatever the reason is."""
    cara, ben = named("Cara Hughes"), named("Ben Okafor")
    referral = given.sent(cara)
    client = editing(referral)
    assert "Choose Ben Okafor" in main_of(client, f"/people/{ben.pk}/")
    assert "We found 1 person" in look_for(client, "okafor")
    silence = Exclusion.objects.create(
        client=referral.client, therapist=ben, side=Exclusion.Side.THERAPIST, at=clock.now()
    )
    silent = answers_about(client, ben.pk)
    silence.delete()
    registration_status_set(
        registration=ben.registrations.get(), status="suspended", reason="seen", actor=system("test")
    )
    unlisted = answers_about(client, ben.pk)
    assert silent == unlisted
    page = silent[0][2]
    assert "This person is not taking new requests just now" in page and "Ben" not in page
    unknown = answers_about(client, 987654321)
    assert [(status, text.replace("987654321", str(ben.pk))) for status, _headers, text in unknown] == [
        (status, text) for status, _headers, text in silent
    ]


def answers_about(client, pk):
    """Everything that could tell something of one therapist: (status, names of headers, text)."""
    responses = [client.get(f"/people/{pk}/"), client.get(FIND), client.get(reverse("referrals:matches"))]
    pressed = client.post(f"/people/{pk}/choose/", {"back": "choices"})
    responses += [pressed, client.get(reverse("referrals:choices")), client.get(f"/people/{pk}/?from=find")]
    return [(r.status_code, sorted(r.headers), comparable(r.content.decode())) for r in responses]
