"""Seeders of the demonstration. Each app registers its own in AppConfig.ready; `seed_demo` runs them by layer.

A seeder adds made-up people and nothing else. A refresher keeps the demonstration alive: weeks later its therapists
would all have stopped being listed, because none of them confirms.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from django.conf import settings


class DemoRefused(Exception):
    """Made-up people must never mix with real ones."""


@dataclass(frozen=True)
class Plan:
    """How many therapists, from which random seed, and where progress is told."""

    therapists: int
    seed: int
    tell: Callable[[str], None] = field(default=lambda words: None)


class Seeder(Protocol):
    def __call__(self, plan: Plan) -> None: ...


_seeders: dict[str, Seeder] = {}
_refreshers: dict[str, Callable[[], None]] = {}


def register_seeder(name: str, seeder: Seeder, *, refresher: Callable[[], None] | None = None) -> None:
    """Add an app's seeder, and what keeps its rows alive at later starts."""
    _seeders[name] = seeder
    if refresher:
        _refreshers[name] = refresher


def refuse_outside_demonstrations() -> None:
    """Raise DemoRefused unless the settings are those of a local run or a test."""
    if not getattr(settings, "LOCAL_PAGES", False):
        raise DemoRefused("The demonstration is only for local runs: these settings do not allow it.")


def seed(plan: Plan) -> None:
    """Run every seeder. Raises DemoRefused."""
    refuse_outside_demonstrations()
    for seeder in _seeders.values():
        seeder(plan)


def refresh() -> None:
    """Run every refresher. Raises DemoRefused."""
    refuse_outside_demonstrations()
    for refresher in _refreshers.values():
        refresher()
