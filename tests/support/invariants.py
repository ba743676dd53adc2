"""The domain's invariants as facts of the database, told in a slow and obvious way of their own.

`broken_invariants(now)` is asked at any moment, `broken_after_tick(now)` once a tick has run, and `broken_openings`
about what was opened since an offer last seen, before anything else changes. Each returns sentences: none is well.
"""

import datetime
import itertools
from collections import Counter, defaultdict
from collections.abc import Iterator

from core.clock import LONDON
from core.models import Task
from notifications.models import Message
from notifications.topics import handler_of
from referrals import clocks
from referrals.messages import topics
from referrals.models import Choice, Offer, Placement, Referral, WaitingListEntry
from referrals.services.calls import CALLS, CHASES
from referrals.transitions import REFERRAL, NotAllowed
from tests.support.facts import Facts, any_suits

E, S = WaitingListEntry.State, Referral.State
SEEKING = (S.CHOOSING, S.REQUESTED, S.WAITING, S.OFFERED)
IN_WORK = (S.MEETING, S.IN_THERAPY)
ON_ITS_WAY = (Message.State.QUEUED, Message.State.SENDING, Message.State.TO_PRINT)


def broken_invariants(now: datetime.datetime) -> list[str]:
    """What is wrong at this moment, whatever has or has not run. Numbers are those of domain.md."""
    facts = Facts(now)
    checks = (
        _places_claimed_once,
        _claims_and_holders,
        _one_offer,
        _one_placement,
        _history,
        _owner_and_due,
        _accepted_in_time,
        _nothing_else_open,
        _closed,
        _entries,
        _messages,
        _nothing_twice_in_a_row,
        _nobody_asked_again,
        _no_calls_after_closing,
    )
    return [words for check in checks for words in check(facts)]


def broken_after_tick(now: datetime.datetime) -> list[str]:
    """What a tick that has just run should have moved: a free place beside somebody who waits for it (9), what expired
    before now, and the figures that pages read."""
    facts = Facts(now)
    return [*_left_unoffered(facts), *_left_expired(facts), *_figures(facts)]


def broken_openings(now: datetime.datetime, *, after_offer: int) -> list[str]:
    """What was opened since the offer with this pk, judged now: call it before anything else changes (6, 10, 11)."""
    facts = Facts(now)
    fresh = [row for row in facts.open_offers if row.pk > after_offer]
    found = []
    for offer in fresh:
        standing = facts.standings[offer.therapist_id]
        if not standing.listed:
            found.append(f"10: offer {offer.pk} by somebody not listed: {standing.reasons}")
        if (facts.referrals[offer.referral_id].client_id, offer.therapist_id) in facts.kept_apart:
            found.append(f"10: offer {offer.pk} between two who are kept apart")
        if offer.awaiting == Offer.Awaiting.THERAPIST:
            found += _past_the_queue(facts, offer)
    return found


def _past_the_queue(facts: Facts, offer: Offer) -> Iterator[str]:
    """Its own place was free a moment ago; the others in her queue must each have had one of their own."""
    places = facts.unoccupied(offer.therapist_id)
    waiting = [row for row in facts.queueing(offer.therapist_id) if any_suits(row, places)]
    free = len(facts.free(offer.therapist_id)) + 1
    if offer.claim is not None and free <= len(waiting):
        yield f"11: request {offer.pk} went past {len(waiting)} who wait, with {free} free places"


# 1 to 3: places, offers, placements


def _places_claimed_once(facts: Facts) -> Iterator[str]:
    for place, count in Counter(claim.place_id for claim in facts.claims).items():
        if count > 1:
            yield f"1: place {place} has {count} live claims"


def _claims_and_holders(facts: Facts) -> Iterator[str]:
    """No place over and none lost: whatever is claimed has somebody who needs it, and the other way round."""
    claimed = {claim.pk: claim for claim in facts.claims}
    needed = {row.claim_id: f"offer:{row.pk}" for row in facts.open_offers if row.expires_at >= facts.now}
    needed |= {row.claim_id: f"placement:{row.pk}" for row in facts.placements}
    for claim_id, holder in needed.items():
        claim = claimed.get(claim_id or 0)
        if claim is None:
            yield f"1: {holder} has no live claim"
        elif f"{claim.holder_type}:{claim.holder_id}" != holder:
            yield f"1: claim {claim_id} is held by {claim.holder_type}:{claim.holder_id}, needed by {holder}"
    for claim in facts.claims:
        if claim.pk not in needed:
            yield f"1: place {claim.place_id} is lost: claim {claim.pk} of {claim.holder_type}:{claim.holder_id}"


