from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "notifications"

    def ready(self) -> None:
        from notifications import checks, kinds  # noqa: F401 - registers the checks

        kinds.register()
