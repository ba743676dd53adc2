"""The kinds of task that messages raise."""

from django.utils.translation import gettext_lazy as _

from core import worklist

FAILED = "message_failed"
LETTER = "letter_to_print"


def register() -> None:
    worklist.register_kind(
        FAILED,
        _("A message could not be delivered"),
        _("Reach the person in another way, correct the address, then send the message again."),
    )
    worklist.register_kind(LETTER, _("A letter to print"), _("Print the letter, post it, and mark it as posted."))