def _one_offer(facts: Facts) -> Iterator[str]:
    by_referral: dict[int, list[str]] = defaultdict(list)
    for offer in facts.open_offers:
        by_referral[offer.referral_id].append(offer.awaiting)
    for referral in facts.referrals.values():
        expected = {S.REQUESTED: ["therapist"], S.OFFERED: ["client"]}.get(S(referral.state), [])
        if by_referral[referral.pk] != expected:
            yield f"2: referral {referral.pk} is {referral.state} with offers awaiting {by_referral[referral.pk]}"
    offered = sorted(offer.entry_id or 0 for offer in facts.open_offers if offer.awaiting == Offer.Awaiting.CLIENT)
    entries = sorted(row.pk for row in facts.live_entries if row.state == E.OFFERED)
    if offered != entries:
        yield f"2: offers are open for entries {offered}, entries {entries} are offered"


def _one_placement(facts: Facts) -> Iterator[str]:
    by_referral: dict[int, list[Placement]] = defaultdict(list)
    for placement in facts.placements:
        by_referral[placement.referral_id].append(placement)
    for referral in facts.referrals.values():
        staying = [row.pk for row in by_referral[referral.pk] if row.leaving_since is None]
        leaving = [row.pk for row in by_referral[referral.pk] if row.leaving_since is not None]
        if len(staying) != int(referral.state in IN_WORK):
            yield f"3: referral {referral.pk} is {referral.state} with placements {staying}"
        if len(leaving) > int(referral.state in SEEKING):
            yield f"3: referral {referral.pk} is {referral.state} and still leaves {leaving}"


# 4 and 5: history, owner and due time


def _history(facts: Facts) -> Iterator[str]:
    for pk, referral in facts.referrals.items():
        events = facts.events[pk]
        try:
            replayed = REFERRAL.replay(event.action for event in events)
        except NotAllowed as impossible:
            yield f"4: referral {pk}: {impossible}"
            continue
        if replayed != referral.state:
            yield f"4: referral {pk} is {referral.state}, its history says {replayed}"
        if [event.from_state for event in events[1:]] != [event.to_state for event in events[:-1]]:
            yield f"4: referral {pk}: one event does not begin where the one before ended"


def _owner_and_due(facts: Facts) -> Iterator[str]:
    for referral in facts.referrals.values():
        owned = (bool(referral.action_owner), referral.due_at is not None)
        if owned != (referral.state != S.CLOSED,) * 2:
            yield f"5: referral {referral.pk} is {referral.state}: owner {referral.action_owner!r}, {referral.due_at}"


# 6 and 7: acceptance, and what it ends


def _accepted_in_time(facts: Facts) -> Iterator[str]:
    expiry = {offer.pk: offer.expires_at for offer in facts.offers}
    for events in facts.events.values():
        for event in events:
            if event.action == "accept" and event.at > expiry[event.detail["offer"]]:
                yield f"6: offer {event.detail['offer']} was accepted after its expiry"


def _nothing_else_open(facts: Facts) -> Iterator[str]:
    for entry in facts.live_entries:
        referral = facts.referrals[entry.referral_id]
        ended = referral.state in (S.IN_THERAPY, S.CLOSED)
        if ended or (entry.state == E.KEPT) != (referral.state == S.MEETING):
            yield f"7: referral {referral.pk} is {referral.state} and entry {entry.pk} is {entry.state}"


