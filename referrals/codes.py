"""Coded reasons, with the words their users see. There is no free "other": what cannot be counted cannot be mended."""

from django.utils.translation import gettext_lazy as _

FULL = "full"
NEEDS_MORE = "needs_more"
KNOWN = "known"
# She paused new people while the request waited.
PAUSED = "paused"

# What a therapist says no with. "I know this person" is an act of its own and is never counted.
DECLINE_CODES = {
    FULL: _("I have no place after all"),
    "times": _("The times do not fit"),
    "competence": _("It is outside my competence"),
    "funding": _("The funding does not cover it"),
    "away": _("I am away or unwell"),
    NEEDS_MORE: _("They need more than I can safely offer alone (a person calls the client first)"),
}

END_CODES = {
    "completed": _("We finished as planned"),
    "client_stopped": _("The client decided to stop"),
    "lost_contact": _("We lost contact"),
    "moved_on": _("The client moved to other help"),
    "therapist_stopped": _("I cannot go on"),
}

DUPLICATE = "duplicate"
DEATH = "death"
CLOSE_CODES = {
    DUPLICATE: _("The same referral twice"),
    DEATH: _("The client has died"),
    "unreachable": _("Not reachable after recorded attempts"),
}

PLACE_THEN = ("now", "from_date", "not_yet")

# What a referral was closed with, beside the codes above.
WITHDRAWN = "withdrawn"
REDIRECTED = "redirected"
# What a placement ended with when the two did not go on after the first meeting.
NOT_THIS_TIME = "not_this_time"
