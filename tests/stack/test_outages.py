"""Redis goes away while somebody sends her referral: she gets her reference, and the messages go out afterwards."""

import time
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client as Browser
from django.urls import reverse

from notifications.models import Message
from referrals.models import Referral
from tests.referrals.views.walkers import ready_to_send
from tests.stack.road import DONE, travel_to_working_morning
from tests.support.browser import PHONE, OpenPage
from tests.support.stack import LiveStack
from therapists.models import Therapist

OUTAGE_SECONDS = 5


def send_while_redis_is_away(stack: LiveStack, open_page: OpenPage, ben: Therapist) -> str:
    """Press "Send my referral" with Redis gone; return the words of the page that answers."""
    browser = Browser()
    ready_to_send(browser, ben)
    cookie = browser.cookies[settings.SESSION_COOKIE_NAME]
    page = open_page(PHONE, java_script=False)
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": stack.base_url}])
    page.goto(stack.base_url + reverse("referrals:check"))
    stack.stop_redis()
    gone_at = time.monotonic()
    page.get_by_role("button", name="Send my referral").click()
    page.wait_for_url("**/sent/")
    words = page.locator("main").inner_text()
    time.sleep(max(0, OUTAGE_SECONDS - (time.monotonic() - gone_at)))
    return words


def assert_all_arrive(stack: LiveStack) -> None:
    """Once Redis is back, every message goes out, once each."""
    stack.start_redis()
    stack.wait(lambda: not Message.objects.exclude(state__in=DONE).exists(), "every message sent", seconds=90)
    rows = set(Message.objects.filter(state="sent").values_list("message_id", flat=True))
    arrived = [one.message_id for one in stack.mails()]
    assert len(rows) >= 2, "the client and Ben are both told"
    assert sorted(arrived) == sorted(rows)


def test_redis_away_during_submission(live_stack: LiveStack, open_page: OpenPage, ben: Therapist) -> None:
    travel_to_working_morning(live_stack)
    words = send_while_redis_is_away(live_stack, open_page, ben)
    referral = Referral.objects.get()
    assert referral.reference in words
    assert_all_arrive(live_stack)


@pytest.mark.soak
@pytest.mark.parametrize("outage", range(10))
def test_redis_away_again_and_again(live_stack: LiveStack, open_page: OpenPage, ben: Therapist, outage: int) -> None:
    travel_to_working_morning(live_stack)
    live_stack.travel(timedelta(minutes=outage))
    words = send_while_redis_is_away(live_stack, open_page, ben)
    assert Referral.objects.get().reference in words
    assert_all_arrive(live_stack)
