"""No page that a frightened person may stand on is without somewhere to turn at once."""

import pytest
from django.core.management import call_command
from django.test import Client as Browser
from django.urls import reverse

from tests.factories import modality
from tests.guards.url_table import TABLE

NOT_A_PAGE = {"health": "an answer for machines"}
FOR_PROFESSIONALS = {"therapists:join", "therapists:still_taking"}
BEHIND_A_LINK = {"therapists:still_taking"}
ABOUT_ONE_KIND = {"referrals:kind"}
PAGES = [row[0] for row in TABLE if row[3][0] == 200 and row[0] not in NOT_A_PAGE]


@pytest.mark.django_db
@pytest.mark.parametrize("loaded", [True, False], ids=["with contacts", "with an empty table"])
@pytest.mark.parametrize("name", PAGES)
def test_every_public_page_says_where_to_turn(name: str, loaded: bool) -> None:
    if loaded:
        call_command("load_reference", only=["crisis contacts"], verbosity=0)
    about = [modality().pk] if name in ABOUT_ONE_KIND else ["too-old"] if name in BEHIND_A_LINK else []
    page = Browser().get(reverse(name, args=about)).content.decode()
    assert reverse("core:help_now") in page
    if name in FOR_PROFESSIONALS:
        return
    assert "999" in page
    assert "116 123" in page
    assert "not an emergency service" in page
