"""The C-NIP as the longer way: optional, its words unchanged, counted as published, kept in the draft only."""

from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client as Browser
from django.urls import reverse

from clients import cnip
from core.actors import system
from core.policy import CLIENT_SESSION_KEY
from referrals.answers import Answers
from referrals.models import Referral
from referrals.selectors.summary import request_summary
from referrals.services.submit import referral_submit
from tests.factories import make_place, make_therapist
from tests.referrals.given import accepted, open_offer, sent
from tests.referrals.views.walkers import answers_of, begin, question, ready_to_send, with_answers
from tests.support.sign_in import signed_in
from therapists.models import Therapist

pytestmark = pytest.mark.django_db
FOUND = "/likes/found/"
LONGER = {1: 3, 2: 3, 3: 2, 4: 1, 5: 0}


@pytest.fixture
def reference() -> None:
    call_command("load_reference", verbosity=0)


def part(slug: str) -> str:
    return reverse("referrals:cnip", args=[slug])


def boxes(answers: dict[int, int]) -> dict[str, str]:
    return {f"item_{number}": str(value) for number, value in answers.items()}


def text(answer: Any) -> str:
    return answer.content.decode()


def test_the_items_stand_word_for_word_with_their_source(client: Browser, reference: None) -> None:
    with_answers(client)
    shown = ""
    for slug in ("one", "two", "three", "four"):
        page = text(client.get(part(slug)))
        assert "Cooper, M., &amp; Norcross, J. C. (2016)" in page
        assert "c-nip.net" in page
        shown += page
    for first, second in cnip.ITEMS.values():
        for words in (first, second):
            assert words.replace("'", "&#x27;") in shown
    assert shown.count('type="radio"') == 7 * 18


def test_on_a_welsh_page_the_items_stay_english_and_say_so(client: Browser, reference: None) -> None:
    with_answers(client)
    english = text(client.get(part("one")))
    client.cookies["django_language"] = "cy"
    page = text(client.get(part("one"), headers={"accept-language": "cy"}))
    assert '<html lang="cy">' in page
    assert page.count('<fieldset class="nhsuk-fieldset" lang="en"') == 5
    assert "Focus on specific goals" in page
    assert english.count("<p>") + 1 == page.count("<p>"), "no note that the questions are in English"


def test_from_the_short_questions_to_what_matching_compares(client: Browser, reference: None) -> None:
    submission = with_answers(client, style={"directive": -1, "warm": 1}, style_strength=1)
    page = text(client.get(question("style")))
    assert "Answer the 18 questions" in page
    assert "One study of 470 people found no sign" in page
    assert client.get(reverse("referrals:cnip_begin"))["Location"] == part("one")
    assert client.post(part("one"), boxes(LONGER))["Location"] == part("two")
    assert client.post(part("two"), boxes({6: -1, 7: 0, 8: 0, 9: 0, 10: 0}))["Location"] == part("three")
    assert client.post(part("three"), boxes({11: 3, 12: 3}))["Location"] == part("four")
    assert client.post(part("four"), {"skip": "1"})["Location"] == FOUND
    page = text(client.get(FOUND))
    assert "Give me structure, ideas and things to try" in page
    assert "Sum +9, between −15 and +15" in page
    assert "2 of 3 answered" in page
    assert answers_of(submission).style == {"directive": -1, "warm": 1}
    answer = client.post(FOUND, {"use": "1", "style_strength": "2"})
    assert answer["Location"] == reverse("referrals:matches")
    answers = answers_of(submission)
    # Complete scales speak by the C-NIP, the others as she said before.
    assert answers.style == {"directive": 1, "emotional": -1, "warm": 1}
    assert dict(answers.stated().style) == answers.style
    assert answers.stated().style_strength == 2
    check = text(client.get(reverse("referrals:check")))
    assert "Keep to what feels manageable" in check
    assert "item" not in str(answers.stated().canonical())


def test_a_scale_without_a_strong_wish_takes_the_short_answer_back(client: Browser, reference: None) -> None:
    submission = with_answers(client, style={"past": 1}, style_strength=1, cnip={"11": 0, "12": 0, "13": 0})
    client.post(FOUND, {"use": "1", "style_strength": "1"})
    assert (answers_of(submission).style, answers_of(submission).style_strength) == ({}, 0)


def test_any_item_may_be_left_out_and_all_of_it(client: Browser, reference: None) -> None:
    submission = with_answers(client)
    for slug in ("one", "two", "three", "four"):
        client.post(part(slug), {})
    page = text(client.get(FOUND))
    assert "That is fine" in page
    assert 'name="use"' not in page
    assert client.post(FOUND, {"skip": "1"})["Location"] == reverse("referrals:matches")
    assert answers_of(submission).cnip == {}
    client.post(part("one"), boxes({2: -3}))
    assert "Nothing is counted yet" in text(client.get(FOUND))
    assert answers_of(submission).cnip == {"2": -3}


def test_bad_input_keeps_what_was_chosen(client: Browser, reference: None) -> None:
    submission = with_answers(client)
    page = text(client.post(part("one"), boxes({1: 3, 2: -3}) | {"item_3": "12"}))
    assert "Choose one of the seven points, or none" in page
    assert 'href="#id_item_3"' in page
    assert 'id="id_item_3"' in page
    for number, value in ((1, 3), (2, -3)):
        box = next(tag for tag in page.split("<input") if f'name="item_{number}"' in tag and f'value="{value}"' in tag)
        assert "checked" in box.split(">")[0]
    assert answers_of(submission).cnip == {}
    submission = with_answers(client, cnip={str(number): value for number, value in LONGER.items()})
    assert "There is a problem" in text(client.post(FOUND, {"use": "1", "style_strength": "9"}))
    assert answers_of(submission).style == {}


