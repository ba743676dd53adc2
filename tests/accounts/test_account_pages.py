"""Sign-in pages in our clothes: every one renders, says what to do, and is usable in a real browser."""

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.urls import reverse

from accounts.models import User
from core.choices import Role
from tests.factories import make_user
from tests.support.browser import follow
from tests.support.sign_in import signed_in

pytestmark = pytest.mark.django_db

VISITOR = [
    ("account_login", "Sign in"),
    ("account_signup", "Create an account"),
    ("account_reset_password", "Password"),
    ("account_email_verification_sent", "Look in your inbox"),
    ("account_inactive", "Inactive"),
]
MEMBER = [
    ("mfa_index", "Your second step"),
    ("mfa_view_recovery_codes", "Recovery codes"),
    ("mfa_generate_recovery_codes", "Recovery"),
    ("mfa_list_webauthn", "Passkeys and security keys"),
    ("mfa_add_webauthn", "Security"),
    ("mfa_deactivate_totp", "Deactivate"),
    ("account_email", "Your email address"),
    ("account_logout", "Sign out?"),
]


@pytest.fixture
def member(db) -> User:
    user = make_user(Role.THERAPIST, name="Ben Okafor", email="ben@example.org")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    TOTP.activate(user, generate_totp_secret())
    RecoveryCodes.activate(user)
    return user


@pytest.mark.parametrize(("name", "words"), VISITOR)
def test_visitors_pages(client, name, words):
    page = client.get(reverse(name)).content.decode()
    assert page.count("<h1") == 1 and words in page
    assert "tel:999" in page and "app-header" in page


@pytest.mark.parametrize(("name", "words"), MEMBER)
def test_members_pages(member, name, words):
    client = signed_in(member)
    answer = client.get(reverse(name))
    page = answer.content.decode()
    assert answer.status_code == 200, answer
    assert page.count("<h1") == 1 and words in page
    assert "Ben Okafor" in page


def test_the_key_for_an_app_stands_beside_its_picture(member):
    Authenticator.objects.filter(user=member).delete()
    client = signed_in(member)
    page = client.get(reverse("mfa_activate_totp")).content.decode()
    assert "data:image/svg+xml" in page and "<code>" in page


def test_keys_are_listed_with_dates_in_words(member):
    data = {"name": "Blue <key>", "credential": {}, "passwordless": True}
    Authenticator.objects.create(user=member, type=Authenticator.Type.WEBAUTHN, data=data)
    client = signed_in(member)
    page = client.get(reverse("mfa_list_webauthn")).content.decode()
    assert "Blue &lt;key&gt;" in page and "Added on" in page and "Not used yet." in page
    assert "You have 1 key." in client.get(reverse("mfa_index")).content.decode()


def test_wrong_sign_in_is_said_once_above_and_keeps_the_address(client, member):
    page = client.post(reverse("account_login"), {"login": "ben@example.org", "password": "wrong"}).content.decode()
    assert "There is a problem" in page and 'value="ben@example.org"' in page
    assert "wrong" not in page, "a password is never sent back"


def test_too_many_tries_get_the_page_that_says_wait(client, member, settings):
    settings.ACCOUNT_RATE_LIMITS = {"reset_password": "1/m/ip"}
    for _try in range(2):
        answer = client.post(reverse("account_reset_password"), {"email": "ben@example.org"})
    assert answer.status_code == 429 and b"Please wait a little" in answer.content and b"tel:999" in answer.content


def test_no_page_of_theirs_carries_a_script_without_a_nonce(member):
    client = signed_in(member)
    for name, _words in [*VISITOR[:1], *MEMBER]:
        page = client.get(reverse(name)).content.decode()
        for tag in page.split("<script")[1:]:
            head = tag.split(">")[0]
            assert "nonce=" in head or 'type="application/json"' in head, f"{name}: {head}"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [1280, 360])
def test_sign_in_pages_in_a_browser(live_server, open_page, axe, width):
    page = open_page(width)
    for name in ("account_login", "account_signup", "account_reset_password"):
        page.goto(live_server.url + reverse(name))
        follow(page.locator("main form button[type=submit]").first)
        assert page.title().startswith("Error: ")
        axe(page)
