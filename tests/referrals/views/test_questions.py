"""One question a page: order, branches, what is kept, and what bad input does."""

import pytest
from django.test import Client as Browser
from django.urls import reverse

from referrals.models import Submission
from referrals.presenters import steps
from referrals.services.submission import submission_return_code
from tests.factories import issue, make_funder, modality, reference_row, session_format
from tests.referrals.views.walkers import answers_of, begin, question, ready_to_send, with_answers
from therapists.models import AccessOption, ClientGroup, IdentityTag, Issue, Language

pytestmark = pytest.mark.django_db


@pytest.fixture
def reference(db):
    make_funder()
    issue()
    reference_row(Issue, "bereavement", group="Loss")
    reference_row(Issue, "self-harm", group="Behaviour", show_information=True)
    modality()
    modality("cbt", "cbt-family")
    session_format()
    session_format("in-person")
    reference_row(Language, "en", name="English")
    reference_row(Language, "pl", name="Polish")
    reference_row(ClientGroup, "carers")
    reference_row(IdentityTag, "lgbtq", kind="identity")
    reference_row(AccessOption, "bsl-interpreter")


def test_start_page_says_what_it_is_and_asks_for_nothing(client):
    page = client.get(reverse("referrals:start")).content.decode()
    for words in ("About 10 minutes", "What it costs", "Other ways to get help", "not an emergency service"):
        assert words in page
    assert "<title>Start – Rapport</title>" in page


def test_without_a_draft_every_question_leads_to_the_start(client):
    for step in steps.FLOW.steps({"issues": ["a", "b"]}):
        assert client.get(step.url).url == reverse("referrals:start")


def test_starting_twice_gives_one_draft(client):
    begin(client)
    begin(client)
    assert Submission.objects.count() == 1


def test_answers_are_not_thrown_away_by_starting_again_unasked(client, reference):
    submission = begin(client)
    client.post(question("where"), {"nation": "wales"})
    asked = client.post(reverse("referrals:begin"))
    assert asked.url == reverse("referrals:begin_again")
    page = client.get(asked.url).content.decode()
    assert "You have already started" in page and f'href="{reverse("referrals:go_on")}"' in page
    assert client.get(reverse("referrals:go_on")).url == question("age")
    assert Submission.objects.get() == submission and answers_of(submission).nation == "wales"


def test_starting_afresh_leaves_everything_of_the_first_draft_but_its_return_code(client, reference):
    first = ready_to_send(client)
    code = submission_return_code(submission=first)
    assert client.post(reverse("referrals:begin"), {"afresh": "yes"}).url == question("where")
    assert Submission.objects.count() == 2 and "safety_done" not in client.session
    assert client.get(question("age")).url == question("where")
    assert client.get(reverse("referrals:begin_again")).url == question("where")
    client.post(reverse("referrals:return"), {"code": code})
    assert "ewa@example.org" in client.get(question("reach-at")).content.decode()


def test_the_session_holds_a_token_and_nothing_that_was_typed(client, reference):
    submission = begin(client)
    client.post(question("where"), {"nation": "wales"})
    client.post(question("age"), {"adult": "yes"})
    held = {key for key in dict(client.session) if not key.startswith("_")}
    assert held == {"submission", "nation"}
    assert answers_of(submission).nation == "wales"


