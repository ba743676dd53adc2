"""A passkey as the second step, with a real browser and its virtual authenticator."""

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.urls import reverse

from core.choices import Role
from tests.factories import make_user

pytestmark = pytest.mark.django_db(transaction=True)
PASSWORD = "violet tractor umbrella"
KEY = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def therapist():
    cache.clear()
    user = make_user(Role.THERAPIST, name="Ben Okafor", email="ben@example.org")
    user.set_password(PASSWORD)
    user.save()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


@pytest.fixture
def page(open_page):
    page = open_page()
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})
    return page


def test_a_passkey_is_set_up_and_then_signs_in_alone(live_server, page, therapist):
    home = live_server.url + reverse("therapists:onboarding")
    page.goto(live_server.url + "/account/login/")
    page.fill("[name=login]", therapist.email)
    page.fill("[name=password]", PASSWORD)
    with page.expect_navigation():
        page.locator("main form button[type=submit]").first.click()
    assert page.url.endswith("/account/2fa/"), "whoever holds a role is led to the second step"

    page.goto(live_server.url + reverse("mfa_add_webauthn"))
    page.fill("[name=name]", "My phone")
    page.check("[name=passwordless]")
    with page.expect_navigation():
        page.locator("#mfa_webauthn_add").click()
    assert Authenticator.objects.filter(user=therapist, type="webauthn").count() == 1
    page.goto(home)
    assert page.url == home

    page.goto(live_server.url + "/account/logout/")
    with page.expect_navigation():
        page.locator("main form button[type=submit]").first.click()
    page.goto(home)
    assert "/account/login/" in page.url
    with page.expect_navigation(url=home):
        page.locator("#passkey_login").click()
    assert page.url == home
