"""Real services for every test run, the browser, the whole stack, and the cast."""

import os
from collections.abc import Iterator

import pytest
from django.utils import translation
from pytest_django.plugin import DjangoDbBlocker

# Playwright keeps an event loop in the main thread, where Django would then refuse to touch the database.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

pytest_plugins = ["tests.cast", "tests.support.rendered", "tests.support.browser", "tests.support.stack"]


def pytest_configure(config: pytest.Config) -> None:
    # Worker processes of pytest-xdist inherit the addresses from the process that started them.
    if hasattr(config, "workerinput"):
        return
    from tests.support.services import Services

    services = Services()
    config.add_cleanup(services.stop)
    services.start()
    _point_settings_at_services()


def _point_settings_at_services() -> None:
    """pytest-django has read the settings before any conftest: correct the addresses, no connection is open yet."""
    from django.conf import settings

    from config import env

    settings.DATABASES["default"].update(env.postgres("DATABASE_URL"))
    settings.REDIS_URL = os.environ["REDIS_URL"]
    settings.CELERY_BROKER_URL = env.redis_broker(settings.REDIS_URL)
    settings.EMAIL_HOST, settings.EMAIL_PORT = os.environ["EMAIL_HOST"], int(os.environ["EMAIL_PORT"])
    settings.MAIL_SINK_FOLDER = os.environ["MAIL_SINK_FOLDER"]


@pytest.fixture(autouse=True)
def _english_again() -> Iterator[None]:
    """A request's language stays with the thread, which here runs the next test as well."""
    yield
    translation.deactivate()


@pytest.fixture(autouse=True)
def _empty_cache(request: pytest.FixtureRequest, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Rate limits must not pass from test to test: the cache's table is no model's, so no flush empties it."""
    yield
    marker = request.node.get_closest_marker("django_db")
    commits = {"transactional_db", "live_server"} & set(request.fixturenames)
    if commits or (marker and marker.kwargs.get("transaction")):
        from django.core.cache import cache

        with django_db_blocker.unblock():
            cache.clear()
