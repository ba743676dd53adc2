"""What the documents name exists, and what is generated is current."""

import re
from pathlib import Path

import pytest

from core.management.commands import document_personal_data
from tests.guards.source import ROOT

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")), ROOT / "benchmarks" / "README.md"]
PATH = re.compile(r"`((?:[a-z_]+/)+[A-Za-z0-9_.-]+|[a-z_]+/[a-z_/]+/|[A-Za-z-]+\.(?:md|yml|toml))`")
PICTURE = re.compile(r"!\[[^\]]*\]\(([^)]+)\)")
# Made at set-up or by a run, never in the repository.
MADE = (".local/", "static/build/", "staticfiles/", ".venv/")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_what_a_document_names_exists(page: Path) -> None:
    text = page.read_text()
    paths = {path for path in PATH.findall(text) if not path.startswith(MADE)}
    missing = {path for path in paths if not any((base / path).exists() for base in (ROOT, page.parent, ROOT / "docs"))}
    missing |= {path for path in PICTURE.findall(text) if not (page.parent / path).exists()}
    assert not missing, f"{page.name} names {sorted(missing)}"


def test_personal_data_is_documented_as_declared() -> None:
    assert document_personal_data.PAGE.read_text() == document_personal_data.page()
