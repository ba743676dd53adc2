"""What is good to know about an issue before choosing: help that fits it better or sooner. It never stops anybody."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core import crisis
from therapists.selectors import reference


@dataclass(frozen=True, slots=True)
class Note:
    """`topic` and `also` say which helplines belong to the note; `contacts` are those that may be shown today."""

    title: Promise | str
    lines: tuple[Promise | str, ...]
    help_now: bool = False
    topic: str = ""
    also: tuple[str, ...] = ()
    contacts: tuple[crisis.Contact, ...] = ()


_LIFE = Note(
    _("If you think about dying or hurting yourself"),
    (
        _("You are not alone with this, and it can get better."),
        _("You can talk to somebody now, day or night. You do not have to be in danger to call."),
        _("Therapists here can help, but they cannot come at once. Please do not wait for us if things get worse."),
    ),
    help_now=True,
)
_EATING = Note(
    _("If eating has become a problem"),
    (_("Please see your GP as well. They check your heart and your blood, which a therapist cannot do."),),
    topic="eating-problems",
)
_DRINK_AND_DRUGS = Note(
    _("If alcohol or drugs are the main problem"),
    (
        _("Your council has a free service that knows this best. You can go there without your GP."),
        _("Do not stop drinking all at once if you drink a lot every day: it can be dangerous. Ask your GP first."),
    ),
)
_ABUSE = Note(
    _("If somebody hurts or frightens you"),
    (
        _("It is not your fault."),
        _("Think about who can see this phone. “How to hide your visit” at the bottom of the page helps."),
        _("Later we ask how we can reach you safely. We use no other way."),
    ),
    help_now=True,
    topic="domestic-abuse",
    also=("domestic-abuse",),
)
_UNUSUAL = Note(
    _("If you see, hear or believe things that others do not"),
    (
        _("Please talk to your GP soon, or call 111. There are NHS teams for this who see people quickly."),
        _("You can still look for a therapist here as well."),
    ),
)
_OTHER = Note(
    _("Before you go on"),
    (
        _("For some of what you chose, your GP can help as well, and sometimes sooner."),
        _("You can carry on here at the same time."),
    ),
)

NOTES = {
    "suicidal-thoughts": _LIFE,
    "self-harm": _LIFE,
    "eating-problems": _EATING,
    "alcohol": _DRINK_AND_DRUGS,
    "drugs": _DRINK_AND_DRUGS,
    "domestic-abuse": _ABUSE,
    "hearing-voices-or-unusual-beliefs": _UNUSUAL,
}


def notes_for(slugs: Iterable[str], nation: str = "") -> list[Note]:
    """Return each note once, in the order of the issues, for the chosen ones that ask for it.

    Each carries the helplines of the nation that somebody has checked in time; a note without any stands all the same.
    """
    chosen = set(slugs)
    shown = [row.slug for row in reference.issues() if row.show_information and row.slug in chosen]
    notes = dict.fromkeys(NOTES.get(slug, _OTHER) for slug in shown)
    return [replace(note, contacts=_contacts(note, nation)) for note in notes]


def _contacts(note: Note, nation: str) -> tuple[crisis.Contact, ...]:
    return tuple(crisis.contacts_for(note.topic, nation, also=note.also)) if note.topic else ()
