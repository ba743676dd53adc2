"""Telling a worker that there is something to send. It may fail at any time: the tick finds the row anyway.

Whoever enqueues is answering a person, so a broker that is down or hangs costs at most about a second, once per ten
seconds and process, and is never an error page.
"""

import logging
import time

from celery import current_app
from django.db import transaction

logger = logging.getLogger(__name__)

PATIENCE_SECONDS = 0.5
QUIET_AFTER_FAILURE_SECONDS = 10.0
# Without max_retries kombu would try to connect for ever.
_OPTIONS = {
    "socket_timeout": PATIENCE_SECONDS,
    "socket_connect_timeout": PATIENCE_SECONDS,
    "retry_on_timeout": False,
    "max_retries": 0,
    "interval_start": 0,
}
_silent_until = 0.0


def after_commit(message_id: int) -> None:
    """Wake a worker once the caller's transaction is committed."""
    # A lambda, because Django's robust handling cannot name a partial.
    transaction.on_commit(lambda: wake(message_id), robust=True)


def wake(message_id: int) -> None:
    """Ask for the message to be sent now. Never raises."""
    global _silent_until  # noqa: PLW0603 - one moment per process
    if time.monotonic() < _silent_until:
        return
    from notifications.tasks import deliver_one

    try:
        options = {**current_app.conf.broker_transport_options, **_OPTIONS}
        with current_app.connection_for_write(transport_options=options, connect_timeout=PATIENCE_SECONDS) as broker:
            deliver_one.apply_async((message_id,), retry=False, connection=broker)  # type: ignore[call-arg]
    except Exception as error:
        _silent_until = time.monotonic() + QUIET_AFTER_FAILURE_SECONDS
        logger.warning("wake-up: broker not reached (%s), the tick will send", type(error).__name__)