def _closed(facts: Facts) -> Iterator[str]:
    closed = {pk for pk, referral in facts.referrals.items() if referral.state == S.CLOSED}
    for placement in facts.placements:
        if placement.referral_id in closed:
            yield f"7: referral {placement.referral_id} is closed with placement {placement.pk}"
    unsent = Message.objects.filter(state__in=ON_ITS_WAY, recipient_type="client", subject_type="referral")
    for message in unsent.filter(subject_id__in=closed):
        if handler_of(message.topic).still_wanted(message) != (message.topic == topics.CLOSED):
            yield f"7: referral {message.subject_id} is closed, and {message.topic} would go out"
    entries = {row.pk for row in facts.entries if row.referral_id in closed}
    for message in Message.objects.filter(state__in=ON_ITS_WAY, subject_type="entry", subject_id__in=entries):
        if message.topic != topics.LIST_ENTRY_GONE and handler_of(message.topic).still_wanted(message):
            yield f"7: entry {message.subject_id} is of a closed referral, and {message.topic} would go out"


def _entries(facts: Facts) -> Iterator[str]:
    """One entry per list and rank, a rank that she chose, and times only where they belong."""
    for (referral, therapist), count in Counter((e.referral_id, e.therapist_id) for e in facts.live_entries).items():
        if count > 1:
            yield f"7: referral {referral} stands {count} times on the list of {therapist}"
    asked = {(row.referral_id, row.therapist_id) for row in facts.open_offers if row.awaiting == "therapist"}
    for entry in facts.live_entries:
        if (entry.referral_id, entry.therapist_id) in asked:
            yield f"7: entry {entry.pk} is {entry.state} while the same therapist is asked for a meeting"
        if (entry.state == E.ASKED) != (entry.answer_due_at is not None):
            yield f"5: entry {entry.pk} is {entry.state}, its answer due {entry.answer_due_at}"
        if facts.choice_states.get((entry.referral_id, entry.therapist_id)) in (Choice.State.NO, Choice.State.ENDED):
            yield f"7: entry {entry.pk} is {entry.state}, and the client's list says that this is over"
        if entry.state in (E.LISTED, E.OFFERED) and entry.agreed_at is None:
            yield f"10: entry {entry.pk} is {entry.state}, and she never said yes"


# 8 and 12: messages, and the same place twice


def _messages(facts: Facts) -> Iterator[str]:
    rows = list(Message.objects.values_list("dedupe_key", "message_id", "state", "pk"))
    for column, name in ((0, "dedupe key"), (1, "Message-ID")):
        for value, count in Counter(row[column] for row in rows).items():
            if count > 1:
                yield f"8: {count} messages with the {name} {value}"
    failed = {pk for *_, state, pk in rows if state == Message.State.FAILED}
    if failed:
        tasks = Task.objects.filter(subject_type="message", subject_id__in=failed)
        for pk in sorted(failed - set(tasks.values_list("subject_id", flat=True))):
            yield f"8: message {pk} failed, and nobody was told"


def _nothing_twice_in_a_row(facts: Facts) -> Iterator[str]:
    by_entry: dict[int, list[Offer]] = defaultdict(list)
    for offer in facts.offers:
        if offer.awaiting == Offer.Awaiting.CLIENT and offer.entry_id:
            by_entry[offer.entry_id].append(offer)
    for entry_id, offers in by_entry.items():
        for before, after in itertools.pairwise(offers):
            if _too_soon(facts, before, after):
                yield f"12: entry {entry_id} was offered the same place by {before.pk} and {after.pk}"


def _nobody_asked_again(facts: Facts) -> Iterator[str]:
    """Who said no to somebody is not asked about her again."""
    noes = {(row.referral_id, row.therapist_id): row.pk for row in facts.offers if _her_no(row)}
    for offer in facts.open_offers:
        before = noes.get((offer.referral_id, offer.therapist_id))
        if offer.awaiting == Offer.Awaiting.THERAPIST and before is not None and before < offer.pk:
            yield f"12: request {offer.pk} asks whoever said no to {before}"


def _her_no(offer: Offer) -> bool:
    return offer.awaiting == Offer.Awaiting.THERAPIST and offer.state == Offer.State.DECLINED


