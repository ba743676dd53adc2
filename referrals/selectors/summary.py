"""What a therapist may know, and when: a summary without identity, then name, age and area to check that she knows
nobody, and how to reach the person only after her yes. Each is a white list; the last two are recorded as reads.
"""

import hashlib
import json
from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from functools import reduce

from clients.models import Client
from clients.preferences import DAY_PART_MASKS, Stated, Wish
from clients.selectors import age, called, shared, shared_by
from core import clock
from core.actors import Actor
from core.audit import record_read
from core.models import ReferenceRow
from referrals.models import Offer, Placement, Referral, SafetyAnswer, WaitingListEntry
from therapists.models import AccessOption, ClientGroup, IdentityTag, Issue, Language, SessionFormat
from therapists.words import hours_words


@dataclass(frozen=True, slots=True)
class Told:
    """Everything about one person that one therapist may read before her yes, as it is stored: the white list.

    `hours`: 21 bits. The rest are slugs, a funder's id, or what was written.
    """

    main_issue: str
    other_issues: tuple[str, ...]
    aims: str
    hours: int
    formats: tuple[str, ...]
    languages: tuple[str, ...]
    access: tuple[str, ...]
    step_free: bool
    note: str
    funder: int | None
    sessions: int | None
    fee_pence: int | None
    own_words: str
    groups: tuple[str, ...]
    identity: tuple[str, ...]
    style: tuple[tuple[str, int], ...]

    def digest(self) -> str:
        """Return the SHA-256 of it all. It stays the same when a word for something changes, or the language."""
        text = json.dumps(asdict(self), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Summary:
    """What she reads: `Told` in words. No name, no age, no area. `own_words` and `about_her` only with the client's
    permission; `style`, how the client would like to be worked with, only with permission and only once the therapist
    has said that she could take this.

    fee_pence: what was agreed per session when the client chose; None when `funder` pays for `sessions`.
    """

    main_issue: str
    other_issues: tuple[str, ...]
    aims: str
    times: tuple[str, ...]
    formats: tuple[str, ...]
    languages: tuple[str, ...]
    adjustments: tuple[str, ...]
    step_free: bool
    adjustments_note: str
    funder: str
    sessions: int | None
    fee_pence: int | None
    own_words: str
    about_her: tuple[str, ...]
    style: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class ConflictDetails:
    """Enough to say "I know this person", no more. `area` is the first half of the postcode, or empty."""

    name: str
    age: int
    area: str


@dataclass(frozen=True, slots=True)
class ContactDetails:
    """How to reach the person safely."""

    name: str
    called: str
    channel: str
    email: str
    phone: str
    address: str
    voicemail_ok: bool
    text_ok: bool
    letter_ok: bool
    call_times: str
    discreet: bool
    adjustments: tuple[str, ...]
    adjustments_note: str


def told(pairs: Iterable[tuple[int, int]]) -> dict[tuple[int, int], Told]:
    """Return for each (referral id, therapist id) what that therapist may read, in two queries however many."""
    wanted = list(pairs)
    rows = Referral.objects.select_related("client", "preferences").in_bulk({referral_id for referral_id, _ in wanted})
    permitted = shared_by(row.client_id for row in rows.values())
    return {
        (referral_id, therapist_id): _told(row, therapist_id, permitted[row.client_id])
        for referral_id, therapist_id in wanted
        if (row := rows.get(referral_id)) is not None
    }


def summary_digests(pairs: Iterable[tuple[int, int]]) -> dict[tuple[int, int], str]:
    """Return for each (referral id, therapist id) the digest of what she reads."""
    return {pair: found.digest() for pair, found in told(pairs).items()}


def summary_digest(referral: Referral, therapist_id: int) -> str:
    """Return the digest of what this therapist reads before her yes, in its second step: a yes is to this."""
    return summary_digests([(referral.pk, therapist_id)])[referral.pk, therapist_id]


def summary_of(referral: Referral, therapist_id: int, *, interested: bool) -> Summary:
    """Return what a therapist sees of somebody who asks for her. `interested`: she said that she could take this."""
    known = told([(referral.pk, therapist_id)])[referral.pk, therapist_id]
    return Summary(
        main_issue=next(iter(_names(Issue, [known.main_issue])), ""),
        other_issues=_names(Issue, known.other_issues),
        aims=known.aims,
        times=tuple(hours_words(known.hours)),
        formats=_names(SessionFormat, known.formats),
        languages=_names(Language, known.languages),
        adjustments=_names(AccessOption, known.access),
        step_free=known.step_free,
        adjustments_note=known.note,
        funder=referral.funder.name if referral.funder else "",
        sessions=known.sessions,
        fee_pence=known.fee_pence,
        own_words=known.own_words,
        about_her=_names(ClientGroup, known.groups) + _names(IdentityTag, known.identity),
        style=known.style if interested else (),
    )


def ask_summary(entry: WaitingListEntry) -> Summary:
    """Return what a therapist sees of somebody who would like to wait for her, or does by her yes."""
    interested = entry.interested_at is not None or entry.agreed_at is not None
    return summary_of(entry.referral, entry.therapist_id, interested=interested)


def issues_told(pairs: Iterable[tuple[int, int]]) -> dict[tuple[int, int], tuple[str, ...]]:
    """Return for each (referral id, therapist id) what brings the person, in words: for a list of many."""
    found = {pair: (known.main_issue, *known.other_issues) for pair, known in told(pairs).items()}
    names = _named(Issue, {slug for slugs in found.values() for slug in slugs})
    return {pair: tuple(names[slug] for slug in slugs if slug in names) for pair, slugs in found.items()}


def request_summary(offer: Offer) -> Summary:
    """Return what a therapist sees of a request."""
    return summary_of(offer.referral, offer.therapist_id, interested=offer.interested_at is not None)


def _told(referral: Referral, therapist_id: int, permitted: frozenset[str]) -> Told:
    stated = Stated.from_canonical(referral.preferences.data)
    agreed = referral.fee_snapshot.get("therapists", {}).get(str(therapist_id), {})
    who = "identity" in permitted
    return Told(
        main_issue=referral.main_issue,
        other_issues=tuple(stated.other_issues),
        aims=referral.aims,
        hours=_hours(stated.times),
        formats=_values(stated.formats),
        languages=_values(stated.languages),
        access=tuple(stated.access),
        step_free=stated.step_free,
        note=(referral.client.access_needs or {}).get("note", ""),
        funder=referral.funder_id,
        sessions=referral.fee_snapshot.get("sessions"),
        fee_pence=None if referral.funder_id else agreed.get("fee_pence"),
        own_words=referral.own_words if "own_words" in permitted else "",
        groups=tuple(stated.client_groups) if who else (),
        identity=_values(stated.identity) if who else (),
        style=tuple(stated.style) if "style" in permitted else (),
    )


def conflict_details(offer: Offer, *, actor: Actor) -> ConflictDetails | None:
    """Return name, age and area after "I could take this" and while her answer is awaited; otherwise None."""
    if offer.interested_at is None or offer.state != Offer.State.OPEN or offer.expires_at < clock.now():
        return None
    return _conflict(offer.referral_id, actor)


def ask_conflict_details(entry: WaitingListEntry, *, actor: Actor) -> ConflictDetails | None:
    """Return the same for somebody who would like to wait: only until her first yes. None again from then on."""
    due = entry.answer_due_at
    if entry.state != WaitingListEntry.State.ASKED or entry.interested_at is None or entry.agreed_at is not None:
        return None
    return None if due is None or due < clock.now() else _conflict(entry.referral_id, actor)


def _conflict(referral_id: int, actor: Actor) -> ConflictDetails:
    client = _read(referral_id, actor, "conflict_check")
    return ConflictDetails(
        name=f"{client.given_name} {client.family_name}", age=age(client), area=client.postcode.split(" ")[0]
    )


def contact_details(placement: Placement, *, actor: Actor, purpose: str = "contact") -> ContactDetails | None:
    """Return how to reach the person while the placement lives; None once it has ended."""
    if placement.state == Placement.State.ENDED:
        return None
    return _contact(_read(placement.referral_id, actor, purpose))


def client_card(referral: Referral, *, actor: Actor, purpose: str) -> ContactDetails:
    """Return the same for staff who see the referral."""
    return _contact(_read(referral.pk, actor, purpose))


def _contact(client: Client) -> ContactDetails:
    needs = client.access_needs or {}
    return ContactDetails(
        name=f"{client.given_name} {client.family_name}",
        called=called(client),
        channel=client.get_contact_channel_display(),
        email=client.email if client.contact_channel == Client.Channel.EMAIL else "",
        phone=client.phone,
        address=client.address if client.letter_ok else "",
        voicemail_ok=client.voicemail_ok,
        text_ok=client.text_ok,
        letter_ok=client.letter_ok,
        call_times=client.call_times,
        discreet=client.discreet,
        adjustments=_names(AccessOption, needs.get("options", [])),
        adjustments_note=needs.get("note", ""),
    )


def safety_shared(placement: Placement, *, actor: Actor) -> list[tuple[str, str]]:
    """Return (question, answer) as far as she permitted her therapist to read them, while the placement lives."""
    if placement.state == Placement.State.ENDED or "safety_to_therapist" not in shared(placement.client_id):
        return []
    _read(placement.referral_id, actor, "safety_answers")
    return safety_pairs(SafetyAnswer.objects.filter(referral_id=placement.referral_id))


def safety_pairs(answers: Iterable[SafetyAnswer]) -> list[tuple[str, str]]:
    """Return (question, label of the newest answer) in the questions' order."""
    newest: dict[int, SafetyAnswer] = {}
    for answer in sorted(answers, key=lambda row: row.pk):
        newest[answer.question_id] = answer
    pairs = []
    for answer in sorted(newest.values(), key=lambda row: row.question.position):
        option = answer.question.options.filter(value=answer.value).first()
        pairs.append((answer.question.text, option.label if option else answer.value))
    return pairs


def _read(referral_id: int, actor: Actor, purpose: str) -> Client:
    referral = Referral.objects.select_related("client").get(pk=referral_id)
    record_read(
        actor=actor, obj_type="client", obj_id=referral.client_id, obj_label=referral.reference, purpose=purpose
    )
    return referral.client


def _values(wishes: Iterable[Wish]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(slug for wish in wishes for slug in wish.alternatives))


def _hours(wishes: Iterable[Wish]) -> int:
    return reduce(int.__or__, (DAY_PART_MASKS.get(part, 0) for part in _values(wishes)), 0)


def _names(model: type[ReferenceRow], slugs: Iterable[str]) -> tuple[str, ...]:
    wanted = [slug for slug in slugs if slug]
    names = _named(model, wanted)
    return tuple(names[slug] for slug in wanted if slug in names)


def _named(model: type[ReferenceRow], slugs: Collection[str]) -> dict[str, str]:
    if not slugs:
        return {}
    return dict(model._default_manager.filter(slug__in=slugs).values_list("slug", "name"))
