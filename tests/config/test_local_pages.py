import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.core.mail import get_connection
from django.core.mail.message import EmailMessage
from django.test import RequestFactory
from django.urls import reverse

from accounts.demo import CAST, seed_cast
from accounts.models import User
from accounts.services.demo import SESSION_KEY, is_demo_session, session_start_for_demo
from core import clock
from core.demo import Plan
from tests.support.browser import DESKTOP, PHONE, no_sideways_scroll

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    seed_cast(Plan(therapists=0, seed=1))


def test_list_is_empty_with_a_hint_before_the_demo_is_made(client):
    assert "seed_demo" in client.get(reverse("local:cast")).text


def test_every_one_of_the_cast_signs_in_with_one_button(client, cast):
    page = client.get(reverse("local:cast")).text
    for member in CAST:
        assert member.name in page
        user = User.objects.get(email=member.email)
        answer = client.post(reverse("local:sign_in", args=[user.pk]))
        assert answer.status_code == 302
        assert client.session["_auth_user_id"] == str(user.pk)
        assert client.session[SESSION_KEY] is True


def test_signing_in_needs_a_button_and_one_of_the_cast(client, cast):
    stranger = User.objects.create_user("somebody@example.org", "x" * 20, name="Somebody")
    assert client.get(reverse("local:sign_in", args=[stranger.pk])).status_code == 405
    assert client.post(reverse("local:sign_in", args=[stranger.pk])).status_code == 404


def test_service_refuses_where_there_are_no_local_pages_and_strangers_everywhere(settings, cast, client):
    request = RequestFactory().post("/")
    request.session = client.session
    ben = User.objects.get(email="ben@example.org")
    stranger = User.objects.create_user("somebody@example.org", "x" * 20, name="Somebody")
    with pytest.raises(PermissionDenied):
        session_start_for_demo(request=request, user=stranger)
    settings.LOCAL_PAGES = False
    with pytest.raises(PermissionDenied):
        session_start_for_demo(request=request, user=ben)
    request.session[SESSION_KEY] = True
    assert is_demo_session(request) is False


def test_sent_mail_is_listed_and_read(client, tmp_path, settings):
    message = EmailMessage("News for you", "Open https://rapport.example/n/abc", "r@example.org", ["ewa@example.org"])
    backend = get_connection("django.core.mail.backends.smtp.EmailBackend")
    assert backend.send_messages([message]) == 1
    page = client.get(reverse("local:mails")).text
    assert "News for you" in page
    key = page.split("/local/mail/")[-1].split("/")[0]
    opened = client.get(reverse("local:mail", args=[key])).text
    assert 'href="https://rapport.example/n/abc"' in opened
    assert "ewa@example.org" in opened


def test_no_mail_yet_says_so_and_a_made_up_key_is_not_found(client, settings, tmp_path):
    settings.MAIL_SINK_FOLDER = str(tmp_path / "none")
    assert "Nothing has been sent yet" in client.get(reverse("local:mails")).text
    assert client.get(reverse("local:mail", args=["no-such-message"])).status_code == 404


def test_clock_moves_forward_and_back(client, settings, tmp_path):
    settings.CLOCK_OFFSET_FILE = str(tmp_path / "offset")
    assert client.post(reverse("local:clock"), {"days": 3, "hours": 2}).status_code == 302
    assert clock.offset() == datetime.timedelta(days=3, hours=2)
    assert "Put the clock back" in client.get(reverse("local:clock")).text
    assert client.post(reverse("local:confirm_again")).status_code == 302
    client.post(reverse("local:clock_reset"))
    assert clock.offset() == datetime.timedelta()


@pytest.mark.parametrize(
    "typed", [{"days": "-1", "hours": "0"}, {"days": "x", "hours": ""}, {"days": "9999", "hours": 1}]
)
def test_nonsense_does_not_move_the_clock_and_is_kept_on_the_page(client, settings, tmp_path, typed):
    settings.CLOCK_OFFSET_FILE = str(tmp_path / "offset")
    page = client.post(reverse("local:clock"), typed)
    assert page.status_code == 200
    assert f'value="{typed["days"]}"' in page.text
    assert clock.offset() == datetime.timedelta()


def test_signed_in_cast_member_is_not_asked_for_a_second_factor(client, cast):
    for member in CAST:
        user = User.objects.get(email=member.email)
        answer = client.post(reverse("local:sign_in", args=[user.pk]), follow=True)
        assert answer.status_code == 200, (member.name, answer.redirect_chain)
        assert "/2fa/" not in answer.request["PATH_INFO"], member.name
    # The last of the cast is the administrator: the second check of the administration is passed too.
    assert client.get(reverse("admin:index")).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_local_pages_read_well_on_phone_and_desk(live_server, open_page, axe, cast):
    for width in (DESKTOP, PHONE):
        for java_script in (True, False):
            page = open_page(width, java_script=java_script)
            for name in ("local:cast", "local:mails", "local:clock"):
                page.goto(live_server.url + reverse(name))
                axe(page)
                assert no_sideways_scroll(page), page.url
