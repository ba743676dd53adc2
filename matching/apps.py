from django.apps import AppConfig


class MatchingConfig(AppConfig):
    name = "matching"

    def ready(self) -> None:
        from core.demo import register_seeder
        from matching import demo, weights

        weights.register()
        register_seeder("forecasts", demo.seed)
