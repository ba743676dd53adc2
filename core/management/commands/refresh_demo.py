from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core import demo


class Command(BaseCommand):
    help = "Keep the demonstration alive: its therapists confirm again, its registrations stay in date."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            demo.refresh()
        except demo.DemoRefused as refusal:
            raise CommandError(str(refusal)) from refusal
