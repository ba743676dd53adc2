"""How is it going while you wait? One question; what follows depends on the answer."""

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from core.forms import Form, RadiosField

SAME, CHANGED, WORSE, CALL, STOP = "same", "changed", "worse", "call", "stop"


class CheckInForm(Form):
    LABELS: ClassVar = [
        (SAME, _("Yes. Nothing has changed")),
        (CHANGED, _("Yes, but something has changed")),
        (WORSE, _("Yes, and I feel worse than before")),
        (CALL, _("I would like somebody to call me")),
        (STOP, _("No, I do not want this any more")),
    ]

    answer = RadiosField(
        label=_("Do you still want this?"),
        choices=LABELS,
        error_messages={"required": _("Choose the answer that comes nearest")},
    )
