"""What is good to know about an issue before choosing: help that fits it better or sooner. It never stops anybody."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from therapists.selectors import reference


@dataclass(frozen=True, slots=True)
class Note:
    title: Promise | str
    lines: tuple[Promise | str, ...]
    help_now: bool = False


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
    (
        _("Please see your GP as well. They check your heart and your blood, which a therapist cannot do."),
        _("Beat, a charity, has a helpline for people with eating problems: 0808 801 0677."),
    ),
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
        _("The National Domestic Abuse Helpline is free, day and night: 0808 2000 247. Men can call 0808 801 0327."),
        _("Later we ask how we can reach you safely. We use no other way."),
    ),
    help_now=True,
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


def notes_for(slugs: Iterable[str]) -> list[Note]:
    """Return each note once, in the order of the issues, for the chosen ones that ask for it."""
    chosen = set(slugs)
    shown = [row.slug for row in reference.issues() if row.show_information and row.slug in chosen]
    return list(dict.fromkeys(NOTES.get(slug, _OTHER) for slug in shown))