def test_the_questions_come_in_order_and_end_at_the_matches(client, reference):
    begin(client)
    typed = {
        "where": {"nation": "england"},
        "age": {"adult": "yes"},
        "paying": {"paying": "self_pay"},
        "most": {"pounds": "45"},
        "reasons": {"issues": ["anxiety-or-worry", "bereavement"]},
        "main": {"main_issue": "bereavement"},
        "known": {"experience": "2"},
        "words": {"own_words": "I miss my mother."},
        "kind": {"values": ["cbt"], "strength": "1"},
        "times": {"values": ["weekday-evening"], "strength": "3"},
        "meeting": {"values": ["in-person"], "strength": "2"},
        "distance": {"postcode": "ls1 4ap", "miles": "5", "reach": "must"},
        "person": {"values": ["any"], "strength": "1"},
        "language": {"values": ["pl"], "strength": "1"},
        "background": {"values": ["lgbtq"], "strength": "1"},
        "groups": {"client_groups": ["carers"]},
        "needs": {"needs": ["step-free", "bsl-interpreter"], "access_note": "A quiet room."},
        "style": {"directive": "1", "past": "-1", "warm": "0", "style_strength": "2"},
    }
    url, seen = question("where"), []
    while url != reverse("referrals:matches"):
        assert client.get(url).status_code == 200, url
        slug = next((s for s in typed if url == question(s)), "")
        seen.append(slug or "not-them")
        response = client.post(url, typed.get(slug, {}))
        assert response.status_code == 302, response.content.decode()
        url = response.url
    assert seen == [*list(typed)[:-1], "not-them", "style"]
    said = answers_of(Submission.objects.get())
    assert said.fee_ceiling_pence == 4500
    assert (said.main_issue, said.experience) == ("bereavement", 2)
    assert (said.times, said.times_strength) == (("weekday-evening",), 3)
    assert (said.postcode, said.miles, said.distance_must) == ("LS1 4AP", 5, True)
    assert said.genders == ()
    assert said.step_free and said.access == ("bsl-interpreter",)
    assert said.style == {"directive": 1, "past": -1}


def test_experience_is_asked_about_one_thing_or_not_at_all(client, reference):
    submission = with_answers(client, issues=["anxiety-or-worry", "bereavement"])
    # Who cannot pick one is not asked how much "this" matters: the answer would count for nothing.
    assert client.post(question("main"), {"main_issue": "none"}).url == question("words")
    assert client.post(question("reasons"), {"issues": ["bereavement"]}).url == question("known")
    assert "You said: Bereavement." in client.get(question("known")).content.decode()
    client.post(question("known"), {"experience": "3"})
    stated = answers_of(submission).stated()
    assert (stated.main_issue, stated.experience) == ("bereavement", 3)


def test_under_18_leads_somewhere_and_nothing_is_kept(client, reference):
    submission = begin(client)
    client.post(question("where"), {"nation": "england"})
    response = client.post(question("age"), {"adult": "no"})
    assert response.url == reverse("referrals:under_18")
    page = client.get(response.url).content.decode()
    for help_ in ("GP", "YoungMinds", "999", "116 123"):
        assert help_ in page
    assert answers_of(submission).adult is None


def test_nobody_jumps_over_a_needed_question(client, reference):
    begin(client)
    assert client.get(question("kind")).url == question("where")
    assert client.get(reverse("referrals:matches")).url == question("where")
    assert client.post(question("paying"), {"paying": "self_pay"}).url == question("where")


def test_funders_of_the_nation_are_offered_and_no_other(client, reference):
    make_funder("scots-fund", name="Scots fund", nations=["scotland"])
    with_answers(client, nation="england")
    page = client.get(question("paying")).content.decode()
    assert "Community fund" in page and "up to 8 sessions" in page
    assert "Scots fund" not in page


def test_an_abandoned_branch_is_forgotten(client, reference):
    submission = with_answers(client, fee_ceiling_pence=4500)
    client.post(question("paying"), {"paying": "community-fund"})
    assert answers_of(submission).fee_ceiling_pence is None


def test_a_changed_nation_takes_back_a_funder_it_does_not_have(client, reference):
    make_funder("wales-fund", nations=["wales"])
    submission = with_answers(client, nation="wales", paying="wales-fund")
    client.post(question("where"), {"nation": "england"})
    assert answers_of(submission).paying == ""


