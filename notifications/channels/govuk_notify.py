"""Text messages through GOV.UK Notify, for bodies entitled to it.

The template is one placeholder, ((message)). Our Message-ID is the `reference`, by which a text is found again.
"""

import contextlib
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from notifications_python_client.errors import APIError, InvalidResponse
from notifications_python_client.notifications import NotificationsAPIClient

from notifications.channels.base import NeverDelivered, Receipt, TryAgain
from notifications.channels.sms import SmsBackendWithReceipts

# `sent` is the last that is ever known of numbers abroad.
ARRIVED = {"delivered", "sent"}
# Temporary: the provider tried for three days and gave up.
FAILED = {"permanent-failure", "temporary-failure", "technical-failure"}


class GovUkNotify(SmsBackendWithReceipts):
    """Settings: NOTIFY_API_KEY, NOTIFY_SMS_TEMPLATE_ID, NOTIFY_BASE_URL, NOTIFY_TIMEOUT."""

    def send(self, *, to: str, text: str, reference: str, repeated: bool) -> None:
        """Send one text, once. Raises TryAgain or NeverDelivered."""
        with _client() as client:
            # Texts that failed are sent again: somebody has corrected the number, or decided to try once more.
            if repeated and any(status not in FAILED for status in _statuses(client, reference)):
                return
            client.send_sms_notification(
                phone_number=to,
                template_id=settings.NOTIFY_SMS_TEMPLATE_ID,
                personalisation={"message": text},
                reference=reference,
            )

    def receipt(self, *, reference: str) -> Receipt:
        """Return what is known; a text sent again counts by its last life. Raises TryAgain."""
        with _client() as client:
            statuses = _statuses(client, reference)
        if ARRIVED.intersection(statuses):
            return Receipt(arrived=True)
        on_its_way = [status for status in statuses if status not in FAILED]
        return Receipt(failure="" if on_its_way or not statuses else f"notify-{statuses[0]}")


def _statuses(client: NotificationsAPIClient, reference: str) -> list[str]:
    """Return the states of all texts with this reference, the newest first."""
    answer: Any = client.get_all_notifications(template_type="sms", reference=reference)
    try:
        return [str(one["status"]) for one in answer["notifications"]]
    except (KeyError, TypeError) as error:
        raise TryAgain("notify-unreadable", whole_channel=True) from error


@contextlib.contextmanager
def _client() -> Iterator[NotificationsAPIClient]:
    """A client of one's own, because it is not to be shared between threads; its errors are turned into ours."""
    client = NotificationsAPIClient(
        settings.NOTIFY_API_KEY, base_url=settings.NOTIFY_BASE_URL, timeout=settings.NOTIFY_TIMEOUT
    )
    try:
        yield client
    except InvalidResponse as error:
        raise TryAgain("notify-unreadable", whole_channel=True) from error
    except APIError as error:
        # Its words may hold the number, so only the code is kept. No answer at all: it may have the text or not.
        if error.response is None:
            raise TryAgain("notify-unreachable", whole_channel=True) from error
        if error.status_code == 400:
            raise NeverDelivered("notify-400") from error
        raise TryAgain(f"notify-{error.status_code}", whole_channel=True) from error
    finally:
        client.request_session.close()
