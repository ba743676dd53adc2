"""Two things somebody is found by change at the same moment: she is found by both."""

import pytest
from django.db import transaction

from tests.concurrency.race import Rendezvous, race
from tests.factories import make_location, make_registration, make_therapist
from therapists.models import Registration, SearchEntry
from therapists.services import search

pytestmark = pytest.mark.django_db(transaction=True)


def change_both(monkeypatch, *, locked: bool) -> list[str]:
    """One links a registration under another name, one adds a room; each has read what is there before it writes."""
    therapist, other = make_therapist(display_name="Ann Leigh"), make_registration(name="Ann Quill")
    search.search_entries_refresh(therapist_ids=[therapist.pk])
    meet, really = Rendezvous(), search._entries

    def entries(ids):
        found = list(really(ids))
        meet()
        return found

    def unlocked(ids):
        return {entry.pk: (entry.words, entry.sort_name) for entry in SearchEntry.objects.filter(pk__in=ids)}

    monkeypatch.setattr(search, "_entries", entries)
    if not locked:
        monkeypatch.setattr(search, "_locked", unlocked)

    def link():
        with transaction.atomic():
            Registration.objects.filter(pk=other.pk).update(therapist=therapist)
            search.search_entries_refresh(therapist_ids=[therapist.pk])

    def move():
        with transaction.atomic():
            make_location(therapist, town="Whitby")
            search.search_entries_refresh(therapist_ids=[therapist.pk])

    assert race(link, move) == [None, None]
    return SearchEntry.objects.get(pk=therapist.pk).words


def test_she_is_found_by_both(monkeypatch):
    assert {"quill", "@whitby"} <= set(change_both(monkeypatch, locked=True))


def test_negative_control_without_the_lock_one_is_lost(monkeypatch):
    assert not {"quill", "@whitby"} <= set(change_both(monkeypatch, locked=False))
