"""The pages of a flow: forwards, backwards, skipped, changed, and reached by a guessed address."""

import pytest
from django.http import HttpResponse
from django.urls import include, path

from config.urls import urlpatterns as real
from core import forms
from core.flow import Flow, Step
from core.policy import public
from core.views.flow import FlowView


class NationForm(forms.Form):
    nation = forms.RadiosField(
        label="Where do you live?", choices=[("england", "England"), ("wales", "Wales")], missing="Choose a nation"
    )


class FunderForm(forms.Form):
    funder = forms.TextField(label="Who pays?")


class BornForm(forms.Form):
    title = "When were you born?"
    skip = "Skip this"
    born = forms.DateField(required=False)


@public("a test's questions")
class Questions(FlowView):
    flow = Flow(
        [
            Step("nation", NationForm, "Where do you live?", keys=("nation",)),
            Step("funder", FunderForm, "Who pays?", lambda a: a.get("nation") == "england", ("funder",)),
            Step("born", BornForm, keys=("born",), optional=True),
        ]
    )

    def load_draft(self, request):
        return request.session.get("draft")

    def save_answers(self, request, step, answers):
        request.session["draft"] = answers

    def step_url(self, step):
        return f"/ask/{step.slug}/"

    def start_url(self):
        return "/begin/"

    def check_url(self):
        return "/check/"


@public("a test's start")
def begin(request):
    request.session["draft"] = {}
    return HttpResponse("begun")


urlpatterns = [
    path("ask/<slug:slug>/", Questions.as_view()),
    path("begin/", begin),
    path("", include(real)),
]
pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


@pytest.fixture
def asked(client):
    client.get("/begin/")
    return client


def draft(client):
    return client.session["draft"]


def test_without_a_draft_one_starts_at_the_start(client):
    assert client.get("/ask/nation/")["Location"] == "/begin/"
    assert client.post("/ask/nation/", {"nation": "wales"})["Location"] == "/begin/"


def test_the_road_forwards(asked):
    assert asked.post("/ask/nation/", {"nation": "england"})["Location"] == "/ask/funder/"
    assert asked.post("/ask/funder/", {"funder": "icb"})["Location"] == "/ask/born/"
    answer = asked.post("/ask/born/", {"born_day": "27", "born_month": "3", "born_year": "1985"})
    assert answer["Location"] == "/check/"
    assert draft(asked) == {"nation": "england", "funder": "icb", "born": "1985-03-27"}


def test_the_question_is_the_heading_and_back_leads_back(asked):
    page = asked.get("/ask/nation/").content.decode()
    assert page.count("<h1") == 1 and "Where do you live?" in page
    assert "Where do you live?" not in page.split("</title>")[0]
    assert 'href="/begin/"' in page
    asked.post("/ask/nation/", {"nation": "wales"})
    assert 'href="/ask/nation/"' in asked.get("/ask/born/").content.decode()


def test_a_missing_answer_is_said_first_and_stores_nothing(asked):
    page = asked.post("/ask/nation/", {}).content.decode()
    assert "<title>Error: " in page and 'href="#id_nation"' in page and "Choose a nation" in page
    assert draft(asked) == {}


def test_an_earlier_answer_is_shown_again(asked):
    asked.post("/ask/nation/", {"nation": "wales"})
    assert 'value="wales" checked' in asked.get("/ask/nation/").content.decode()


def test_changing_an_answer_drops_what_hung_on_it(asked):
    asked.post("/ask/nation/", {"nation": "england"})
    asked.post("/ask/funder/", {"funder": "icb"})
    assert asked.post("/ask/nation/?change=1", {"nation": "wales"})["Location"] == "/check/"
    assert draft(asked) == {"nation": "wales"}


def test_a_change_that_opens_a_question_asks_it_before_the_check_page(asked):
    asked.post("/ask/nation/", {"nation": "wales"})
    assert asked.post("/ask/nation/?change=1", {"nation": "england"})["Location"] == "/ask/funder/?change=1"
    assert 'href="/check/"' in asked.get("/ask/funder/?change=1").content.decode()
    assert asked.post("/ask/funder/?change=1", {"funder": "icb"})["Location"] == "/check/"


def test_skipping_takes_an_answer_back(asked):
    asked.post("/ask/nation/", {"nation": "wales"})
    asked.post("/ask/born/", {"born_day": "27", "born_month": "3", "born_year": "1985"})
    assert asked.post("/ask/born/", {"skip": "1", "born_day": "x"})["Location"] == "/check/"
    assert draft(asked) == {"nation": "wales"}


@pytest.mark.parametrize("slug", ["funder", "nowhere"])
def test_a_question_that_is_not_open_leads_to_one_that_is(asked, slug):
    assert asked.get(f"/ask/{slug}/")["Location"] == "/ask/nation/"
    asked.post("/ask/nation/", {"nation": "wales"})
    assert asked.post(f"/ask/{slug}/", {"funder": "icb"})["Location"] == "/check/"
    assert draft(asked) == {"nation": "wales"}
