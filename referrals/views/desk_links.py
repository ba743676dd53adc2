"""From what a task is about to the page where it is dealt with."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.rota import user_of
from core.models import Task
from core.worklist import link_of

PAGES = {
    "referral": "referrals:desk_referral",
    "message": "referrals:desk_message",
    "registration": "therapists:desk_registration",
    "registration_claim": "therapists:desk_claim",
    "same_person_pair": "therapists:desk_pair",
}


FACTS = {
    "register": gettext_lazy("Register"),
    "number": gettext_lazy("Registration number"),
    "before": gettext_lazy("Before"),
    "after": gettext_lazy("Now"),
}


def facts(task: Task) -> list[tuple[str, str]]:
    """Return what a task itself says about its subject, in words; who it is about when that is a user."""
    said = [(str(label), str(task.detail[key])) for key, label in FACTS.items() if task.detail.get(key)]
    if task.subject_type == "user" and (user := user_of(task.subject_id)):
        said = [(_("Who"), user.name), (_("E-mail"), user.email), *said]
    return said


def task_link(task: Task) -> str | None:
    """Return the page of the task's subject: ours where there is one, else what its kind registered."""
    if task.subject_type in PAGES:
        return reverse(PAGES[task.subject_type], args=[task.subject_id])
    return link_of(task)
