import logging
import sys

import pytest
from django.test import RequestFactory
from django.urls import resolve

from core.logs import PlainFormatter, RouteOnly


def record(**extra) -> logging.LogRecord:
    made = logging.LogRecord("django.request", logging.ERROR, "", 0, "Not Found: %s", ("/r/secret-token/",), None)
    made.__dict__.update(extra)
    return made


def test_path_of_a_request_is_replaced_by_its_route():
    request = RequestFactory().get("/health?who=ewa")
    request.resolver_match = resolve("/health")
    line = record(request=request, status_code=500)
    RouteOnly().filter(line)
    assert line.getMessage() == "500 at health"


def test_unknown_path_is_not_written_down():
    line = record(request=RequestFactory().get("/r/secret-token/"), status_code=404)
    RouteOnly().filter(line)
    assert "secret" not in line.getMessage()


def test_other_lines_stay_as_they_are():
    line = logging.LogRecord("x", logging.INFO, "", 0, "%s moved", (3,), None)
    RouteOnly().filter(line)
    assert line.getMessage() == "3 moved"


def test_exception_is_told_by_type_and_place_without_its_text():
    try:
        raise ValueError("Key (email)=(ewa@example.org) already exists")
    except ValueError:
        text = PlainFormatter().formatException(sys.exc_info())
    assert text.startswith("ValueError\n")
    assert "test_logs.py" in text
    assert "ewa" not in text


@pytest.mark.parametrize("nothing", [(None, None, None)])
def test_no_exception_is_no_crash(nothing):
    assert PlainFormatter().formatException(nothing) == "no exception"