def test_information_page_for_issues_that_ask_for_it_and_it_stops_nobody(client, reference):
    with_answers(client)
    response = client.post(question("reasons"), {"issues": ["self-harm"]})
    assert response.url == reverse("referrals:information")
    page = client.get(response.url).content.decode()
    assert "You are not alone with this" in page and "116 123" in page
    assert question("known") in page


def test_skipping_takes_back_what_was_said(client, reference):
    submission = with_answers(client, own_words="something")
    response = client.post(question("words"), {"own_words": "new", "skip": "1"})
    assert response.status_code == 302
    assert answers_of(submission).own_words == ""


def test_change_from_the_matches_goes_back_to_the_matches(client, reference):
    with_answers(client)
    response = client.post(question("times") + "?change=matches", {"values": ["weekday-morning"], "strength": "1"})
    assert response.url == reverse("referrals:matches")


def test_change_that_opens_a_question_asks_it_first(client, reference):
    with_answers(client, paying="community-fund")
    response = client.post(question("paying") + "?change=matches", {"paying": "self_pay"})
    assert response.url == question("most") + "?change=matches"


def test_neither_email_nor_text_leads_to_a_person(client, reference):
    submission = with_answers(client)
    assert client.post(question("reach"), {"channel": "phone"}).url == reverse("referrals:call_me")
    assert answers_of(submission).channel == ""


def test_own_words_say_who_reads_them_and_where_help_is(client, reference):
    with_answers(client)
    page = client.get(question("words")).content.decode()
    assert "Nobody reads this until you send your referral." in page
    assert "999" in page


def test_autosave_keeps_what_is_valid_and_says_nothing(client, reference):
    submission = with_answers(client)
    url = reverse("referrals:autosave", args=["words"])
    assert client.post(url, {"own_words": "half a sentence"}).status_code == 204
    assert answers_of(submission).own_words == "half a sentence"
    assert client.post(url, {"own_words": "x" * 3000}).status_code == 204
    assert answers_of(submission).own_words == "half a sentence"
    assert client.get(url).status_code == 405
    assert client.post(reverse("referrals:autosave", args=["age"]), {"adult": "no"}).status_code == 204
    assert answers_of(submission).adult is True


def test_titles_of_tabs_give_nothing_away(client, reference):
    with_answers(client, issues=["anxiety-or-worry", "bereavement"])
    for step in steps.FLOW.steps(answers_of(Submission.objects.get()).to_dict()):
        if step.form is not None:
            page = client.get(step.url, follow=True).content.decode()
            assert "<title>Your answers – Rapport</title>" in page, step.slug


BAD = {
    "where": {"nation": "atlantis"},
    "age": {"adult": "maybe"},
    "paying": {"paying": "somebody"},
    "most": {"pounds": "-3"},
    "reasons": {"issues": ["anxiety-or-worry", "nothing"]},
    "words": {"own_words": "nul\x00"},
    "kind": {"values": ["any", "cbt"], "strength": "1"},
    "times": {"values": ["monday"], "strength": "1"},
    "meeting": {"values": ["video"], "strength": "9"},
    "distance": {"postcode": "nowhere", "miles": "5", "reach": "could"},
    "needs": {"needs": ["step-free"], "access_note": "x" * 501},
    "style": {"directive": "7"},
}


@pytest.mark.parametrize("slug", BAD)
def test_bad_input_gets_a_clear_error_and_stays(client, reference, slug):
    with_answers(client)
    response = client.post(question(slug), BAD[slug])
    page = response.content.decode()
    assert response.status_code == 200
    assert "There is a problem" in page
    assert "<title>Error: Your answers – Rapport</title>" in page
    if slug == "distance":
        assert 'value="nowhere"' in page


def test_a_draft_of_somebody_else_cannot_be_reached(client, reference):
    mine = with_answers(client)
    other = Browser()
    theirs = with_answers(other)
    client.post(question("words"), {"own_words": "mine"})
    assert answers_of(mine).own_words == "mine"
    assert answers_of(theirs).own_words == ""