def test_leaving_midway_loses_nothing(client: Browser, reference: None) -> None:
    submission = with_answers(client)
    client.post(part("one"), boxes(LONGER))
    kept = client.post(reverse("referrals:cnip_keep", args=["two"]), boxes({6: 2}))
    assert kept.status_code == 204
    assert client.post(reverse("referrals:cnip_keep", args=["three"]), {"item_11": "x"}).status_code == 204
    assert answers_of(submission).cnip == {"1": 3, "2": 3, "3": 2, "4": 1, "5": 0, "6": 2}
    assert client.get(reverse("referrals:go_on"))["Location"] == question("style")
    assert "Go on with the 18 questions" in text(client.get(question("style")))
    assert client.get(reverse("referrals:cnip_begin"))["Location"] == part("three")


def test_the_answers_can_be_deleted(client: Browser, reference: None) -> None:
    submission = with_answers(client, cnip={"1": 3}, style={"warm": 1}, style_strength=1)
    assert client.post(FOUND, {"forget": "1"})["Location"] == question("style")
    assert answers_of(submission).cnip == {}
    assert answers_of(submission).style == {"warm": 1}


def test_a_damaged_draft_still_opens(client: Browser, reference: None) -> None:
    read = Answers.from_dict(
        {"cnip": {"1": 9, "2": True, "99": 1, "3": -3}, "guide": {"focus": 4, "way": "body", "x": "y"}}
    )
    assert (read.cnip, read.guide) == ({"3": -3}, {"way": "body"})


def test_nobody_jumps_over_the_needed_questions(client: Browser, reference: None) -> None:
    begin(client)
    for address in (part("one"), FOUND, reverse("referrals:cnip_begin")):
        assert client.get(address)["Location"] == question("where")
    assert client.get(part("five")).status_code == 404


@pytest.fixture
def cara_says(reference: None) -> Therapist:
    therapist = make_therapist(display_name="Cara Hughes", style_directive=-2, style_past=1)
    make_place(therapist)
    return therapist


def test_talking_points_on_her_page(client: Browser, cara_says: Therapist) -> None:
    with_answers(client, style={"directive": 1, "past": 1, "warm": -1}, style_strength=1)
    page = text(client.get(reverse("referrals:therapist", args=[cara_says.pk])))
    points = page.split("To talk about when you meet")[1].split("Their terms")[0]
    assert "Give me structure, ideas and things to try" in points
    assert "Mostly: I follow where you want to go" in points
    assert "Worth talking about at the first meeting." in points
    assert "A little more: We look at the past" in points
    assert "This looks alike." in points
    assert "Cara has not said. You could ask." in points
    with_answers(client)
    assert "To talk about when you meet" not in text(client.get(reverse("referrals:therapist", args=[cara_says.pk])))


def test_talking_points_once_a_first_meeting_is_agreed(client: Browser, ben: Therapist) -> None:
    ben.style_warm = -3
    ben.save()
    words = "To talk about when you meet"
    referral = sent(ben, style={"warm": 1}, style_strength=1)
    session = client.session
    session[CLIENT_SESSION_KEY] = referral.pk
    session.save()
    assert words not in text(client.get(reverse("referrals:my_referral")))
    accepted(referral)
    page = text(client.get(reverse("referrals:my_referral")))
    assert words in page
    assert "Very much: I challenge and question you" in page


@pytest.mark.parametrize(
    ("shares", "interested", "expected"),
    [
        ({}, True, ()),
        ({"style": False}, True, ()),
        ({"style": True}, False, ()),
        ({"style": True}, True, (("warm", 1),)),
    ],
)
def test_the_therapist_learns_it_only_with_permission_and_only_when_she_could_take_it(
    ben: Therapist, shares: dict[str, bool], interested: bool, expected: tuple[tuple[str, int], ...]
) -> None:
    offer = open_offer(sent(ben, style={"warm": 1}, style_strength=1, shares=shares))
    page = signed_in(ben.user)
    if interested:
        page.post(reverse("caseload:request_interest", args=[offer.pk]))
        offer.refresh_from_db()
    assert request_summary(offer).style == expected
    words = "Be gentle and encouraging" in text(page.get(reverse("caseload:request", args=[offer.pk])))
    assert words == bool(expected)


def test_whoever_said_nothing_about_style_is_not_asked_to_share_it(client: Browser, cara_says: Therapist) -> None:
    words = "may see how I would like"
    ready_to_send(client, cara_says)
    assert words not in text(client.get(question("sharing")))
    ready_to_send(client, cara_says, style={"warm": 1}, style_strength=1)
    assert words in text(client.get(question("sharing")))


def test_item_scores_end_with_the_draft(client: Browser, cara_says: Therapist) -> None:
    submission = ready_to_send(client, cara_says, cnip={"1": 3}, guide={"focus": "now"})
    referral = referral_submit(submission=submission, actor=system("test"))
    submission.refresh_from_db()
    assert submission.answers == {}
    assert isinstance(referral, Referral)
    kept = str(referral.preferences.data)
    assert "cnip" not in kept
    assert "guide" not in kept
