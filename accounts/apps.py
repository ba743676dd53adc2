from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from accounts import demo, messages, receivers  # noqa: F401 - importing connects the receivers
        from core.demo import register_seeder

        messages.register_topics()
        register_seeder("accounts", demo.seed_cast, refresher=demo.refresh_rota)
