"""Finding a kind of therapy, page by page: nothing is lost, nothing is prescribed, "still not sure" is an answer."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client as Browser
from django.urls import reverse

from core import clock
from referrals.models import Submission
from referrals.presenters import steps
from tests.referrals.views.walkers import answers_of, begin, question, with_answers
from therapists.models import Modality, ModalityFact, ModalityIssue

pytestmark = pytest.mark.django_db
FOUND = "/ways/found/"
CBT_WORDS = {"one": "now", "two": "yes", "three": "structured", "four": "short", "five": "alone", "six": "talking"}


@pytest.fixture
def reference() -> None:
    call_command("load_reference", verbosity=0)


def ways(slug: str, **query: str) -> str:
    return reverse("referrals:guide", args=[slug], query=query or None)


def text(answer: Any) -> str:
    return answer.content.decode()


def says(browser: Browser, **answers: str) -> Any:
    for slug, value in answers.items():
        answer = browser.post(ways(slug), {"answer": value})
        assert answer.status_code == 302, text(answer)
    return answer


def test_the_question_about_therapy_leads_in_and_the_end_leads_on(client: Browser, reference: None) -> None:
    submission = with_answers(client, issues=["anxiety-or-worry"])
    page = text(client.get(question("kind")))
    assert reverse("referrals:guide_begin") in page
    assert "Help me find out" in page
    assert client.get(reverse("referrals:guide_begin"))["Location"] == ways("one")
    assert says(client, **CBT_WORDS)["Location"] == FOUND
    page = text(client.get(FOUND))
    assert "Cognitive behavioural therapy (CBT)" in page
    assert "is often offered for: Anxiety or worry" in page
    assert "not a prescription" in page
    assert "What brings you" in page
    assert page.count('type="checkbox"') > 3
    assert "checked" not in page.split('name="strength"')[0]
    answer = client.post(FOUND, {"values": ["cbt", "erp"], "strength": "1"})
    assert answer["Location"] == question("times")
    answers = answers_of(submission)
    assert (answers.modalities, answers.modalities_strength) == (("cbt", "erp"), 1)


def test_what_is_found_stands_with_the_answers_and_can_be_changed(client: Browser, reference: None) -> None:
    with_answers(client, modalities=["gestalt"], modalities_strength=2)
    page = text(client.get(FOUND))
    assert "You chose these before" in page or 'value="gestalt" aria-describedby' in page
    client.post(FOUND, {"values": ["cbt", "gestalt"], "strength": "2"})
    ticked = text(client.get(question("kind")))
    for slug in ("cbt", "gestalt"):
        assert f'value="{slug}" aria-describedby' in ticked
    assert ticked.count("checked") >= 3


@pytest.mark.parametrize(("change", "target"), [("1", "referrals:check"), ("matches", "referrals:matches")])
def test_a_change_leads_back_to_where_it_began(client: Browser, reference: None, change: str, target: str) -> None:
    with_answers(client)
    mark = f"?change={change}"
    assert f"{reverse('referrals:guide_begin')}{mark}" in text(client.get(question("kind") + mark))
    assert client.get(reverse("referrals:guide_begin") + mark)["Location"] == ways("one", change=change)
    assert client.post(ways("one", change=change), {"answer": "now"})["Location"] == ways("two", change=change)
    assert client.post(ways("six", change=change), {"answer": "any"})["Location"] == FOUND + mark
    assert client.post(FOUND + mark, {"values": ["cbt"], "strength": "1"})["Location"] == reverse(target)


def test_a_made_up_change_is_no_address(client: Browser, reference: None) -> None:
    with_answers(client)
    assert client.post(ways("one", change="https://elsewhere.example"), {"answer": "now"})["Location"] == ways("two")


@pytest.mark.parametrize("values", [["any"], []])
def test_still_not_sure_is_an_answer(client: Browser, reference: None, values: list[str]) -> None:
    submission = with_answers(client, modalities=["cbt"], modalities_strength=3)
    assert client.post(FOUND, {"values": values, "strength": "1"})["Location"] == question("times")
    answers = answers_of(submission)
    assert (answers.modalities, answers.modalities_strength) == ((), 0)


def test_bad_input_is_said_and_what_was_ticked_stays(client: Browser, reference: None) -> None:
    submission = with_answers(client)
    answer = client.post(ways("one"), {})
    assert answer.status_code == 200
    assert "Choose an answer, or choose “I’m not sure”" in text(answer)
    assert "There is a problem" in text(client.post(ways("one"), {"answer": "nonsense"}))
    page = text(client.post(FOUND, {"values": ["cbt", "any"], "strength": "1"}))
    assert "not both" in page
    assert "<title>Error: " in page
    for box in ('value="cbt"', 'value="any"'):
        assert "checked" in page.split(box)[1].split(">")[0]
    assert "Choose from the list" in text(client.post(FOUND, {"values": ["no-such-kind"], "strength": "1"}))
    assert answers_of(submission).modalities == ()


def test_leaving_midway_loses_nothing(client: Browser, reference: None) -> None:
    submission = with_answers(client, issues=["anxiety-or-worry"])
    says(client, one="past", two="no")
    assert client.post(reverse("referrals:guide_keep", args=["three"]), {"answer": "open"}).status_code == 204
    assert answers_of(submission).guide == {"focus": "past", "practice": "no", "lead": "open"}
    assert client.post(reverse("referrals:guide_keep", args=["four"]), {"answer": "nonsense"}).status_code == 204
    assert client.get(reverse("referrals:go_on"))["Location"] == question("kind")
    assert "Go on with the short questions" in text(client.get(question("kind")))
    assert client.get(reverse("referrals:guide_begin"))["Location"] == ways("four")
    page = text(client.get(ways("two")))
    assert "checked" in page.split('value="no"')[1].split(">")[0]


def test_skipping_takes_an_answer_back(client: Browser, reference: None) -> None:
    submission = with_answers(client)
    says(client, one="past")
    assert client.post(ways("one"), {"skip": "1"})["Location"] == ways("two")
    assert answers_of(submission).guide == {}


def test_nothing_said_still_shows_several_kinds(client: Browser, reference: None) -> None:
    with_answers(client)
    page = text(client.get(FOUND))
    assert "What you said fits every kind of therapy" in page
    assert page.count('class="app-kind"') > 3


def test_a_guidelines_first_choice_is_told_whatever_she_would_like(client: Browser, reference: None) -> None:
    with_answers(client, issues=["ptsd-or-trauma"], main_issue="ptsd-or-trauma")
    says(client, six="making")
    page = text(client.get(FOUND))
    first = page.split("app-kinds--first")[1].split('<div class="app-kinds">')[0]
    assert "EMDR" in first
    assert "Trauma-focused CBT" in first
    assert "(guideline NG116, 2018)" in first
    assert "Others can help too" in first
    assert page.count('value="emdr"') == 1
    with_answers(client, issues=["anxiety-or-worry"])
    assert "NICE" not in text(client.get(FOUND))


def test_who_comes_with_somebody_is_told_that_nobody_has_to(client: Browser, reference: None) -> None:
    with_answers(client, issues=["domestic-abuse"])
    says(client, five="close")
    page = text(client.get(FOUND))
    assert "Couple and relationship therapy" in page
    assert "You never have to come with somebody who frightens you" in page
    assert "Need help now?" in page


def test_play_therapy_is_never_suggested_to_an_adult(client: Browser, reference: None) -> None:
    with_answers(client)
    says(client, six="making")
    page = text(client.get(FOUND))
    assert 'value="art-therapy"' in page
    assert 'value="play-therapy"' not in page


def test_nobody_jumps_over_the_needed_questions(client: Browser, reference: None) -> None:
    begin(client)
    for address in (ways("one"), FOUND, reverse("referrals:guide_begin")):
        assert client.get(address)["Location"] == steps.page("where").url
    assert client.post(ways("one"), {"answer": "now"})["Location"] == steps.page("where").url
    assert client.get(ways("seven")).status_code == 404
    Submission.objects.update(expires_at=clock.now() - timedelta(days=1))
    assert client.get(ways("one"))["Location"] == reverse("referrals:start")


def test_the_list_of_kinds_and_the_page_about_one(client: Browser, reference: None) -> None:
    page = text(client.get(reverse("referrals:kinds")))
    assert "Start now" in page
    for row in Modality.objects.all():
        assert reverse("referrals:kind", args=[row.pk]) in page
        one = text(client.get(reverse("referrals:kind", args=[row.pk])))
        assert "What it is like" in one
        assert "A clinician of this service has not reviewed these words yet." in one
    emdr = Modality.objects.get(slug="emdr")
    one = text(client.get(reverse("referrals:kind", args=[emdr.pk])))
    assert "46 of every 100" in one
    assert "guideline NG116, 2018" in one
    with_answers(client)
    assert reverse("referrals:guide_begin") in text(client.get(reverse("referrals:kinds")))


@pytest.mark.parametrize(
    ("origin", "address"),
    [("found", FOUND), ("people", "/people/"), ("17", "/people/17/"), ("", "/kinds/"), ("//evil.example", "/kinds/")],
)
def test_back_leads_where_she_came_from(client: Browser, reference: None, origin: str, address: str) -> None:
    pk = Modality.objects.get(slug="cbt").pk
    page = text(client.get(reverse("referrals:kind", args=[pk]), {"from": origin}))
    assert f'href="{address}" class="nhsuk-back-link' in page or f'class="nhsuk-back-link" href="{address}"' in page


def test_an_edit_in_the_administration_is_what_people_read(client: Browser, reference: None) -> None:
    emdr = Modality.objects.get(slug="emdr")
    ModalityFact.objects.filter(modality=emdr).update(evidence="Read this.", reviewed_by="Dr Sam", active=True)
    ModalityIssue.objects.filter(modality=emdr).update(active=False)
    page = text(client.get(reverse("referrals:kind", args=[emdr.pk])))
    assert "Read this." in page
    assert "Reviewed by Dr Sam." in page
    assert "NG116" not in page
    ModalityFact.objects.filter(modality=emdr).update(active=False)
    assert "Read this." not in text(client.get(reverse("referrals:kind", args=[emdr.pk])))
    emdr.active = False
    emdr.save()
    assert client.get(reverse("referrals:kind", args=[emdr.pk])).status_code == 404


def test_without_reference_data_the_pages_still_stand(client: Browser) -> None:
    assert "There is nothing here yet" in text(client.get(reverse("referrals:kinds")))
    with_answers(client)
    assert "I’m still not sure" in text(client.get(FOUND))
