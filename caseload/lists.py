"""A therapist's waiting list as she sees it: without names, in the order in which places are offered.

What she may read of each person is the white list of referrals.selectors.summary; which of her places fits is judged as
the tick judges it.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from clients.preferences import Stated
from core import clock
from core.actors import Actor
from core.words import day
from matching.services.ranking import Why, whys_of
from referrals.fit import shape_of, shape_suits
from referrals.models import Referral, WaitingListEntry
from referrals.selectors.lists import own_list
from referrals.selectors.queue import Queued, queued
from referrals.selectors.summary import issues_told
from therapists.models import Place
from therapists.selectors.own import own_places
from therapists.words import place_words

State = WaitingListEntry.State
# Wishes about who she is (identity, gender) are not among the reasons she reads.
SHOWN_DOMAINS = frozenset({"modality", "time", "format", "language", "experience"})
PAGE = 20


@dataclass(frozen=True, slots=True)
class Row:
    """Somebody on her list. `number`: 1 is the first. `fits`: which of her places, in words; `next_for`: of these, the
    ones that would be offered to this person before anybody else.
    """

    entry: WaitingListEntry
    number: int
    issues: tuple[str, ...]
    reasons: tuple[str, ...]
    fits: tuple[str, ...]
    fits_all: bool
    next_for: tuple[str, ...]
    next_of_all: bool
    words: str
    tone: str
    note: str


@dataclass(frozen=True, slots=True)
class Fits:
    """Her places in words, and by entry which of them fit and which would be this person's next. A place that is
    described like another counts once.
    """

    places: tuple[str, ...]
    fitting: dict[int, tuple[str, ...]]
    following: dict[int, tuple[str, ...]]
    first: int | None


def asks(actor: Actor) -> QuerySet[WaitingListEntry]:
    """Return who would like to be on her list and awaits her first answer, the nearest time first."""
    rows = own_list(actor).filter(state=State.ASKED, agreed_at__isnull=True, answer_due_at__gte=clock.now())
    return rows.order_by("answer_due_at", "pk")


def waiting(actor: Actor) -> QuerySet[WaitingListEntry]:
    """Return who is on her list by her yes, in the order of offering."""
    return own_list(actor).exclude(state=State.ASKED, agreed_at__isnull=True)


def to_confirm(actor: Actor) -> QuerySet[WaitingListEntry]:
    """Return those of them about whom she is asked again, in the list's order."""
    return waiting(actor).filter(state=State.ASKED, answer_due_at__gte=clock.now())


def readable(actor: Actor) -> QuerySet[WaitingListEntry]:
    """Return whose summary she may read now: a first question ends with its time, being on her list does not."""
    over = {"state": State.ASKED, "agreed_at__isnull": True, "answer_due_at__lt": clock.now()}
    return own_list(actor).exclude(**over).select_related("referral__preferences", "referral__funder")


def ever_asked(actor: Actor) -> QuerySet[WaitingListEntry]:
    """Return every question ever put to her about her list, for saying how it ended: nothing of anybody is read."""
    if actor.user_id is None:
        return WaitingListEntry.objects.none()
    return WaitingListEntry.objects.filter(therapist__user_id=actor.user_id)


def page_of(actor: Actor, *, number: int) -> tuple[list[Row], bool]:
    """Return one page (1 is the first) of her list, and whether another follows."""
    start = (max(1, number) - 1) * PAGE
    found = list(waiting(actor).select_related("referral__preferences")[start : start + PAGE + 1])
    return rows_of(actor, found[:PAGE], start=start), len(found) > PAGE


def rows_of(actor: Actor, entries: Sequence[WaitingListEntry], *, start: int = 0) -> list[Row]:
    """Return what she sees of each of these entries of hers, numbered from `start` + 1, preferences loaded."""
    if not entries:
        return []
    now, therapist_id = clock.now(), entries[0].therapist_id
    issues = issues_told([(entry.referral_id, therapist_id) for entry in entries])
    whys = whys_of([Stated.from_canonical(entry.referral.preferences.data) for entry in entries], therapist_id)
    fits = _fits(actor, entries, therapist_id, now)
    rows = []
    for number, (entry, why) in enumerate(zip(entries, whys, strict=True), start=start + 1):
        fitting, following = fits.fitting.get(entry.pk, ()), fits.following.get(entry.pk, ())
        words, tone, note = _state(entry, now)
        row = Row(
            entry=entry,
            number=number,
            issues=issues.get((entry.referral_id, therapist_id), ()),
            reasons=reasons_of(why),
            fits=fitting,
            fits_all=bool(fits.places) and len(fitting) == len(fits.places),
            next_for=following,
            next_of_all=entry.pk == fits.first and len(following) == len(fits.places),
            words=words,
            tone=tone,
            note=note,
        )
        rows.append(row)
    return rows


def reasons_of(why: Why | None) -> tuple[str, ...]:
    """Return what of somebody's wishes she meets, in words."""
    reasons = why.row.reasons if why and why.row else ()
    return tuple(str(reason.words) for reason in reasons if reason.state == "met" and reason.domain in SHOWN_DOMAINS)


def queue_length(therapist_id: int) -> int:
    """Return how many people could be offered a place of hers now, were there one that fits."""
    return len(queued(WaitingListEntry.objects.filter(therapist_id=therapist_id), now=clock.now()))


def _fits(actor: Actor, entries: Iterable[WaitingListEntry], therapist_id: int, now: datetime) -> Fits:
    shapes = {
        _words(place): shape_of(place)
        for place in own_places(actor, as_of=now).select_related("session_format", "location")
    }
    line = [
        row
        for row in queued(WaitingListEntry.objects.filter(therapist_id=therapist_id), now=now)
        if row.agreed_freshly(now)
    ]
    following: dict[int, list[str]] = defaultdict(list)
    for words, shape in shapes.items():
        following_one: Queued | None = next((row for row in line if shape_suits(row.hours, row.formats, shape)), None)
        if following_one is not None:
            following[following_one.entry].append(words)
    return Fits(
        places=tuple(shapes),
        fitting={
            entry.pk: tuple(words for words, shape in shapes.items() if shape_suits(entry.hours, entry.formats, shape))
            for entry in entries
        },
        following={pk: tuple(found) for pk, found in following.items()},
        first=line[0].entry if line else None,
    )


def _words(place: Place) -> str:
    how = place.session_format.name if place.session_format else ""
    where = place.location.name if place.location else ""
    return ", ".join(part for part in (place_words(place), how, where) if part)


_STATES = {
    State.OFFERED: (_("Place offered"), "blue", _("Their answer is awaited.")),
    State.PARKED: (_("Set aside"), "grey", _("A coordinator is getting in touch with them.")),
    State.ASKED: (_("Confirm"), "yellow", _("Your yes is to be confirmed.")),
}


def _state(entry: WaitingListEntry, now: datetime) -> tuple[str, str, str]:
    """Return an entry's state in a word or two, the colour of its tag, and a sentence that says more."""
    if entry.state in _STATES:
        words, tone, note = _STATES[State(entry.state)]
        return str(words), tone, str(note)
    away, not_before = entry.referral.away_until, entry.no_offer_before
    if away is not None and away > clock.today():
        return _now("Away"), "grey", _now("They are away until %(day)s.") % {"day": day(away)}
    if not_before is not None and not_before > now:
        return _now("Not now"), "grey", _now("They want no place before %(day)s.") % {"day": day(not_before)}
    if entry.referral.state != Referral.State.WAITING:
        return _now("Not now"), "grey", _now("Something else is open for them just now.")
    return _now("Waiting"), "green", ""
