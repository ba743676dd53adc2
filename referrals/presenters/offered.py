"""A place that is or was offered to a client, as her page shows it."""

from dataclasses import dataclass

from core import clock
from referrals import change_words, list_words
from referrals.models import Offer, Referral, WaitingListEntry
from referrals.selectors.lists import entries_of
from referrals.selectors.offered import offer_lines
from referrals.selectors.own import leaving_of
from referrals.words import first_name
from therapists.selectors.standing import standing

State = Offer.State
# Her own yes renews nothing and asks for nobody else: a late renewal and a full month keep no place from her.
NOT_IN_THE_WAY = frozenset({"monthly_limit"})


@dataclass(frozen=True, slots=True)
class OfferPage:
    """`open`: she can answer. `late`: the time is over, and she can still say that she wants a place. `others`: she
    waits elsewhere too, which a yes sets aside, or still sees somebody, which a yes ends.
    """

    offer: int
    name: str
    lines: tuple[str, ...]
    open: bool = False
    late: bool = False
    others: str = ""


def offer_page(offer: Offer, referral: Referral) -> OfferPage:
    """Return the offer in words, whatever has become of it."""
    name = first_name(offer.therapist.display_name)
    if offer.state == State.OPEN and offer.expires_at < clock.now():
        return OfferPage(offer.pk, name, (list_words.just_over(),), late=True)
    if offer.state == State.OPEN and _barred(offer):
        return OfferPage(offer.pk, name, (list_words.unlisted_now(name), list_words.told_soon()))
    if offer.state == State.OPEN:
        elsewhere = any(entry.therapist_id != offer.therapist_id for entry in entries_of(referral))
        others = [list_words.lists_end_then(name)] if elsewhere else []
        leaving = leaving_of(referral)
        if leaving is not None:
            others.append(change_words.ends_with_a_yes(first_name(leaving.therapist.display_name)))
        lines = tuple(offer_lines(offer, referral))
        return OfferPage(offer.pk, name, lines, open=True, others=" ".join(others))
    return _over(offer, referral, name)


def _over(offer: Offer, referral: Referral, name: str) -> OfferPage:
    entry = offer.entry
    live = entry is not None and entry.state in WaitingListEntry.LIVE
    still = list_words.still_on_list(name, referral.queue_from)
    if offer.state != State.LAPSED:
        return OfferPage(offer.pk, name, (list_words.taken_back(name), still if live else list_words.told_soon()))
    if entry is None or not live:
        return OfferPage(offer.pk, name, (list_words.time_over(name), list_words.told_soon()))
    if not entry.lapses and entry.state != WaitingListEntry.State.PARKED:
        return OfferPage(offer.pk, name, (list_words.gone_on(), still, list_words.still_wanted(name)))
    return OfferPage(offer.pk, name, (list_words.gone_on(), still), late=True)


def _barred(offer: Offer) -> bool:
    found = standing(offer.therapist_id, as_of=clock.now())
    late = {"no_active_registration"} if found.renewing else set()
    return bool(set(found.reasons) - late - NOT_IN_THE_WAY)
