"""The kinds of task that referrals raise, with what to do in words. Registered when the app is ready."""

from django.utils.translation import gettext_lazy as _

from core.models import Task
from core.worklist import register_kind
from referrals import links

CALL_CLIENT = "call_client"
CALL_BEFORE_TELLING = "call_before_telling"
HELP_CHOOSE = "help_choose"
IDENTITY_CHECK = "identity_check"
FIRST_CONTACT = "first_contact_overdue"
NO_DECISION = "meeting_undecided"
THERAPIST_OF_CLIENT = "therapist_in_question"
REVIEW = "review_due"
SAFETY_CALL = "safety_call"
CALL_REQUEST = "call_request"
INCONSISTENT = "referral_inconsistent"
PARKED_ENTRY = "parked_entry"
OFFER_NOT_TOLD = "offer_not_told"
LIST_FROZEN_LONG = "list_frozen_long"
WORRY = "worry_about_therapist"


def _referral(task: Task) -> str | None:
    return links.path("referral", task.subject_id)


def _placement(task: Task) -> str | None:
    return links.path("placement", task.subject_id)


def _safety(task: Task) -> str | None:
    return links.path("safety", task.pk)


def _pair(task: Task) -> str | None:
    return links.path("pair", task.pk)


def _list(task: Task) -> str | None:
    return links.path("list", task.subject_id)


# kind: (label, words, link)
_REFERRAL_KINDS = {
    CALL_CLIENT: (
        _("Call a client"),
        _("Call at a safe time and help with the next step. Write down what was agreed."),
    ),
    CALL_BEFORE_TELLING: (
        _("Call a client before she is told"),
        _("A therapist says this person needs more than they can safely offer alone. Call first, then carry on."),
    ),
    HELP_CHOOSE: (_("Help somebody choose"), _("Call at a safe time and choose therapists together.")),
    FIRST_CONTACT: (
        _("A therapist has not made contact"),
        _("Ask the therapist what happened, then tell the client what happens next."),
    ),
    NO_DECISION: (
        _("A first meeting without a decision"),
        _("Four weeks have passed. Ask both whether they want to go on."),
    ),
    WORRY: (
        _("Somebody is worried about what her therapist did"),
        _(
            "Call at a safe time and listen. The therapist is not told. Write down what was agreed; somebody in danger"
            " comes first, and the register takes complaints."
        ),
    ),
    PARKED_ENTRY: (
        _("Somebody's waiting is parked"),
        _("No place is offered to this person any more, although she keeps her turn. Find out why, then unpark her."),
    ),
    OFFER_NOT_TOLD: (
        _("A place is held, and the message did not arrive"),
        _("Call at a safe time and say that a place is held. Take down the answer, or give more time."),
    ),
    INCONSISTENT: (
        _("A referral nobody moves"),
        _("The nightly check found a referral without a clear next step. Look at it and move it on."),
    ),
}


def register() -> None:
    """Register them all."""
    for kind, (label, words) in _REFERRAL_KINDS.items():
        register_kind(kind, label, words, _referral)
    register_kind(
        IDENTITY_CHECK,
        _("Perhaps the same person"),
        _("Compare the records. Merge them only when you are sure; the earliest clock counts."),
        _pair,
    )
    register_kind(
        THERAPIST_OF_CLIENT,
        _("A client's therapist is not listed any more"),
        _("Her registration is in question. Call the client, and find out what she wants."),
        _referral,
    )
    register_kind(
        LIST_FROZEN_LONG,
        _("A list has stood still for two weeks"),
        _("Ask the therapist whether she goes on. Help those who wait to choose somebody else, if she does not."),
        _list,
    )
    register_kind(
        REVIEW, _("Time for a review"), _("Twelve weeks have passed. Look together at how it goes."), _placement
    )
    register_kind(
        SAFETY_CALL,
        _("A worrying answer: call"),
        _("Read the answers, call by the printed time. Say only “It's …, calling back”."),
        _safety,
        second_person=True,
    )
    register_kind(
        CALL_REQUEST,
        _("Somebody left a number"),
        _("Call by the printed time. Say only “It's …, calling back”."),
        _safety,
        second_person=True,
    )
