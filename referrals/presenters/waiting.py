"""What stands in place of a free place, in words."""

from django.utils.translation import gettext as _

from core import clock
from matching.waits import wait_words, waits_for


def no_place_lines(therapist_id: int, *, name: str, asked: bool) -> list[str]:
    """Return what is to be said of a listed therapist who has no place for a newcomer; the first line is the fact.

    `asked`: her answer is awaited by this very client, for whom a place is held: no wait to forecast. One query.
    """
    if asked:
        return [_("We have asked %(name)s.") % {"name": name}, _("A place is held for you meanwhile.")]
    found = waits_for([therapist_id], as_of=clock.now())
    until = _("How long until there is one? %(forecast)s") % {"forecast": wait_words(found.get(therapist_id))}
    return [_("No place now."), until]
