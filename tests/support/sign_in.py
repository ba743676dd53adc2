"""Signing in as one of the cast, second factor proved, without walking through the pages of sign-in."""

from django.conf import settings
from django.test import Client
from playwright.sync_api import Page

from accounts.models import User
from accounts.services.demo import SESSION_KEY


def signed_in(user: User) -> Client:
    """Return a test client whose session belongs to the user and counts as proved by a second factor."""
    client = Client()
    client.force_login(user)
    session = client.session
    session[SESSION_KEY] = True
    session.save()
    return client


def sign_in_page(page: Page, base_url: str, user: User) -> None:
    """Give a browser page the session of `signed_in`."""
    cookie = signed_in(user).cookies[settings.SESSION_COOKIE_NAME]
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": base_url}])
