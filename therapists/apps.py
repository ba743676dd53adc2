from django.apps import AppConfig


class TherapistsConfig(AppConfig):
    name = "therapists"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from core import nav
        from core.demo import register_seeder
        from therapists import kinds, messages
        from therapists.demo import cast
        from therapists.reference import facts, loaders

        loaders.register()
        facts.register()
        kinds.register()
        messages.register()
        register_seeder("therapists", cast.seed, refresher=cast.refresh)
        nav.register(label=_("Places"), url_name="therapists:places", roles={"therapist"}, order=30)
        nav.register(label=_("Profile"), url_name="therapists:profile", roles={"therapist"}, order=40)
        checkers = {"coordinator", "administrator"}
        nav.register(label=_("Registrations"), url_name="therapists:desk_find", roles=checkers, order=70)