def _no_calls_after_closing(facts: Facts) -> Iterator[str]:
    """Nobody is asked to chase somebody who has closed, but whoever was to be called for her own sake is."""
    closed = [pk for pk, referral in facts.referrals.items() if referral.state == S.CLOSED]
    calls = Task.objects.filter(subject_type="referral", subject_id__in=closed, state=Task.State.OPEN)
    for kind, pk in calls.filter(kind__in=(*CALLS, *CHASES)).values_list("kind", "subject_id"):
        yield f"7: referral {pk} is closed, and the task {kind} stands"


def _too_soon(facts: Facts, before: Offer, after: Offer) -> bool:
    said_no = before.state in (Offer.State.DECLINED, Offer.State.LAPSED)
    same = before.claim is not None and after.claim is not None and before.claim.place_id == after.claim.place_id
    if not said_no or not same or before.closed_at is None:
        return False
    events = [row for row in facts.events[before.referral_id] if before.closed_at <= row.at <= after.opened_at]
    taken_back = any(row.action in ("late_yes", "unpark") for row in events)
    said = [row.detail["no_offer_before"] for row in events if row.detail.get("no_offer_before")]
    until = datetime.datetime.fromisoformat(said[0]) if said else before.closed_at + clocks.NO_OFFER_FOR
    return not taken_back and after.opened_at < until


# After a tick


def _left_unoffered(facts: Facts) -> Iterator[str]:
    for therapist_id, standing in facts.standings.items():
        free = facts.free(therapist_id)
        if not standing.listed or not free or _limit_spoken_for(facts, therapist_id):
            continue
        waiting = facts.queueing(therapist_id)
        # For whom she is being asked again a place is kept until she has answered.
        kept = sum(not _fresh_yes(entry, facts.now) for entry in waiting)
        for entry in waiting:
            suiting = sum(any_suits(entry, [place]) for place in free)
            if _fresh_yes(entry, facts.now) and suiting > kept:
                yield f"9: entry {entry.pk} waits beside a free place of therapist {therapist_id}"


def _left_expired(facts: Facts) -> Iterator[str]:
    for offer in facts.open_offers:
        if offer.expires_at < facts.now:
            yield f"9: offer {offer.pk} has expired and stands open"
    for entry in facts.live_entries:
        if entry.answer_due_at is not None and entry.answer_due_at < facts.now:
            yield f"5: entry {entry.pk} waits for an answer that was due {entry.answer_due_at}"
    for therapist_id, standing in facts.standings.items():
        if "registration_in_question" in standing.reasons:
            held = [row.pk for row in facts.live_entries if row.therapist_id == therapist_id]
            held += [row.pk for row in facts.open_offers if row.therapist_id == therapist_id]
            if held:
                yield f"10: therapist {therapist_id} is in question and {held} stand"


def _figures(facts: Facts) -> Iterator[str]:
    """What pages and walk read. Of places from a date the nearest count already: at midnight nobody counts again."""
    today = facts.now.astimezone(LONDON).date()
    for pk, therapist in facts.therapists.items():
        places = facts.unoccupied(pk)
        on_offer = [place for place in places if place.available_from and place.available_from <= today]
        least, most = (sum(any_suits(row, some) for row in facts.queueing(pk)) for some in (on_offer, places))
        on_list = sum(row.therapist_id == pk and row.state in WaitingListEntry.ON_LIST for row in facts.live_entries)
        if therapist.list_entries != on_list:
            yield f"11: therapist {pk} says {therapist.list_entries} are on her list, there are {on_list}"
        if not least <= therapist.offerable_entries <= most:
            yield f"11: therapist {pk} says {therapist.offerable_entries} could be offered, {least} to {most} could"


def _fresh_yes(entry: WaitingListEntry, now: datetime.datetime) -> bool:
    return entry.state == E.LISTED and entry.agreed_at is not None and now <= entry.agreed_at + clocks.YES_LASTS


def _limit_spoken_for(facts: Facts, therapist_id: int) -> bool:
    therapist = facts.therapists[therapist_id]
    if therapist.monthly_limit is None:
        return False
    this_month = therapist.new_people_month == f"{facts.now.astimezone(LONDON):%Y-%m}"
    taken = therapist.new_people_count if this_month else 0
    open_now = sum(row.therapist_id == therapist_id for row in facts.open_offers)
    return taken + open_now >= therapist.monthly_limit
