from django.apps import AppConfig


class TherapistsConfig(AppConfig):
    name = "therapists"

    def ready(self) -> None:
        from core.demo import register_seeder
        from therapists import kinds, messages
        from therapists.demo import cast
        from therapists.reference import loaders

        loaders.register()
        kinds.register()
        messages.register()
        register_seeder("therapists", cast.seed, refresher=cast.refresh)
