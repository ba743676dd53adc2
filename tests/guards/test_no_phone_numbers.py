"""A helpline's number stands in a dated row, never in code: past its check date a row gives way, a sentence does not.

Short numbers (999, 111, 116 123, 85258, 18001) are no match for the pattern: they are the emergency's and the general
help's own, and core.crisis keeps 999 and Samaritans on purpose.
"""

import re
from pathlib import Path

import pytest

from tests.guards.source import APPS, ROOT, python_files, relative

# Between two digits of one number: nothing, or one space, dash, no-break space or its entity.
GAP = r"(?:[ \u00a0\u2011-]|&nbsp;)?"
NUMBER = re.compile(
    rf"(?<![\w.])(?:0{GAP}8{GAP}0{GAP}[08](?:{GAP}\d){{4,7}}|0{GAP}[12378](?:{GAP}\d){{8,9}}|(?:\+|00)44(?:{GAP}\d){{9,10}})(?!\w)"
)
# Ofcom keeps this range for drama: nobody can be called there. The demo's people and the hints of fields use it.
FICTION = re.compile(r"^(?:0|\+44|0044)7700900")
ALLOWED = {
    ("core/one_time_codes.py", "0123456789"): "the ten digits, to tell a digit from any other character",
    ("referrals/forms/contact.py", "0123456789"): "the ten digits, to tell a digit from any other character",
}
FILES = [
    *python_files(*APPS),
    *(path for folder in ("templates", *APPS) for path in sorted((ROOT / folder).rglob("*.html"))),
    *(path for folder in ("templates", *APPS) for path in sorted((ROOT / folder).rglob("*.txt"))),
]


def numbers(text: str) -> list[str]:
    plain = (re.sub(r"&nbsp;|[^\d+]", "", found.group()) for found in NUMBER.finditer(text))
    return [number for number in plain if not FICTION.match(number)]


def test_no_helpline_stands_in_code_or_template() -> None:
    found = [(relative(path), number) for path in FILES for number in numbers(path.read_text(encoding="utf-8"))]
    assert not set(found) - set(ALLOWED), "make it a row of core.models.CrisisContact"
    assert set(ALLOWED) <= set(found), "an exception nobody needs any more"


def test_the_guard_reads_the_pages() -> None:
    assert {ROOT / "templates/referrals/under_18.html", ROOT / "referrals/presenters/information.py"} <= set(FILES)
    assert all(isinstance(path, Path) and "migrations" not in path.parts for path in FILES)


@pytest.mark.parametrize(
    "text",
    [
        "call 0800 1111.",
        '"tel:08001111"',
        "0808 2000 247",
        "0808&nbsp;801&nbsp;0677",
        "0808-801-0327",
        "0800 83 85 87",
        "0300 123 3393",
        "020 7946 0000",
        "07860 039967",
        "+44 20 7946 0000",
    ],
)
def test_the_guard_sees_each_form(text: str) -> None:
    assert numbers(text)


@pytest.mark.parametrize(
    "text",
    [
        "999",
        "111",
        "116 123",
        "Text SHOUT to 85258",
        "18001 999",
        "07700 900 123",
        "+44 7700 900123",
        "2026-11-22",
        "0.0800123456",
    ],
)
def test_the_guard_leaves_the_rest_alone(text: str) -> None:
    assert not numbers(text)
