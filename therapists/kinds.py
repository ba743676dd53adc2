"""What a coordinator has to do about registers: the kinds of task that this app opens."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.models import Task
from core.worklist import register_kind
from therapists.models import Registration

REGISTRATION_CHANGED = "registration_changed"
REGISTRATION_CONTRADICTS = "registration_contradicts"
REGISTRATION_UNREADABLE = "registration_unreadable"
REGISTRATION_CHECK = "registration_check"
REGISTRATION_CLAIM = "registration_claim"
REGISTRATION_NOT_FOUND = "registration_not_found"
SAME_PERSON = "same_person"
LISTING_QUESTION = "listing_question"


def register() -> None:
    register_kind(
        REGISTRATION_CHANGED,
        _("A registration has changed"),
        _("The register no longer says active. Talk to the therapist, and see to the people she is seeing now."),
        _registration,
    )
    register_kind(
        REGISTRATION_CONTRADICTS,
        _("A registration now has another name"),
        _("The register gives this number a very different name. The therapist is hidden until you have looked."),
        _registration,
    )
    register_kind(
        REGISTRATION_UNREADABLE,
        _("A row of a register's file could not be read"),
        _("The row belongs to a therapist here. Look her up on the register's own page."),
        _registration,
    )
    register_kind(
        REGISTRATION_CHECK,
        _("A registration is due to be checked"),
        _("Look it up on the register's own page and write down what it says."),
        _registration,
    )
    register_kind(
        REGISTRATION_CLAIM,
        _("Somebody says a registration is theirs"),
        _("They cannot use the e-mail address on record. Check who they are with the register."),
        _claim,
    )
    register_kind(
        REGISTRATION_NOT_FOUND,
        _("Somebody cannot find their registration"),
        _("Look the number up on the register's own page, then tell them what you found."),
    )
    register_kind(
        SAME_PERSON,
        _("Is this the same person on two registers?"),
        _("Name and e-mail address or postcode agree. Only a person may say that they are one therapist."),
        _same_person,
    )
    register_kind(
        LISTING_QUESTION,
        _("A therapist asks why people cannot find her"),
        _("Look at her registrations on the registers’ own pages, write down what they say, and answer her."),
        _registration_of,
    )


def _registration(task: Task) -> str:
    return reverse("therapists:desk_registration", args=[task.subject_id])


def _registration_of(task: Task) -> str:
    first = (
        Registration.objects.filter(therapist_id=task.subject_id).order_by("pk").values_list("pk", flat=True).first()
    )
    return reverse("therapists:desk_registration", args=[first]) if first else reverse("therapists:desk_find")


def _claim(task: Task) -> str:
    return reverse("therapists:desk_claim", args=[task.subject_id])


def _same_person(task: Task) -> str:
    return reverse("therapists:desk_pair", args=[task.subject_id])
