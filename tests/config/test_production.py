"""A web process under production's settings, asked as the TLS proxy asks it."""

import re
import subprocess
import sys
import urllib.error
import urllib.request
from email.message import Message

import pytest

from devtools import assets, ports, processes
from devtools.places import ROOT
from tests.config.production import environment
from tests.support.stack import database_url, end_other_sessions

HOST = {"Host": "rapport.example"}
OVER_TLS = {**HOST, "X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.7"}


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def ask(base, path, headers) -> tuple[int, Message, str]:
    opener = urllib.request.build_opener(NoRedirect)
    try:
        with opener.open(urllib.request.Request(base + path, headers=headers), timeout=10) as answer:
            return answer.status, answer.headers, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read().decode()


@pytest.fixture
def web(transactional_db, tmp_path):
    assets.prepare()
    port, log = ports.free(), tmp_path / "web.log"
    env = environment(
        DATABASE_URL=database_url(), STATIC_ROOT=str(tmp_path / "static"), BIND=f"127.0.0.1:{port}", WEB_CONCURRENCY="1"
    )
    collect = [sys.executable, "manage.py", "collectstatic", "--noinput", "--ignore", "src", "-v", "0"]
    subprocess.run(collect, cwd=ROOT, env=env, check=True)
    command = ["env", "-i", *[f"{name}={value}" for name, value in env.items()]]
    process = processes.start(
        [*command, sys.executable, "-m", "gunicorn", "-c", "config/gunicorn.py", "config.wsgi"], log=log
    )
    try:
        processes.wait_until(lambda: ports.answers(port), what="web", process=process, seconds=30, log=log)
        yield f"http://127.0.0.1:{port}", log
    finally:
        processes.kill_session(process)
        end_other_sessions()


def test_production_answers_over_tls_only_and_serves_what_was_collected(web):
    base, log = web
    assert ask(base, "/health", HOST)[0] == 200
    status, headers, _ = ask(base, "/help-now/", HOST)
    assert (status, headers["Location"]) == (301, "https://rapport.example/help-now/")
    status, headers, page = ask(base, "/help-now/", OVER_TLS)
    assert status == 200, log.read_text()
    assert "max-age=31536000; includeSubDomains" in headers["Strict-Transport-Security"]
    style = re.search(r'href="(/static/build/app\.\w+\.css)"', page)
    status, headers, _ = ask(base, style[1], OVER_TLS)
    assert status == 200
    assert "immutable" in headers["Cache-Control"]


def test_production_has_no_local_pages_knows_its_host_and_logs_no_paths(web):
    base, log = web
    assert ask(base, "/local/?secret=token", OVER_TLS)[0] == 404
    assert ask(base, "/help-now/", {**OVER_TLS, "Host": "evil.example"})[0] == 400
    status, headers, _ = ask(base, "/account/login/", OVER_TLS)
    assert status == 200, log.read_text()
    assert headers["Set-Cookie"].startswith("__Host-csrf=")
    assert "Secure" in headers["Set-Cookie"]
    assert "secret" not in log.read_text()
