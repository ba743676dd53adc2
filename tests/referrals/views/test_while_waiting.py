"""What may help while waiting: for everybody, dated, honest about who has read it, and edited in the admin."""

import datetime

import pytest
from django.core.management import call_command
from django.test import Client as Browser
from django.urls import reverse
from django.utils import translation

from core.models import AuditEntry
from referrals.models import WaitingAdvice
from referrals.reference.advice import PARTS
from tests.referrals.views.test_my_lists import page
from tests.support.sign_in import signed_in

pytestmark = pytest.mark.django_db
ADDRESS = reverse("referrals:while_waiting")


@pytest.fixture
def loaded() -> None:
    call_command("load_reference", verbosity=0, only=["advice for people who wait", "crisis contacts"])


def test_everybody_can_read_it_and_help_stands_first(loaded) -> None:
    said = page(Browser(), ADDRESS)
    assert said.index("116 123") < said.index("If things get worse</a>")
    assert all(f'id="{slug}"' in said for slug, _title, _text in PARTS)
    assert said.count("Last checked on Sunday 22 November. No clinician has reviewed this yet.") == 1


def test_where_parts_differ_each_says_who_read_it(loaded) -> None:
    WaitingAdvice.objects.filter(slug="nights").update(reviewed_by="Dr Sam Fraser")
    said = page(Browser(), ADDRESS)
    assert said.count("No clinician has reviewed this yet.") == len(PARTS) - 1
    assert said.count("Reviewed by Dr Sam Fraser.") == 1


def test_paragraphs_and_lists(loaded) -> None:
    said = page(Browser(), ADDRESS)
    assert "<li>Go outside once, even for five minutes.</li>" in said
    assert "<p>On a bad day, halve the plan. Then halve it again.</p>" in said


def test_empty_it_still_says_where_to_turn() -> None:
    said = page(Browser(), ADDRESS)
    assert "There is nothing here yet." in said and "999" in said


def test_a_reviewer_is_named_and_a_part_switched_off_is_gone(loaded) -> None:
    WaitingAdvice.objects.exclude(slug="nights").update(active=False)
    WaitingAdvice.objects.filter(slug="nights").update(
        reviewed_by="Dr Sam Fraser", checked_on=datetime.date(2026, 11, 1), text="Only this.\n\n<b>x</b>"
    )
    said = page(Browser(), ADDRESS)
    assert "Last checked on Sunday 1 November. Reviewed by Dr Sam Fraser." in said
    assert "&lt;b&gt;x&lt;/b&gt;" in said and "No clinician" not in said and "outside once" not in said


def test_loading_again_leaves_what_somebody_wrote(loaded) -> None:
    WaitingAdvice.objects.filter(slug="nights").update(text="Ours.")
    call_command("load_reference", verbosity=0, only=["advice for people who wait"])
    assert WaitingAdvice.objects.get(slug="nights").text == "Ours."
    assert WaitingAdvice.objects.count() == len(PARTS)


def test_in_welsh_the_shipped_words_go_through_the_catalogue(loaded, monkeypatch) -> None:
    from referrals.presenters import advice

    monkeypatch.setattr(advice, "_", lambda words: f"[cy] {words}" if translation.get_language() == "cy" else words)
    rows = list(WaitingAdvice.objects.filter(slug="nights"))
    with translation.override("cy"):
        part = advice.parts_of(rows)[0]
    assert part.title == "[cy] When you cannot sleep"
    assert part.blocks[0].text.startswith("[cy] Lying awake")


def test_a_change_in_the_admin_is_recorded_and_nothing_is_deleted(loaded, ada) -> None:
    browser, row = signed_in(ada), WaitingAdvice.objects.get(slug="nights")
    address = reverse("admin:referrals_waitingadvice_change", args=[row.pk])
    sent = {
        "slug": row.slug, "title": row.title, "text": "New words.", "position": row.position, "source": "Ours",
        "reviewed_by": "Dr Sam", "checked_on": "2026-11-22", "active": "on",
    }  # fmt: skip
    assert browser.post(address, sent).status_code == 302
    assert WaitingAdvice.objects.get(pk=row.pk).reviewed_by == "Dr Sam"
    assert AuditEntry.objects.filter(verb="reference_change", object_id=str(row.pk)).exists()
    assert browser.get(reverse("admin:referrals_waitingadvice_delete", args=[row.pk])).status_code == 403
