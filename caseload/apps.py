from django.apps import AppConfig


class CaseloadConfig(AppConfig):
    name = "caseload"

    def ready(self) -> None:
        from django.urls import reverse

        from referrals import links

        links.register("today", lambda _: reverse("caseload:today"))
        links.register("request", lambda pk: reverse("caseload:request", args=[pk]))
        links.register("placement", lambda pk: reverse("caseload:placement", args=[pk]))
