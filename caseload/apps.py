from django.apps import AppConfig


class CaseloadConfig(AppConfig):
    name = "caseload"

    def ready(self) -> None:
        from django.urls import reverse
        from django.utils.translation import gettext_lazy as _

        from core import nav
        from referrals import links

        links.register("today", lambda _: reverse("caseload:today"))
        links.register("request", lambda pk: reverse("caseload:request", args=[pk]))
        links.register("placement", lambda pk: reverse("caseload:placement", args=[pk]))
        links.register("list_ask", lambda pk: reverse("caseload:list_entry", args=[pk]))
        links.register("waiting_list", lambda _: reverse("caseload:waiting_list"))
        links.register("still_yes", lambda _: reverse("caseload:still_yes"))
        nav.register(label=_("Today"), url_name="caseload:today", roles={"therapist"}, order=10)
        nav.register(label=_("People"), url_name="caseload:people", roles={"therapist"}, order=20)
        nav.register(label=_("Waiting list"), url_name="caseload:waiting_list", roles={"therapist"}, order=25)
