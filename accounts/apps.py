from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from accounts import demo
        from core.demo import register_seeder

        register_seeder("accounts", demo.seed_cast, refresher=demo.refresh_rota)
