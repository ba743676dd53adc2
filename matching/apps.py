from django.apps import AppConfig
from django.db.models.signals import post_migrate


class MatchingConfig(AppConfig):
    name = "matching"

    def ready(self) -> None:
        from core.demo import register_seeder
        from matching import demo, functions, waits, weights
        from matching.exposure.demo import seed_exposure
        from matching.forecast.recorded import LEAST_ENDINGS
        from therapists.waits import Teller, register

        weights.register()
        register_seeder("forecasts", demo.seed)
        register_seeder("exposure", seed_exposure)
        register(Teller(waits.own_words, LEAST_ENDINGS))
        post_migrate.connect(functions.ensure, sender=self)
