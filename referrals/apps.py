from django.apps import AppConfig


class ReferralsConfig(AppConfig):
    name = "referrals"

    def ready(self) -> None:
        from django.urls import reverse
        from django.utils.translation import gettext_lazy as _

        from core import leave, nav
        from core.demo import register_seeder
        from referrals import demo, demo_lists, kinds, links, sessions
        from referrals.messages import changes, client, codes, desk, lists, therapist, therapist_lists
        from referrals.reference import advice, safety
        from referrals.selectors.queue import queues_of
        from therapists import queue

        links.register("referral", lambda pk: reverse("referrals:desk_referral", args=[pk]))
        links.register("safety", lambda pk: reverse("referrals:desk_task", args=[pk]))
        links.register("pair", lambda pk: reverse("referrals:desk_task_merge", args=[pk]))
        links.register("list", lambda pk: reverse("referrals:desk_waiting_list", args=[pk]))
        leave.forget(*sessions.ALL_KEYS)
        kinds.register()
        queue.register(queues_of)
        client.register_all()
        codes.register_all()
        changes.register_all()
        lists.register_all()
        desk.register_all()
        therapist.register_all()
        therapist_lists.register_all()
        safety.register()
        advice.register()
        register_seeder("referrals", demo.seed)
        register_seeder("waiting lists", demo_lists.seed)
        staff = {"coordinator", "safety_clinician", "administrator"}
        nav.register(label=_("Desk"), url_name="referrals:desk", roles=staff, order=50)
        senders = staff - {"safety_clinician"}
        nav.register(label=_("Messages"), url_name="referrals:desk_messages", roles=senders, order=60)
        nav.register(label=_("Duty rota"), url_name="referrals:desk_rota", roles=staff, order=80)
