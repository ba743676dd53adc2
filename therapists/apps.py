from django.apps import AppConfig


class TherapistsConfig(AppConfig):
    name = "therapists"

    def ready(self) -> None:
        from therapists import kinds
        from therapists.reference import loaders

        loaders.register()
        kinds.register()
