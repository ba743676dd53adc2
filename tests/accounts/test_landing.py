"""Where somebody stands after signing in."""

import pytest
from django.urls import reverse

from accounts.models import User
from therapists.models import Therapist

pytestmark = pytest.mark.django_db


def landing(client, user: User) -> str:
    return client.post(reverse("local:sign_in", args=[user.pk])).url


def test_each_role_lands_on_its_own_first_page(client, ben: Therapist, dev: User, sam: User, ada: User) -> None:
    assert ben.user
    assert landing(client, ben.user) == reverse("caseload:today")
    for user in (dev, sam, ada):
        assert landing(client, user) == reverse("referrals:desk")


def test_a_role_without_pages_is_told_so_at_the_front_door(client, amina: User) -> None:
    assert landing(client, amina) == reverse("referrals:start")
    assert "There are no pages for your role yet" in client.get(reverse("referrals:start")).content.decode()
