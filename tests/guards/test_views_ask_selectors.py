"""Objects reach a view only through selectors and `visible_to`: a view that asks a manager could forget the scope."""

import ast

import pytest

from tests.guards.source import APPS, python_files, relative, tree

VIEWS = [path for path in python_files(*APPS) if "views" in path.parts or path.name in {"views.py", "api.py"}]


def managers_asked(module: ast.Module) -> list[int]:
    return [node.lineno for node in ast.walk(module) if isinstance(node, ast.Attribute) and node.attr == "objects"]


@pytest.mark.parametrize("path", VIEWS, ids=relative)
def test_no_view_asks_a_manager(path) -> None:
    assert not managers_asked(tree(path)), f"{relative(path)} lines {managers_asked(tree(path))}"


def test_the_guard_sees_one() -> None:
    assert VIEWS
    assert managers_asked(ast.parse("Referral.objects.get(pk=1)"))
