"""The lists people choose from: whole, stable in their bit masks, loaded as often as one likes."""

import csv

import pytest
from django.core.management import CommandError, call_command

from therapists.models import ClientGroup, Family, Issue, Language, Modality, Register, SessionFormat
from therapists.reference import loaders

# The widest mask each list may fill: one signed 64-bit column leaves 62 places, issues have two columns.
WIDEST = {"issues": 124, "access_options": 30, "session_formats": 30}


@pytest.mark.parametrize("name", loaders.LISTS)
def test_bits_are_unique_and_fit_their_mask(name):
    bits = [int(row["bit"]) for row in loaders.read_rows(name)]
    assert len(set(bits)) == len(bits)
    assert min(bits) >= 0
    assert max(bits) < WIDEST.get(name, 62)


@pytest.mark.parametrize("name", [*loaders.LISTS, "registers"])
def test_rows_are_whole(name):
    rows = loaders.read_rows(name)
    key = "code" if name == "registers" else "slug"
    assert len({row[key] for row in rows}) == len(rows)
    assert all(row["name"] and None not in row for row in rows)


@pytest.mark.parametrize("name", ["modalities", "issues", "client_groups", "session_formats", "access_options"])
def test_descriptions_are_short_plain_sentences(name):
    for row in loaders.read_rows(name):
        sentences = [s for s in row["description"].removesuffix(".").split(". ") if s]
        assert 1 <= len(sentences) <= 3, row["slug"]
        assert max(len(sentence.split()) for sentence in sentences) <= 28, row["slug"]


@pytest.mark.django_db
def test_load_reference_brings_everything_and_changes_nothing_the_second_time(capsys):
    call_command("load_reference")
    before = list(Modality.objects.values_list("pk", "bit", "slug", "name"))
    capsys.readouterr()
    call_command("load_reference")
    lines = [line for line in capsys.readouterr().out.splitlines() if not line.startswith(("bank", "postcode"))]
    assert all(": 0 added, 0 changed" in line for line in lines), lines
    assert list(Modality.objects.values_list("pk", "bit", "slug", "name")) == before
    assert len(before) == 47
    assert 68 <= Issue.objects.count() <= 75
    assert set(Language.objects.filter(signed=True).values_list("slug", flat=True)) == {"bfi", "isg"}
    assert ClientGroup.objects.get(slug="young-people-16-17").required
    assert not ClientGroup.objects.get(slug="adults").required
    assert SessionFormat.objects.get(slug="in-person").in_person
    shown = set(Issue.objects.filter(show_information=True).values_list("slug", flat=True))
    assert {"self-harm", "suicidal-thoughts", "eating-problems", "domestic-abuse", "alcohol", "drugs"} <= shown


@pytest.mark.django_db
def test_statutory_registers_are_not_accredited():
    loaders.load_registers(overwrite=False)
    statutory = Register.objects.filter(accreditation=Register.Accreditation.STATUTORY)
    assert set(statutory.values_list("code", flat=True)) == {"HCPC", "GMC", "NMC", "SWE"}
    assert not statutory.filter(accredited_from__isnull=False).exists()
    assert Register.objects.filter(accreditation="valid").count() == 15


@pytest.mark.django_db
def test_an_administrators_edit_stays_until_overwritten():
    call_command("load_reference")
    Modality.objects.filter(slug="cbt").update(name="CBT as we say it")
    call_command("load_reference")
    assert Modality.objects.get(slug="cbt").name == "CBT as we say it"
    call_command("load_reference", overwrite=True)
    assert Modality.objects.get(slug="cbt").name == "Cognitive behavioural therapy (CBT)"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    for file in loaders.FOLDER.glob("*.csv"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    monkeypatch.setattr(loaders, "FOLDER", tmp_path)
    return tmp_path


def rewrite(path, change):
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        rows, columns = [row for row in reader if change(row)], reader.fieldnames
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(rows)


@pytest.mark.django_db
def test_what_leaves_a_file_is_switched_off_but_an_administrators_own_row_is_not(folder):
    call_command("load_reference")
    own = Modality.objects.create(
        slug="own", bit=61, name="Own", family=Family.objects.first(), source="Clinical lead, 3 March"
    )
    rewrite(folder / "modalities.csv", lambda row: row["slug"] != "rebt")
    call_command("load_reference")
    assert not Modality.objects.get(slug="rebt").active
    own.refresh_from_db()
    assert own.active


@pytest.mark.django_db
def test_a_place_in_the_masks_is_never_given_to_another_row(folder):
    call_command("load_reference")

    def take_over(row):
        if row["slug"] == "rebt":
            row["slug"] = "something-new"
        return True

    rewrite(folder / "modalities.csv", take_over)
    with pytest.raises(CommandError, match="something-new belongs to rebt"):
        call_command("load_reference")
    assert not Modality.objects.filter(slug="something-new").exists()
