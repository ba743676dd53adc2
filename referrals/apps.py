from django.apps import AppConfig


class ReferralsConfig(AppConfig):
    name = "referrals"

    def ready(self) -> None:
        from django.urls import reverse

        from referrals import kinds, links
        from referrals.messages import client, codes, therapist
        from referrals.reference import safety

        links.register("referral", lambda pk: reverse("referrals:desk_referral", args=[pk]))
        links.register("safety", lambda pk: reverse("referrals:desk_task", args=[pk]))
        kinds.register()
        client.register_all()
        codes.register_all()
        therapist.register_all()
        safety.register()
