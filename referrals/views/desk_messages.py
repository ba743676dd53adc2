"""Messages that did not arrive, and letters to print."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.actors import for_request
from core.policy import allow
from notifications.models import Message
from notifications.selectors import NOT_ARRIVED, failed_messages, letters_just_posted, letters_to_print
from notifications.services import NotFailed, NotToPrint, letter_posted, message_retry
from referrals.views.desk_letters import read_letter, sender

DESK = ("coordinator", "administrator")
MOST = 100


@allow(*DESK)
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """What did not arrive, what waits for a printer, and what was just posted."""
    context = {
        "failed": failed_messages()[:MOST],
        "letters": letters_to_print()[:MOST],
        "posted": letters_just_posted()[:MOST],
    }
    return render(request, "desk/messages.html", context)


@allow(*DESK)
@require_http_methods(["GET", "POST"])
def message(request: HttpRequest, pk: int) -> HttpResponse:
    """One message: send it again, or print it and say that it is posted."""
    row = get_object_or_404(failed_messages() | letters_to_print(), pk=pk) if request.method == "GET" else _any(pk)
    if row is None:
        messages.info(request, _("Somebody else has dealt with this message in the meantime."))
        return redirect("referrals:desk_messages")
    if request.method == "POST":
        _act(request, row)
        return redirect("referrals:desk_messages")
    context: dict[str, Any] = {"message": row}
    if row.subject_type == "referral":
        context["about"] = reverse("referrals:desk_referral", args=[row.subject_id])
    if row.state == Message.State.TO_PRINT:
        context |= {"letter": read_letter(request, row)} | sender()
    return render(request, "desk/message.html", context)


def _any(pk: int) -> Message | None:
    return (failed_messages() | letters_to_print()).filter(pk=pk).first()


def _act(request: HttpRequest, row: Message) -> None:
    actor = for_request(request)
    try:
        if row.state in NOT_ARRIVED:
            message_retry(message=row, actor=actor)
            messages.success(request, _("It is on its way again."))
        else:
            letter_posted(message=row, actor=actor)
            messages.success(request, _("Recorded as posted."))
    except (NotFailed, NotToPrint):
        messages.info(request, _("Somebody else has dealt with this message in the meantime."))
