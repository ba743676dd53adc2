"""From what a task is about to the page where it is dealt with."""

from django.urls import reverse

from core.models import Task
from core.worklist import link_of

PAGES = {
    "referral": "referrals:desk_referral",
    "message": "referrals:desk_message",
    "registration": "therapists:desk_registration",
    "registration_claim": "therapists:desk_claim",
    "same_person_pair": "therapists:desk_pair",
}


def task_link(task: Task) -> str | None:
    """Return the page of the task's subject: ours where there is one, else what its kind registered."""
    if task.subject_type in PAGES:
        return reverse(PAGES[task.subject_type], args=[task.subject_id])
    return link_of(task)
