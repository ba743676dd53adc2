"""Administrators edit reference data through services: recorded, with the places in the masks out of reach."""

import pytest
from django.urls import reverse

from core import clock
from core.models import AuditEntry
from tests.factories import make_register, modality
from tests.support.sign_in import signed_in
from therapists.models import Family, ImportProblem, ImportRun, Modality, Register, SessionFormat
from therapists.services.reference import widest

pytestmark = pytest.mark.django_db
PLAIN = ("family", "language", "sessionformat", "accessoption", "modality", "issue", "clientgroup", "identitytag")


@pytest.fixture
def admin_page(ada):
    return signed_in(ada)


@pytest.mark.parametrize("name", [*PLAIN, "funder", "register", "importrun", "importproblem"])
def test_every_list_opens_searches_and_offers_no_delete(admin_page, name):
    page = admin_page.get(reverse(f"admin:therapists_{name}_changelist"), {"q": "abc"})
    assert page.status_code == 200
    assert "delete_selected" not in page.content.decode()


def fields(row, **changes):
    values = {"name": row.name, "family": row.family_id, "description": row.description, "position": 5, "active": "on"}
    return {**values, "source": row.source, "checked_on": "", **changes}


def test_a_change_is_recorded_and_cannot_move_bit_or_slug(admin_page, ada):
    row = modality()
    address = reverse("admin:therapists_modality_change", args=[row.pk])
    assert admin_page.post(address, fields(row, name="New name", bit=40, slug="other")).status_code == 302
    changed = Modality.objects.get(pk=row.pk)
    assert (changed.name, changed.bit, changed.slug) == ("New name", row.bit, row.slug)
    entry = AuditEntry.objects.get(verb="reference_change")
    assert (entry.actor_id, entry.object_type, entry.object_id) == (str(ada.pk), "modality", str(row.pk))
    assert "name" in entry.detail["fields"]


def test_a_new_row_takes_the_highest_free_place(admin_page):
    row = modality()
    address = reverse("admin:therapists_modality_add")
    for slug in ("mine", "mine-too"):
        assert admin_page.post(address, fields(row, slug=slug)).status_code == 302
    bits = dict(Modality.objects.filter(slug__startswith="mine").values_list("slug", "bit"))
    assert bits == {"mine": 61, "mine-too": 60}


def test_a_full_list_is_refused_in_words(admin_page):
    rows = [SessionFormat(slug=f"f{bit}", name=f"F {bit}", bit=bit) for bit in range(widest(SessionFormat))]
    SessionFormat.objects.bulk_create(rows)
    new = {"slug": "one-more", "name": "x", "position": 1, "active": "on"}
    page = admin_page.post(reverse("admin:therapists_sessionformat_add"), new)
    assert "This list is full" in page.content.decode()
    assert SessionFormat.objects.count() == widest(SessionFormat)


def register_fields(row, **changes):
    values = {"name": row.name, "short_name": row.short_name, "accreditation": row.accreditation}
    dates = {"accredited_from": "2013-01-01", "accredited_until": "", "checked_on": ""}
    return {**values, **dates, "grades": "[]", "active": "on", "reason": "", **changes}


def test_an_accreditation_changes_only_with_a_reason_and_is_recorded(admin_page):
    row = make_register()
    address = reverse("admin:therapists_register_change", args=[row.pk])
    page = admin_page.post(address, register_fields(row, accreditation="suspended"))
    assert "Give a reason" in page.content.decode()
    assert Register.objects.get().accreditation == "valid"
    answer = admin_page.post(address, register_fields(row, accreditation="suspended", reason="notice of 3 March"))
    assert answer.status_code == 302
    assert Register.objects.get().accreditation == "suspended"
    entry = AuditEntry.objects.get(verb="register_accreditation_set")
    assert (entry.reason, entry.detail["before"]) == ("notice of 3 March", "valid")


def test_an_accreditation_that_ends_before_it_begins_is_refused_in_words(admin_page):
    row = make_register()
    address = reverse("admin:therapists_register_change", args=[row.pk])
    page = admin_page.post(address, register_fields(row, accredited_until="2012-01-01", reason="x"))
    assert "cannot end before it begins" in page.content.decode()


def test_imports_can_be_read_and_not_changed(admin_page):
    run = ImportRun.objects.create(
        register=make_register(), file_name="a.csv", file_sha256="", started_at=clock.now(), actor_label="Dev"
    )
    problem = ImportProblem.objects.create(run=run, row=7, column="name", value="=1", problem="is bad")
    for name, pk in (("importrun", run.pk), ("importproblem", problem.pk)):
        address = reverse(f"admin:therapists_{name}_change", args=[pk])
        assert admin_page.get(address).status_code == 200
        assert admin_page.post(address, {"file_name": "b.csv"}).status_code == 403
        assert admin_page.get(reverse(f"admin:therapists_{name}_add")).status_code == 403


def test_nothing_is_deleted(admin_page):
    row = Family.objects.create(slug="x", name="X", bit=0)
    assert admin_page.post(reverse("admin:therapists_family_delete", args=[row.pk]), {"post": "yes"}).status_code == 403
