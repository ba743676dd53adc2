import re

import pytest

pytestmark = pytest.mark.django_db


@pytest.fixture
def answer(client):
    return client.get("/health")


def test_scripts_need_the_pages_nonce_and_nothing_comes_from_elsewhere(client):
    policy = client.get("/local/").headers["Content-Security-Policy"]
    directives = {name: value for name, _, value in (part.strip().partition(" ") for part in policy.split(";"))}
    assert directives["default-src"] == "'none'"
    assert re.fullmatch(r"'nonce-[\w+/=-]+'", directives["script-src"])
    assert directives["style-src"] == "'self'"
    assert directives["frame-ancestors"] == directives["base-uri"] == "'none'"
    assert "unsafe" not in policy
    assert "http" not in policy


def test_browser_features_are_refused_and_the_page_is_not_framed(answer):
    assert "geolocation=()" in answer.headers["Permissions-Policy"]
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"


def test_health_answers_one_word_and_is_not_cached(answer):
    assert answer.content == b"ok"
    assert "no-store" in answer.headers["Cache-Control"]
