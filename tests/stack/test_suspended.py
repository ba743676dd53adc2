"""Somebody is suspended: the very next page of every web process is without her, however warm its register was."""

import shutil
import tempfile
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client as Browser
from django.urls import reverse

from devtools import assets, ports, processes
from tests.referrals.views.walkers import with_answers
from tests.support.stack import LiveStack, end_other_sessions
from therapists.models import Registration, Therapist

PROCESSES = 3
ROUNDS = 4


@pytest.fixture
def webs(transactional_db: None) -> Iterator[list[str]]:
    """Web processes as they run in life, each with a register of its own; yields their addresses."""
    assets.prepare()
    cache.clear()
    stack = LiveStack(Path(tempfile.mkdtemp(prefix="rapport-webs-")))
    addresses = []
    try:
        for number in range(PROCESSES):
            port = ports.free()
            bind = {"BIND": f"{ports.LOOPBACK}:{port}"}
            stack._start(f"web{number}", ["gunicorn", "-c", "config/gunicorn.py", "config.wsgi"], bind)
            addresses.append(f"http://{ports.LOOPBACK}:{port}")
        stack.wait(lambda: all(answers(one) for one in addresses), "every web process answering")
        yield addresses
    finally:
        for process in stack.running.values():
            processes.kill_session(process)
        end_other_sessions()
        shutil.rmtree(stack.folder, ignore_errors=True)


def answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address + reverse("referrals:start"), timeout=5) as page:
            return bool(page.status == 200)
    except OSError:
        return False


def matches(address: str, cookie: str) -> str:
    """Return the page of matches as one web process makes it."""
    question = urllib.request.Request(address + reverse("referrals:matches"), headers={"Cookie": cookie})
    with urllib.request.urlopen(question, timeout=20) as page:
        return str(page.read().decode())


def test_a_suspended_therapist_is_gone_from_the_next_page_of_every_process(
    webs: list[str], ben: Therapist, cara: Therapist
) -> None:
    browser = Browser()
    with_answers(browser, formats=["video"], issues=["anxiety-or-worry"], main_issue="anxiety-or-worry")
    session = browser.cookies[settings.SESSION_COOKIE_NAME]
    cookie = f"{session.key}={session.value}"
    hers = Registration.objects.filter(therapist=ben)
    for _ in range(ROUNDS):
        for web in webs:
            page = matches(web, cookie)
            assert ben.display_name in page
            assert cara.display_name in page
        hers.update(status=Registration.Status.SUSPENDED)
        for web in webs:
            page = matches(web, cookie)
            assert ben.display_name not in page, "one request after the commit"
            assert cara.display_name in page
        hers.update(status=Registration.Status.ACTIVE)
