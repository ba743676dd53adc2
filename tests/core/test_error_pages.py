"""Error pages: in our clothes, with somebody to turn to, and telling nothing about what went wrong."""

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import OperationalError
from django.test import Client, RequestFactory

from core.views import errors

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.core.pages_urls")]
HELP = (b"tel:999", b"tel:116123")


def has_help(answer):
    return all(number in answer.content for number in HELP)


def test_not_found(client):
    answer = client.get("/no/such/page/")
    assert answer.status_code == 404 and has_help(answer) and b"Page not found" in answer.content


def test_an_unmarked_view_looks_like_no_page(client, django_user_model):
    client.force_login(django_user_model.objects.create(email="ada@example.org"))
    answer = client.get("/walk/unmarked/")
    assert answer.status_code == 404 and b"open by mistake" not in answer.content and has_help(answer)


def test_our_own_fault(client):
    client.raise_request_exception = False
    answer = client.get("/walk/broken/")
    assert answer.status_code == 500 and has_help(answer)
    assert b"on purpose" not in answer.content and b"Traceback" not in answer.content


def test_our_own_fault_asks_the_database_for_nothing(rf, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert has_help(errors.server_error(rf.get("/")))


def test_when_even_the_template_breaks_the_numbers_are_shown(rf, monkeypatch):
    monkeypatch.setattr(errors.loader, "get_template", lambda name: 1 / 0)
    answer = errors.server_error(rf.get("/"))
    assert answer.status_code == 500 and has_help(answer)


def test_not_found_while_the_database_is_away(client, monkeypatch):
    from core.models import CrisisContact

    def away(*args, **kwargs):
        raise OperationalError("the server closed the connection")

    monkeypatch.setattr(CrisisContact.objects, "filter", away)
    answer = client.get("/no/such/page/")
    assert answer.status_code == 404 and has_help(answer)


def test_a_form_that_was_open_too_long():
    answer = Client(enforce_csrf_checks=True).post("/walk/question/")
    assert answer.status_code == 403 and has_help(answer) and b"Nothing was sent" in answer.content


@pytest.mark.parametrize(
    ("view", "exception", "status"),
    [
        (errors.bad_request, SuspiciousOperation("secret"), 400),
        (errors.forbidden, PermissionDenied("secret"), 403),
        (errors.too_many, None, 429),
    ],
)
def test_the_others(view, exception, status):
    request = RequestFactory().get("/")
    request.session = {}
    answer = view(request, exception)
    assert answer.status_code == status and has_help(answer) and b"secret" not in answer.content
