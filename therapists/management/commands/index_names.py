"""Bring what therapists are found by in step with their names: after an upgrade, or when in doubt."""

from typing import Any

from django.core.management.base import BaseCommand

from therapists.services.search import search_reindex


class Command(BaseCommand):
    help = "Build the search for one person anew where it differs from names, towns and registrations."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{search_reindex():,} entries were not in step")
