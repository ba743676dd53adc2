"""Somebody who may need more is spoken with before anybody else is asked: on her pages too, from an old tab too."""

import pytest
from django.urls import reverse

from core.policy import CLIENT_SESSION_KEY
from referrals import codes
from referrals.models import Offer
from referrals.services.requests import request_decline
from referrals.sessions import EDIT_KEY
from tests.referrals.given import actor_of, open_offer, sent

pytestmark = pytest.mark.django_db
MINE = reverse("referrals:my_referral")


@pytest.fixture
def waiting(client, ben, cara):
    referral = sent(ben, cara)
    session = client.session
    session[CLIENT_SESSION_KEY] = referral.pk
    session[EDIT_KEY] = [cara.pk]
    session.save()
    request_decline(offer=open_offer(referral), code=codes.NEEDS_MORE, actor=actor_of(ben))
    return referral


def test_the_page_says_who_calls_and_offers_nothing_to_choose(client, waiting):
    page = client.get(MINE).content.decode()
    assert "Someone will call you by" in page
    assert "Choose who to ask" not in page and "Change my choices" not in page


@pytest.mark.parametrize("act", ["change_choices", "save_choices"])
def test_an_old_tab_is_refused_kindly(client, waiting, act):
    assert client.post(reverse(f"referrals:{act}")).url == MINE
    page = client.get(MINE).content.decode()
    words = "would like to speak with you" if act == "save_choices" else "Here is what happens now"
    assert words in page
    assert not Offer.objects.filter(state="open").exists()
