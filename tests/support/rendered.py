"""Collects which templates a run rendered. With --all-templates the run fails when one was rendered by no test."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test.signals import template_rendered

_rendered: set[str] = set()

# Never rendered by Django itself: the web server serves it as it stands when everything else has failed.
ALLOWED: dict[str, str] = {}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--all-templates", action="store_true", help="fail when a template was rendered by no test")


def _note(sender: Any, template: Any, **kwargs: Any) -> None:
    if template.name:
        # A plain string: a name out of a template is a SafeString, which a worker process cannot send.
        _rendered.add(str.__str__(template.name))


def pytest_configure(config: pytest.Config) -> None:
    template_rendered.connect(_note, weak=False)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    _rendered.update(getattr(node, "workeroutput", {}).get("templates", []))


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["templates"] = sorted(_rendered)
    elif session.config.getoption("--all-templates") and exitstatus == 0:
        missing = unrendered()
        if missing:
            print(f"\nTemplates that no test renders: {missing}")
            session.exitstatus = 1


def unrendered() -> list[str]:
    root = Path(settings.BASE_DIR) / "templates"
    names = {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}
    return sorted(names - _rendered - set(ALLOWED))
