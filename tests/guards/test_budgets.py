"""Small files and functions. What does not fit is split, not excused."""

import ast
from pathlib import Path

import pytest

from tests.guards.source import APPS, python_files, relative, tree

FOLDERS = [*APPS, "devtools", "benchmarks"]
FILE_LINES = 400
FUNCTION_LINES = 60


@pytest.mark.parametrize("path", python_files(*FOLDERS), ids=relative)
def test_file_and_functions_stay_small(path: Path) -> None:
    lines = len(path.read_text().splitlines())
    assert lines <= FILE_LINES, f"{relative(path)} has {lines} lines"
    long = {
        node.name: node.end_lineno - node.lineno + 1
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno - node.lineno + 1 > FUNCTION_LINES
    }
    assert not long, f"{relative(path)}: {long}"
