"""Leaving a page: nothing of hers is left behind, and Back shows nothing."""

import pytest
from django.urls import reverse

from core import leave
from core.policy import CLIENT_SESSION_KEY

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.core.pages_urls")]


def test_the_plain_link_goes_to_the_neutral_page(client, settings):
    settings.LEAVE_URL = "https://weather.example/"
    answer = client.get(reverse("core:leave"))
    assert answer.status_code == 302 and answer["Location"] == "https://weather.example/"
    assert "no-store" in answer["Cache-Control"]


def test_leaving_signs_the_client_out_and_forgets_what_apps_named(client, monkeypatch):
    monkeypatch.setattr(leave, "_forgotten", {CLIENT_SESSION_KEY})
    leave.forget("note")
    client.get("/walk/sign-in/")
    client.get("/walk/question/")
    assert client.get("/walk/mine/").content == b"mine"
    client.get(reverse("core:leave"))
    assert CLIENT_SESSION_KEY not in client.session
    assert client.get("/walk/").content == b"start nothing"


def test_back_leads_to_the_start_page_every_time(client):
    client.get(reverse("core:leave"))
    for page in ("/walk/question/", "/walk/mine/", "/walk/question/"):
        assert client.get(page)["Location"] == "/walk/"
    assert client.get("/walk/").content == b"start nothing"


def test_help_and_links_from_messages_stay_open(client):
    client.get(reverse("core:leave"))
    assert client.get(reverse("core:help_now")).status_code == 200
    assert client.get(reverse("core:hide_visit")).status_code == 200
    assert client.get("/walk/message/").content == b"from a message"


def test_staff_pages_are_not_touched(client):
    client.get(reverse("core:leave"))
    assert client.get("/walk/staff/").status_code == 302
    assert "login" in client.get("/walk/staff/")["Location"]


@pytest.mark.parametrize("back", [lambda c: c.post("/walk/question/"), lambda c: c.get("/walk/question/?resume=1")])
def test_coming_back_on_purpose_opens_the_pages(client, back):
    client.get(reverse("core:leave"))
    assert back(client).content == b"question"
    assert client.get("/walk/question/").content == b"question"


def test_saving_while_leaving_is_one_request(client):
    client.post("/walk/question/?leaving=1")
    assert client.session["note"] == "answers"
    assert client.get("/walk/question/")["Location"] == "/walk/"


def test_no_page_is_kept_by_the_browser(client):
    assert client.get(reverse("core:privacy"))["Cache-Control"] == "no-store"
