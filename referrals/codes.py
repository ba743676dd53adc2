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

# What a therapist takes somebody off her list with.
REMOVE_CODES = {
    "list_too_long": _("My list is too long"),
    "times": _("The times do not fit"),
    "competence": _("It is outside my competence"),
    "funding": _("The funding does not cover it"),
    "away": _("I am away or unwell"),
}

# Why an entry on a list ended, beside what a therapist or a coordinator says.
LEFT = "left"
MET = "met"
PLACED_ELSEWHERE = "placed_elsewhere"
LIST_CHANGED = "list_changed"
ASKED_DIRECTLY = "asked_directly"
MOVED = "moved"
BY_THE_DESK = "by_the_desk"
REFERRAL_CLOSED = "closed"
UNLISTED = "unlisted"
# Why an entry is parked: two places in a row without an answer, messages that do not arrive, no answer from her.
PARKED_LAPSED = "lapsed_twice"
PARKED_UNREACHABLE = "unreachable"
PARKED_THERAPIST = "therapist_silent"
PARKED_FUNDING = "funding_ended"

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
# What the old placement ended with when she met somebody else.
SWITCHED = "switched"
