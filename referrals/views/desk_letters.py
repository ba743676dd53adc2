"""Letters to print and post, all at once, and the mark that they are out."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from accounts.actors import for_request
from core import audit, clock
from core.forms import posted
from core.policy import allow
from notifications.letters import Letter, letter_of
from notifications.models import Message
from notifications.selectors import letters_just_posted, letters_to_print
from notifications.services import NotJustPosted, NotPosted, letter_returned, letter_unposted, letters_posted
from referrals.forms.letters import PostedForm, ReturnedForm

DESK = ("coordinator", "administrator")
# One go at the printer; the rest comes when these are posted.
MOST = 50


@allow(*DESK)
@require_http_methods(["GET", "POST"])
def letters(request: HttpRequest) -> HttpResponse:
    """Every letter on a sheet of its own, and under each a box to tick once it is posted."""
    form = PostedForm(_chosen(request) if request.method == "POST" else None)
    if form.is_valid():
        chosen = letters_to_print().filter(pk__in=form.cleaned_data["letters"])
        count = letters_posted(messages=list(chosen), actor=for_request(request))
        if count:
            said = ngettext("One letter is recorded as posted.", "%(count)s letters are recorded as posted.", count)
            messages.success(request, said % {"count": count})
        else:
            messages.info(request, _("Somebody else has dealt with these letters in the meantime."))
        return redirect("referrals:desk_messages")
    shown = [letter for row in letters_to_print()[:MOST] if (letter := read_letter(request, row)) is not None]
    ready = ",".join(str(letter.message.pk) for letter in shown if not letter.problem)
    context: dict[str, Any] = {"form": form, "letters": shown, "ready": ready, "most": MOST}
    return render(request, "desk/letters.html", context | sender())


@allow(*DESK)
@require_POST
def not_posted(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a wrong mark back."""
    row = letters_just_posted().filter(pk=pk).first()
    try:
        if row is None:
            raise NotJustPosted(pk)
        letter_unposted(message=row, actor=for_request(request))
        messages.success(request, _("It is back on the list of letters to post."))
    except NotJustPosted:
        messages.info(request, _("This letter was posted too long ago to take that back."))
    return redirect("referrals:desk_messages")


@allow(*DESK)
@require_http_methods(["GET", "POST"])
def returned(request: HttpRequest) -> HttpResponse:
    """The post brought a letter back: it counts as not arrived from now on."""
    form = ReturnedForm(posted(request))
    if form.is_valid():
        try:
            letter_returned(message=form.cleaned_data["number"], actor=for_request(request))
            messages.success(request, _("It stands among the messages that did not arrive, and its clock has stopped."))
        except NotPosted:
            messages.info(request, _("Somebody else has dealt with this message in the meantime."))
        return redirect("referrals:desk_messages")
    return render(request, "desk/letter_returned.html", {"form": form})


def read_letter(request: HttpRequest, row: Message) -> Letter | None:
    """Return a letter as it is printed now, and record that its words and address were seen."""
    letter = letter_of(row)
    if letter is not None:
        audit.record_read(actor=for_request(request), obj_type="message", obj_id=row.pk, purpose="print_letter")
    return letter


def sender() -> dict[str, Any]:
    """Return what stands at the head of every letter."""
    return {"return_address": settings.LETTER_RETURN_ADDRESS, "today": clock.today()}


def _chosen(request: HttpRequest) -> QueryDict:
    """What was ticked; the button for all of them carries the numbers of those that were shown."""
    typed = request.POST.copy()
    if shown := typed.get("all"):
        typed.setlist("letters", shown.split(","))
    return typed
