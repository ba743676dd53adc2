"""Settings are judged in fresh processes: what a deployment would really load."""

import os
import subprocess
import sys

import pytest
from django.core.checks import Error

from config import env
from core import checks
from devtools.places import ROOT
from tests.config.production import KEY, environment


def manage(*arguments: str, **more: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment(**more), capture_output=True, text=True, check=False)


def test_production_settings_pass_the_deployment_check_without_a_word():
    done = manage("check", "--deploy", "--fail-level", "WARNING")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("CLOCK_OFFSET_FILE", "/tmp/offset", "rapport.E001"),
        ("FIELD_ENCRYPTION_KEYS", "", "rapport.E003"),
        ("FIELD_ENCRYPTION_KEYS", "k1:c2hvcnQ=", "rapport.E003"),
        ("SECRET_KEY", "local-only", "rapport.E005"),
        ("FIELD_ENCRYPTION_KEYS", KEY.replace("k1", "local"), "rapport.E006"),
        ("SITE_URL", "http://rapport.example", "rapport.E008"),
        ("SMS_BACKEND", "notifications.channels.sms.Console", "rapport.E009"),
        ("SMS_BACKEND", "notifications.channels.govuk_notify.GovUkNotify", "rapport.E010"),
        ("SMS_BACKEND", "notifications.channels.govuk_notify.GovUkNotify", "rapport.E011"),
        ("SECRET_KEY", "", "SECRET_KEY is not set"),
        ("DATABASE_URL", "", "DATABASE_URL is not set"),
        ("DATABASE_URL", "mysql://x", "DATABASE_URL must start with postgresql://"),
        ("EMAIL_PORT", "many", "EMAIL_PORT must be a whole number"),
        ("OFFER_ANSWER_WAKING_HOURS", "0", "OFFER_ANSWER_WAKING_HOURS must be at least 1, not 0"),
        ("EMAIL_USE_TLS", "perhaps", "EMAIL_USE_TLS must be true or false"),
    ],
)
def test_production_refuses_what_would_endanger_somebody(name, value, told):
    done = manage("check", **{name: value})
    assert done.returncode != 0
    assert told in done.stderr


@pytest.mark.parametrize("missing", ["BOUNCE_ADDRESS", "BOUNCE_ADDRESS_DISCREET"])
def test_mail_whose_bounces_nobody_would_see_is_warned_of(missing):
    done = manage("check", **{missing: ""})
    assert done.returncode == 0
    assert "rapport.W002" in done.stderr


@pytest.mark.parametrize(
    ("name", "value", "identity"),
    [
        ("LOCAL_PAGES", True, "rapport.E002"),
        ("DEBUG", True, "rapport.E004"),
        ("EMAIL_BACKEND", "django.core.mail.backends.console.EmailBackend", "rapport.E007"),
    ],
)
def test_what_no_variable_can_set_is_checked_all_the_same(settings, name, value, identity):
    settings.ENVIRONMENT = "production"
    setattr(settings, name, value)
    assert identity in [found.id for found in checks.check_settings(None) if isinstance(found, Error)]


def test_local_pages_do_not_exist_in_production():
    script = (
        "from django.urls import resolve, Resolver404\n"
        "for path in ('/local/', '/local/sign-in/1/', '/local/mail/', '/local/clock/'):\n"
        "    try: resolve(path)\n"
        "    except Resolver404: print('absent')\n"
    )
    done = manage("shell", "--no-imports", "-c", script, LOCAL_PAGES="true")
    assert done.stdout.split() == ["absent"] * 4, done.stderr


def test_cookies_and_transport_are_tied_to_tls_in_production():
    names = "SESSION_COOKIE_NAME CSRF_COOKIE_NAME SESSION_COOKIE_SECURE CSRF_COOKIE_SECURE SECURE_SSL_REDIRECT"
    script = f"from django.conf import settings\nprint(*[getattr(settings, name) for name in {names.split()}])"
    done = manage("shell", "--no-imports", "-c", script)
    assert done.stdout.split() == ["__Host-session", "__Host-csrf", "True", "True", "True"], done.stderr


def test_socket_of_redis_is_written_as_celery_wants_it():
    assert env.redis_broker("unix:///run/redis.sock") == "redis+socket:///run/redis.sock"
    assert env.redis_broker("redis://h:1/0") == "redis://h:1/0"


def test_file_defaults_do_not_override_the_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("RAPPORT_A", "mine")
    monkeypatch.delenv("RAPPORT_B", raising=False)
    (tmp_path / "environment").write_text("RAPPORT_A=theirs\nRAPPORT_B=a=b\n")
    env.file_defaults(tmp_path / "environment")
    assert (os.environ["RAPPORT_A"], os.environ.pop("RAPPORT_B")) == ("mine", "a=b")
    env.file_defaults(tmp_path / "absent")
