"""Writes docs/lifecycles.md from the tables, so that the page cannot say anything else than the code does."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from referrals.transitions import LIVES, Life

PAGE = settings.BASE_DIR / "docs" / "lifecycles.md"
INTRODUCTION = """# Lives

Written by `manage.py document_lifecycles` from `referrals/transitions.py`; a test checks that it is current.

Rows are states, columns are what can happen, a cell is the state that follows; an empty cell is refused. After every
answer a referral is first back in `choosing`; if somebody further down the list can be asked, `ask` follows in the same
transaction.
"""


def page() -> str:
    """Return the whole page."""
    return "\n".join([INTRODUCTION, *(_section(life) for life in LIVES)])


def _section(life: Life) -> str:
    rows = [_row(life, state) for state in ("", *life.states)]
    head = f"| | {' | '.join(life.actions)} |\n|{'---|' * (len(life.actions) + 1)}"
    return f"## {life.name.capitalize()}\n\n{head}\n" + "\n".join(rows) + "\n"


def _row(life: Life, state: str) -> str:
    cells = [life.table.get((state, action), "") for action in life.actions]
    return f"| **{state or '(new)'}** | {' | '.join(cells)} |"


class Command(BaseCommand):
    help = "Write docs/lifecycles.md from the tables of what may happen."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="write nothing; fail when the page is not current")

    def handle(self, *args: Any, **options: Any) -> None:
        wanted = page()
        if not options["check"]:
            PAGE.parent.mkdir(exist_ok=True)
            PAGE.write_text(wanted)
        elif not PAGE.exists() or PAGE.read_text() != wanted:
            raise CommandError("docs/lifecycles.md is not current: run manage.py document_lifecycles")
        self.stdout.write("docs/lifecycles.md is current")
