"""A download never holds a formula, and reads back as it was."""

import csv
from io import StringIO

import pytest

from core.spreadsheets import lines, safe


@pytest.mark.parametrize("text", ["=1+1", "+44 20", "-2", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =HYPERLINK(1)"])
def test_what_would_be_a_formula_is_text(text: str) -> None:
    assert safe(text) == f"'{text}"


@pytest.mark.parametrize("cell", ["Ben", "O'Neill", "", "a=b", "x-y", -2, 3.5, None])
def test_everything_else_stays(cell: object) -> None:
    assert safe(cell) == cell


def test_rows_read_back() -> None:
    text = "".join(lines(["Name", "=Sum"], [['Ben, "B"\nOkafor', -1.5], ["=cmd|' /C calc'!A0", 2]]))
    assert text.startswith("\ufeff")
    rows = list(csv.reader(StringIO(text.removeprefix("\ufeff"))))
    assert rows == [["Name", "'=Sum"], ['Ben, "B"\nOkafor', "-1.5"], ["'=cmd|' /C calc'!A0", "2"]]
