from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "core"

    def ready(self) -> None:
        from core import bank_holidays, checks  # noqa: F401 - importing registers the checks
        from core.reference import data

        data.register()
        bank_holidays.register()
