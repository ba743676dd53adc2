"""Reference data people choose from. Rows are dated and edited in the admin; `bit` is the row's place in bit masks."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.choices import Nation
from core.models import ReferenceRow


class Family(ReferenceRow):
    """A family of approaches, such as humanistic or cognitive-behavioural."""

    class Meta(ReferenceRow.Meta):
        verbose_name_plural = _("families")


class Modality(ReferenceRow):
    """A kind of therapy with a description in plain words."""

    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="modalities")

    class Meta(ReferenceRow.Meta):
        verbose_name_plural = _("modalities")


class Issue(ReferenceRow):
    """What brings somebody. `show_information` issues lead to a page of help before sending; they never block."""

    group = models.CharField(max_length=40)
    icd10 = models.CharField(max_length=12, blank=True)
    show_information = models.BooleanField(default=False)


class Language(ReferenceRow):
    """A spoken or signed language; the slug is its BCP 47 tag in lower case."""

    signed = models.BooleanField(default=False)


class ClientGroup(ReferenceRow):
    """People a therapist works with. `required` groups are hard rules when the client belongs to one."""

    required = models.BooleanField(default=False)


class IdentityTag(ReferenceRow):
    """Identity, faith, culture or lived experience that a therapist may choose to state."""

    class Kind(models.TextChoices):
        IDENTITY = "identity", _("Identity")
        FAITH = "faith", _("Faith")
        CULTURE = "culture", _("Culture")
        LIVED_EXPERIENCE = "lived_experience", _("Lived experience")

    kind = models.CharField(max_length=20, choices=Kind)


class AccessOption(ReferenceRow):
    """Something a therapist can arrange, such as an interpreter or longer sessions. Step-free belongs to a location."""


class SessionFormat(ReferenceRow):
    """How people meet. `in_person` formats need a location."""

    in_person = models.BooleanField(default=False)


class Funder(ReferenceRow):
    """Who pays when the client does not. `nations` empty: everywhere. `sessions`: how many are funded."""

    sessions = models.PositiveSmallIntegerField()
    nations = models.JSONField(default=list, blank=True)
    open_to_self_referral = models.BooleanField(default=False)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    def covers(self, nation: str) -> bool:
        return not self.nations or Nation(nation) in self.nations
