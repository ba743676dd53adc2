"""One import direction, in all five forms in which one app can depend on another.

Import linters see only the first: string foreign keys, apps.get_model, table names in SQL and reverse relations couple
just as firmly.
"""

import ast
import re
from pathlib import Path

import pytest
from django.apps import apps

from tests.guards.source import APPS, LAYERS, ROOT, level, may_use, python_files, relative, tree

RELATION_KEYWORD = re.compile(r"^([a-z_]+?)(__[a-z_0-9]+)*$")


def imported_apps(module: ast.Module) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(module):
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.split(".")[0])
        elif isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
    return found & set(APPS)


def string_references(module: ast.Module) -> set[str]:
    """Apps named in "app.Model" strings: foreign keys and apps.get_model("app.Model") or ("app", "Model")."""
    found = set()
    for node in ast.walk(module):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        strings = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
        if name == "get_model" and strings:
            found.add(strings[0].split(".")[0])
        if name in {"ForeignKey", "OneToOneField", "ManyToManyField"}:
            found |= {text.split(".")[0] for text in strings if "." in text}
    return found & set(APPS)


def tables() -> dict[str, str]:
    return {
        model._meta.db_table: model._meta.app_label
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label in APPS
    }


def tables_named(module: ast.Module) -> set[str]:
    known = tables()
    texts = [n.value for n in ast.walk(module) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
    words = {word for text in texts for word in re.findall(r"[a-z]+_[a-z_]+", text)}
    return {known[word] for word in words & set(known)}


def reverse_names() -> dict[str, set[tuple[str, str]]]:
    """Accessor or query name -> pairs (app of the model it stands on, app of the model it leads to), upwards only."""
    names: dict[str, set[tuple[str, str]]] = {}
    for model in apps.get_models():
        owner = model._meta.app_label
        for relation in model._meta.related_objects:
            other = relation.related_model._meta.app_label
            if owner in APPS and other in APPS and not may_use(owner, other):
                for name in {relation.get_accessor_name(), relation.name} - {None}:
                    names.setdefault(name, set()).add((owner, other))
    return names


def reverse_uses(module: ast.Module, app: str) -> set[str]:
    """Apps reached from `app` upwards, by attribute or by keyword in a query."""
    names = reverse_names()
    used: set[str] = set()
    for node in ast.walk(module):
        words: list[str] = []
        if isinstance(node, ast.Attribute):
            words = [node.attr]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            words = [kw.arg.split("__")[0] for kw in node.keywords if kw.arg]
            if node.func.attr in {"select_related", "prefetch_related", "values", "values_list", "filter", "exclude"}:
                words += [
                    a.value.split("__")[0]
                    for a in node.args
                    if isinstance(a, ast.Constant) and isinstance(a.value, str)
                ]
        for word in words:
            used |= {other for _, other in names.get(word, set()) if not may_use(app, other)}
    return used


def references(path: Path, app: str) -> set[str]:
    module = tree(path)
    return imported_apps(module) | string_references(module) | tables_named(module) | _plain_reverse(module, app)


def _plain_reverse(module: ast.Module, app: str) -> set[str]:
    """Reverse names are common words ("claims"), so only those that lead out of this app's own models count."""
    own = {name for name, pairs in reverse_names().items() if any(owner == app for owner, _ in pairs)}
    return reverse_uses(module, app) if own else set()


def _app_files() -> list[tuple[str, Path]]:
    return [(app, path) for app in APPS for path in python_files(app)]


@pytest.mark.parametrize(
    ("app", "path"), _app_files(), ids=lambda value: relative(value) if isinstance(value, Path) else value
)
def test_an_app_uses_only_what_stands_left_of_it(app: str, path: Path) -> None:
    wrong = {other for other in references(path, app) if not may_use(app, other)}
    assert not wrong, f"{relative(path)} reaches up or sideways into {sorted(wrong)}"


def test_every_app_has_a_place_in_the_order() -> None:
    local = {path.name for path in ROOT.iterdir() if (path / "apps.py").exists()}
    assert local <= {app for layer in LAYERS for app in layer}


@pytest.mark.parametrize(
    ("source", "form"),
    [
        ("from referrals.models import Offer", imported_apps),
        ('models.ForeignKey("referrals.Offer", on_delete=1)', string_references),
        ('apps.get_model("referrals", "Offer")', string_references),
        ('cursor.execute("select 1 from referrals_offer")', tables_named),
    ],
)
def test_the_guard_sees_each_form(source: str, form) -> None:
    assert form(ast.parse(source)) == {"referrals"}


def test_the_guard_sees_a_reverse_relation() -> None:
    assert reverse_uses(ast.parse("Therapist.objects.filter(offers__state=1)"), "therapists") == {"referrals"}
    assert level("therapists") == level("clients")
    assert not may_use("therapists", "clients")
