"""Everything about referrals, lists and places at one moment, read plainly, for checks that share no code with it."""

import datetime
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from core.clock import LONDON
from core.models import Task
from referrals import kinds
from referrals.fit import shape_of
from referrals.models import Choice, Exclusion, Offer, Placement, Referral, ReferralEvent, WaitingListEntry
from therapists.models import Place, PlaceClaim, Therapist
from therapists.selectors.standing import Standing, standing_for

E, S = WaitingListEntry.State, Referral.State


@dataclass
class Facts:
    """Everything at one moment, read in a dozen queries."""

    now: datetime.datetime

    @cached_property
    def referrals(self) -> dict[int, Referral]:
        return {row.pk: row for row in Referral.objects.select_related("client").order_by("pk")}

    @cached_property
    def offers(self) -> list[Offer]:
        return list(Offer.objects.select_related("claim").order_by("pk"))

    @cached_property
    def open_offers(self) -> list[Offer]:
        return [row for row in self.offers if row.state == Offer.State.OPEN]

    @cached_property
    def placements(self) -> list[Placement]:
        return list(Placement.objects.exclude(state=Placement.State.ENDED).order_by("pk"))

    @cached_property
    def entries(self) -> list[WaitingListEntry]:
        return list(WaitingListEntry.objects.order_by("pk"))

    @cached_property
    def live_entries(self) -> list[WaitingListEntry]:
        return [row for row in self.entries if row.state in WaitingListEntry.LIVE]

    @cached_property
    def claims(self) -> list[PlaceClaim]:
        """The live ones: not released, and not a hold past its expiry."""
        rows = PlaceClaim.objects.filter(released_at__isnull=True).order_by("pk")
        return [row for row in rows if row.kind == PlaceClaim.Kind.OCCUPIED or row.expires_at >= self.now]

    @cached_property
    def events(self) -> dict[int, list[ReferralEvent]]:
        found: dict[int, list[ReferralEvent]] = defaultdict(list)
        for row in ReferralEvent.objects.order_by("pk"):
            found[row.referral_id].append(row)
        return found

    @cached_property
    def therapists(self) -> dict[int, Therapist]:
        return {row.pk: row for row in Therapist.objects.order_by("pk")}

    @cached_property
    def standings(self) -> dict[int, Standing]:
        return standing_for(self.therapists, as_of=self.now)

    @cached_property
    def open_places(self) -> dict[int, list[Place]]:
        """By therapist: not closed, and not "not yet"; from a date is among them."""
        found: dict[int, list[Place]] = defaultdict(list)
        rows = Place.objects.filter(closed_at__isnull=True, available_from__isnull=False)
        for row in rows.select_related("session_format").order_by("pk"):
            found[row.therapist_id].append(row)
        return found

    def free(self, therapist_id: int) -> list[Place]:
        """Her places that somebody could have today."""
        taken = {claim.place_id for claim in self.claims}
        today = self.now.astimezone(LONDON).date()
        places = self.open_places[therapist_id]
        return [place for place in places if place.pk not in taken and (place.available_from or today) <= today]

    def unoccupied(self, therapist_id: int) -> list[Place]:
        """Her places in which nobody is: free, held, or from a date."""
        occupied = {claim.place_id for claim in self.claims if claim.kind == PlaceClaim.Kind.OCCUPIED}
        return [place for place in self.open_places[therapist_id] if place.pk not in occupied]

    def queueing(self, therapist_id: int) -> list[WaitingListEntry]:
        """Who waits for her now and would be offered a place that suits, a yes of hers or a new one presumed."""
        return [row for row in self.live_entries if row.therapist_id == therapist_id and self._queueing(row)]

    def _queueing(self, entry: WaitingListEntry) -> bool:
        referral = self.referrals[entry.referral_id]
        agreed = entry.state == E.LISTED or (entry.state == E.ASKED and entry.agreed_at is not None)
        early = entry.no_offer_before is not None and entry.no_offer_before > self.now
        away = referral.away_until is not None and referral.away_until > self.now.astimezone(LONDON).date()
        if not agreed or early or away or (referral.client_id, entry.therapist_id) in self.kept_apart:
            return False
        if referral.pk in self.called_first:
            return False
        return referral.state == S.WAITING or self._asked_below(referral, entry.rank)

    @cached_property
    def called_first(self) -> set[int]:
        """Referrals of people with whom somebody speaks before anything else happens."""
        calls = Task.objects.filter(kind=kinds.CALL_BEFORE_TELLING, subject_type="referral", state=Task.State.OPEN)
        return set(calls.values_list("subject_id", flat=True))

    def _asked_below(self, referral: Referral, rank: int) -> bool:
        """Whether somebody she likes less is asked now, and has not begun to answer."""
        asked = [row.therapist_id for row in self.open_offers if row.referral_id == referral.pk and _unanswered(row)]
        rows = Choice.objects.filter(referral=referral, round=referral.round, rank__gt=rank, therapist_id__in=asked)
        return bool(asked) and rows.exists()

    @cached_property
    def choice_states(self) -> dict[tuple[int, int], str]:
        """By referral and therapist, on the client's present list."""
        rows = Choice.objects.values_list("referral_id", "therapist_id", "state", "round")
        return {(pk, therapist): state for pk, therapist, state, round_ in rows if self.referrals[pk].round == round_}

    @cached_property
    def kept_apart(self) -> set[tuple[int, int]]:
        return set(Exclusion.objects.values_list("client_id", "therapist_id"))


def _unanswered(offer: Offer) -> bool:
    return offer.awaiting == Offer.Awaiting.THERAPIST and offer.interested_at is None


def any_suits(entry: WaitingListEntry, places: Iterable[Place]) -> bool:
    return any(_suits(entry, place) for place in places)


def _suits(entry: WaitingListEntry, place: Place) -> bool:
    shape = shape_of(place)
    if not (entry.hours & shape.hours):
        return False
    return not entry.formats or not shape.format or shape.format in entry.formats


def histories(wrong: Iterable[str]) -> list[str]:
    """Return what happened to the referrals and entries that sentences name, for whoever has to find out why."""
    text = " ".join(wrong)
    referrals = {int(pk) for pk in re.findall(r"referral (\d+)", text)}
    entries = WaitingListEntry.objects.filter(pk__in=re.findall(r"entry (\d+)", text))
    referrals |= set(entries.values_list("referral_id", flat=True))
    events = ReferralEvent.objects.filter(referral__in=referrals).order_by("referral_id", "pk")
    return [f"{row.referral_id} {row.at:%a %d %H:%M} {row.action} {row.detail}" for row in events]
