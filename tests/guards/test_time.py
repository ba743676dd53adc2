"""Time comes from core.clock and reaches SQL as a parameter; or web, worker and beat could not travel together."""

import ast
import re
from pathlib import Path

import pytest

from tests.guards.source import APPS, python_files, relative, tree

CLOCK = "core/clock.py"
BANNED_CALLS = {
    ("timezone", "now"),
    ("timezone", "localdate"),
    ("timezone", "localtime"),
    ("datetime", "now"),
    ("datetime", "today"),
    ("datetime", "utcnow"),
    ("date", "today"),
}
BANNED_NAMES = {"Now", "TransactionNow"}
BANNED_KEYWORDS = {"auto_now", "auto_now_add"}
SQL_TIME = re.compile(r"\b(now\(\)|current_timestamp|current_date|clock_timestamp\(\)|statement_timestamp\(\))", re.I)


def offences(module: ast.Module) -> list[str]:
    found = []
    for node in ast.walk(module):
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Attribute):
                owner = getattr(node.func.value, "attr", getattr(node.func.value, "id", ""))
                if (owner, node.func.attr) in BANNED_CALLS:
                    found.append(f"{owner}.{node.func.attr}() at {node.lineno}")
            elif getattr(node.func, "id", "") in BANNED_NAMES:
                found.append(f"{node.func.id}() at {node.lineno}")
            found += [f"{kw.arg} at {node.lineno}" for kw in node.keywords if kw.arg in BANNED_KEYWORDS]
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and SQL_TIME.search(node.value):
            found.append(f"database time in a string at {node.lineno}")
    return found


@pytest.mark.parametrize("path", python_files(*APPS, migrations=True), ids=relative)
def test_nobody_else_tells_the_time(path: Path) -> None:
    if relative(path) == CLOCK:
        return
    assert not offences(tree(path)), f"{relative(path)}: {offences(tree(path))}"


@pytest.mark.parametrize(
    "source",
    [
        "timezone.now()",
        "datetime.datetime.now(UTC)",
        "Now()",
        "models.DateTimeField(auto_now=True)",
        "cursor.execute('select now()')",
    ],
)
def test_the_guard_sees_each_form(source: str) -> None:
    assert offences(ast.parse(source))
