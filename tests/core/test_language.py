"""Welsh: the compiled catalogue is the written one, keeps every placeholder, and reaches the page."""

import ast
import gettext
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse

FOLDER = Path(settings.BASE_DIR) / "locale" / "cy" / "LC_MESSAGES"
ENTRY = re.compile(r'^msgid (".*")\nmsgstr (".*")$', re.MULTILINE)
PLACE = re.compile(r"%\(\w+\)[sd]|%s")


def written():
    pairs = ENTRY.findall((FOLDER / "django.po").read_text(encoding="utf-8"))
    return {ast.literal_eval(key): ast.literal_eval(value) for key, value in pairs if value != '""'}


def test_the_compiled_catalogue_is_the_written_one():
    with (FOLDER / "django.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    assert len(written()) > 100
    stale = [key for key, value in written().items() if compiled.gettext(key) != value]
    assert not stale, f"`make assets` compiles the catalogue: {stale}"


def test_no_translation_loses_a_placeholder():
    for key, value in written().items():
        assert sorted(PLACE.findall(key)) == sorted(PLACE.findall(value)), key


@pytest.mark.django_db
def test_a_reader_of_welsh_gets_welsh(client):
    answer = client.post(reverse("core:language"), {"language": "cy", "next": reverse("core:help_now")}, follow=True)
    page = answer.content.decode()
    assert '<html lang="cy">' in page and "Angen help nawr?" in page and "Gadael y dudalen hon" in page
    assert "999" in page and "116 123" in page


@pytest.mark.django_db
@pytest.mark.parametrize("target", ["https://elsewhere.example/", "//elsewhere.example/"])
def test_changing_the_language_never_leads_elsewhere(client, target):
    answer = client.post(reverse("core:language"), {"language": "cy", "next": target})
    assert "elsewhere" not in answer["Location"]
