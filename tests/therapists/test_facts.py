"""What is known about kinds of therapy: sourced, plain, loaded as often as one likes, an administrator's edit kept."""

import csv

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.urls import reverse

from core.models import AuditEntry
from tests.support.sign_in import signed_in
from therapists.models import Issue, Modality, ModalityFact, ModalityIssue
from therapists.reference import facts, loaders
from therapists.selectors.kinds import TRAITS, kinds

FACTS, ISSUES = "modality_facts", "modality_issues"
# Words that promise more than anybody can know.
PROMISES = ("cure", "proven", "guarantee", "best", "always works", "will help")


def test_every_kind_has_a_row_and_every_row_a_source() -> None:
    rows = loaders.read_rows(FACTS)
    assert sorted(row["modality"] for row in rows) == sorted(row["slug"] for row in loaders.read_rows("modalities"))
    for row in [*rows, *loaders.read_rows(ISSUES)]:
        assert len(row["source"]) > 10, row


def test_words_are_plain_and_promise_nothing() -> None:
    for row in loaders.read_rows(FACTS):
        for name in facts.TEXTS:
            text = row[name].replace("2024-25, ", "")
            assert not any(word in text.lower() for word in PROMISES), (row["modality"], name)
            for sentence in text.removesuffix(".").split(". "):
                assert len(sentence.split()) <= 36, (row["modality"], sentence)


def test_figures_say_where_and_when_they_are_from() -> None:
    for row in loaders.read_rows(FACTS):
        if "of every 100" in row["evidence"]:
            assert "In the NHS in England in 2024-25" in row["evidence"], row["modality"]
            assert "The groups of people differ" in row["evidence"], row["modality"]
            assert "NHS England" in row["source"], row["modality"]


def test_traits_are_words_the_model_knows() -> None:
    assert facts.TRAITS == TRAITS
    for row in loaders.read_rows(FACTS):
        for trait in TRAITS:
            allowed = set(ModalityFact._meta.get_field(trait).choices or ())
            assert not row[trait] or row[trait] in {value for value, _label in allowed}, (row["modality"], trait)


def test_a_guideline_is_named_with_its_year() -> None:
    named = {(row["modality"], row["issue"]): (row["guideline"], row["year"]) for row in loaders.read_rows(ISSUES)}
    assert {key: value for key, value in named.items() if any(value)} == {
        ("emdr", "ptsd-or-trauma"): ("NG116", "2018"),
        ("tf-cbt", "ptsd-or-trauma"): ("NG116", "2018"),
        ("erp", "ocd"): ("CG31", "2005"),
    }
    with_guideline = [row for row in loaders.read_rows(ISSUES) if row["guideline"]]
    assert all(row["guideline"] in row["source"] and row["year"] in row["source"] for row in with_guideline)


@pytest.mark.django_db
def test_loading_twice_changes_nothing_and_an_edit_stays_until_overwritten() -> None:
    call_command("load_reference", verbosity=0)
    before = list(ModalityFact.objects.order_by("pk").values())
    issues = list(ModalityIssue.objects.order_by("pk").values())
    call_command("load_reference", verbosity=0)
    assert list(ModalityFact.objects.order_by("pk").values()) == before
    assert list(ModalityIssue.objects.order_by("pk").values()) == issues
    ModalityFact.objects.filter(modality__slug="cbt").update(length="About ten meetings.", reviewed_by="Dr Sam")
    call_command("load_reference", verbosity=0)
    cbt = next(kind for kind in kinds() if kind.slug == "cbt")
    assert (cbt.length, cbt.reviewed_by) == ("About ten meetings.", "Dr Sam")
    call_command("load_reference", overwrite=True, verbosity=0)
    assert ModalityFact.objects.get(modality__slug="cbt").length == ""


@pytest.mark.django_db
def test_what_leaves_a_file_is_switched_off_but_an_administrators_own_row_is_not(tmp_path, monkeypatch) -> None:
    call_command("load_reference", verbosity=0)
    own = ModalityIssue.objects.create(
        modality=Modality.objects.get(slug="gestalt"),
        issue=Issue.objects.get(slug="ocd"),
        source="Clinical lead, 3 March",
    )
    copy_without(tmp_path, monkeypatch, FACTS, "modality", "rebt")
    copy_without(tmp_path, monkeypatch, ISSUES, "modality", "erp")
    call_command("load_reference", verbosity=0)
    assert not ModalityFact.objects.get(modality__slug="rebt").active
    assert not ModalityIssue.objects.get(modality__slug="erp").active
    own.refresh_from_db()
    assert own.active


@pytest.mark.django_db
def test_a_row_about_a_kind_nobody_knows_is_refused(tmp_path, monkeypatch) -> None:
    copy_without(tmp_path, monkeypatch, "modalities", "slug", "cbt")
    with pytest.raises(CommandError, match="cbt"):
        call_command("load_reference", verbosity=0)


def copy_without(folder, monkeypatch, name: str, column: str, slug: str) -> None:
    for file in loaders.FOLDER.glob("*.csv"):
        if not (folder / file.name).exists():
            (folder / file.name).write_bytes(file.read_bytes())
    rows = [row for row in loaders.read_rows(name) if row[column] != slug]
    with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    monkeypatch.setattr(loaders, "FOLDER", folder)


@pytest.mark.django_db
def test_the_database_refuses_a_guideline_without_its_year() -> None:
    call_command("load_reference", verbosity=0)
    for change in ({"guideline": "NG1", "year": None}, {"guideline": "", "year": 2020}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ModalityIssue.objects.filter(modality__slug="cft").update(**change)


@pytest.mark.django_db
def test_an_administrator_reviews_a_row_and_it_is_recorded(ada) -> None:
    call_command("load_reference", verbosity=0)
    page = signed_in(ada)
    for name in ("modalityfact", "modalityissue"):
        assert page.get(reverse(f"admin:therapists_{name}_changelist"), {"q": "cbt"}).status_code == 200
    row = ModalityFact.objects.get(modality__slug="emdr")
    form = {name: getattr(row, name) for name in (*facts.TEXTS, *TRAITS, "source")}
    form |= {"modality": row.modality_id, "active": "on", "reviewed_by": "Dr Sam", "checked_on": "2026-11-23"}
    assert page.post(reverse("admin:therapists_modalityfact_change", args=[row.pk]), form).status_code == 302
    row.refresh_from_db()
    assert row.reviewed_by == "Dr Sam"
    entry = AuditEntry.objects.get(verb="reference_change", object_type="modalityfact")
    assert "reviewed_by" in entry.detail["fields"]
    issue = ModalityIssue.objects.get(modality__slug="cft")
    wrong = {"modality": issue.modality_id, "issue": issue.issue_id, "guideline": "NG1", "source": "x", "active": "on"}
    answer = page.post(reverse("admin:therapists_modalityissue_change", args=[issue.pk]), wrong)
    assert answer.status_code == 200
    assert "a_guideline_has_its_year" in answer.content.decode() or "errornote" in answer.content.decode()
