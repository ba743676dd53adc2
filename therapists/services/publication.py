"""Publishing a profile: her word that it is complete and true."""

from django.db import transaction
from django.utils.translation import gettext as _

from core.actors import Actor
from therapists.locks import lock_therapists
from therapists.models import Therapist
from therapists.selectors.own import sections_missing
from therapists.services.listing import profile_publish
from therapists.services.profile import ProfileRefused


def own_profile_publish(*, therapist: Therapist, actor: Actor) -> None:
    """Publish a complete profile, which also confirms that she takes people.

    Raises ProfileRefused naming the pages that are still needed.
    """
    with transaction.atomic():
        row = lock_therapists([therapist.pk])[therapist.pk]
        missing = [str(section.title) for section in sections_missing(row)]
        if missing:
            raise ProfileRefused(_("Still needed: %(pages)s.") % {"pages": "; ".join(missing)})
        profile_publish(therapist_id=row.pk, actor=actor)
