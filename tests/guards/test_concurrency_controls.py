"""A concurrency test that cannot fail proves nothing: each file shows the same race going wrong without its guard."""

import pytest

from tests.guards.source import ROOT

FILES = sorted((ROOT / "tests" / "concurrency").glob("test_*.py"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_each_race_has_a_negative_control(path) -> None:
    words = path.read_text().replace("_", " ").lower()
    assert "negative control" in words, f"{path.name} has no negative control"


def test_there_are_races() -> None:
    assert FILES
