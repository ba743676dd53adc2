"""A place that is offered to a client, in the words she reads: when, how, from when, what it costs, held how long."""

import datetime

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import clock
from core.words import hour
from referrals import clocks, list_words
from referrals.models import Offer, Referral
from referrals.presenters.cards import fee_words
from referrals.words import first_name
from therapists.models import Place, Therapist

WEEKLY = (
    gettext_lazy("Mondays"),
    gettext_lazy("Tuesdays"),
    gettext_lazy("Wednesdays"),
    gettext_lazy("Thursdays"),
    gettext_lazy("Fridays"),
    gettext_lazy("Saturdays"),
    gettext_lazy("Sundays"),
)


def answer_by(offer: Offer, referral: Referral, *, channel: str = "") -> datetime.datetime:
    """Return by when she is told to answer: never later than the time that will really count. `channel`: how she is
    told, where that is known.

    Her time starts when the message is handed over. Until then it is printed as if that were now; the longer it takes,
    the more time she has. Seconds are cut off, because nobody prints them.
    """
    by = offer.expires_at
    if offer.told_at is None:
        by = min(by, clocks.client_answer_due(referral.client, clock.now(), channel=channel))
    return by.replace(second=0, microsecond=0)


def offer_lines(offer: Offer, referral: Referral, *, still: bool = False, channel: str = "") -> list[str]:
    """Return the offer in words; `still`: she was told before. At most three queries."""
    name = first_name(offer.therapist.display_name)
    begin = list_words.can_still_see_you(name) if still else list_words.can_see_you(name)
    place = place_words(offer.claim.place, offer.therapist) if offer.claim is not None else ""
    return [
        " ".join(part for part in (begin, place) if part),
        cost_words(referral, offer.therapist),
        list_words.held_until(answer_by(offer, referral, channel=channel)),
    ]


def place_words(place: Place, therapist: Therapist) -> str:
    """Return "Tuesdays, 6pm, video, from 8 December."; what the place leaves open is agreed between the two."""
    parts = []
    if place.day is not None:
        parts.append(str(WEEKLY[place.day]))
    if place.time is not None:
        parts.append(hour(place.time))
    if not parts:
        parts.append(_("At a time you two agree on"))
    parts += [_how(place, therapist), _from(place)]
    return _("%(place)s.") % {"place": ", ".join(part for part in parts if part)}


def cost_words(referral: Referral, therapist: Therapist) -> str:
    """Return what it costs her: the fee she saw when she chose, or who pays."""
    agreed = referral.fee_snapshot.get("therapists", {}).get(str(therapist.pk), {})
    fee = agreed.get("fee_pence", therapist.fee_pence)
    words = fee_words(fee, agreed.get("concession_pence"), referral.funder)
    return words if words.endswith(".") else _("%(sentence)s.") % {"sentence": words}


def _how(place: Place, therapist: Therapist) -> str:
    if place.location is not None and place.location.town:
        return _("in person in %(town)s") % {"town": place.location.town}
    if place.session_format is not None:
        return place.session_format.name.lower()
    names = [name.lower() for name in therapist.formats.order_by("position").values_list("name", flat=True)]
    if len(names) < 2:
        return "".join(names)
    return _("%(first)s or %(last)s") % {"first": ", ".join(names[:-1]), "last": names[-1]}


def _from(place: Place) -> str:
    if place.available_from is None or place.available_from <= clock.today():
        return ""
    return _("from %(day)s") % {"day": date_format(place.available_from, "j F")}
