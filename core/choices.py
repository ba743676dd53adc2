"""Value lists that every layer shares."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Nation(models.TextChoices):
    ENGLAND = "england", _("England")
    SCOTLAND = "scotland", _("Scotland")
    WALES = "wales", _("Wales")
    NORTHERN_IRELAND = "northern-ireland", _("Northern Ireland")


class Role(models.TextChoices):
    CLINICIAN = "clinician", _("Clinician")
    PRACTICE_STAFF = "practice_staff", _("Practice staff")
    THERAPIST = "therapist", _("Therapist")
    COORDINATOR = "coordinator", _("Coordinator")
    SAFETY_CLINICIAN = "safety_clinician", _("Safety clinician")
    COMMISSIONER = "commissioner", _("Commissioner")
    ADMINISTRATOR = "administrator", _("Administrator")
