"""What a therapist may know, and when: a summary without identity, then name, age and area to check that she knows
nobody, and how to reach the person only after her yes. Each is a white list; the last two are recorded as reads.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from clients.models import Client
from clients.preferences import DAY_PART_MASKS, Stated, Wish
from clients.selectors import age, called, shared
from core import clock
from core.actors import Actor
from core.audit import record_read
from core.models import ReferenceRow
from referrals.models import Offer, Placement, Referral, SafetyAnswer
from therapists.models import AccessOption, ClientGroup, IdentityTag, Issue, Language, SessionFormat
from therapists.words import hours_words


@dataclass(frozen=True, slots=True)
class RequestSummary:
    """No name, no age, no area. `own_words` and `about_her` only with her permission; `style`, how she would like to
    be worked with, only with her permission and only once the therapist has said that she could take this.

    fee_pence: what was agreed per session when she chose; None when `funder` pays for `sessions`.
    """

    offer_id: int
    answer_by: datetime
    interested: bool
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


def request_summary(offer: Offer) -> RequestSummary:
    """Return what a therapist sees of a request."""
    referral = Referral.objects.select_related("client", "preferences", "funder").get(pk=offer.referral_id)
    stated = Stated.from_canonical(referral.preferences.data)
    permitted = shared(referral.client_id)
    needs = referral.client.access_needs or {}
    agreed = referral.fee_snapshot.get("therapists", {}).get(str(offer.therapist_id), {})
    return RequestSummary(
        offer_id=offer.pk,
        answer_by=offer.expires_at,
        interested=offer.interested_at is not None,
        main_issue=next(iter(_names(Issue, [referral.main_issue])), ""),
        other_issues=_names(Issue, stated.other_issues),
        aims=referral.aims,
        times=_times(stated.times),
        formats=_names(SessionFormat, _values(stated.formats)),
        languages=_names(Language, _values(stated.languages)),
        adjustments=_names(AccessOption, stated.access),
        step_free=stated.step_free,
        adjustments_note=needs.get("note", ""),
        funder=referral.funder.name if referral.funder else "",
        sessions=referral.fee_snapshot.get("sessions"),
        fee_pence=None if referral.funder else agreed.get("fee_pence"),
        own_words=referral.own_words if "own_words" in permitted else "",
        about_her=_about(stated) if "identity" in permitted else (),
        style=stated.style if offer.interested_at is not None and "style" in permitted else (),
    )


def conflict_details(offer: Offer, *, actor: Actor) -> ConflictDetails | None:
    """Return name, age and area after "I could take this" and while her answer is awaited; otherwise None."""
    if offer.interested_at is None or offer.state != Offer.State.OPEN or offer.expires_at < clock.now():
        return None
    client = _read(offer.referral_id, actor, "conflict_check")
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


def _about(stated: Stated) -> tuple[str, ...]:
    return _names(ClientGroup, stated.client_groups) + _names(IdentityTag, _values(stated.identity))


def _values(wishes: Iterable[Wish]) -> list[str]:
    return list(dict.fromkeys(slug for wish in wishes for slug in wish.alternatives))


def _times(wishes: Iterable[Wish]) -> tuple[str, ...]:
    mask = 0
    for part in _values(wishes):
        mask |= DAY_PART_MASKS.get(part, 0)
    return tuple(hours_words(mask))


def _names(model: type[ReferenceRow], slugs: Iterable[str]) -> tuple[str, ...]:
    wanted = [slug for slug in slugs if slug]
    if not wanted:
        return ()
    names = dict(model._default_manager.filter(slug__in=wanted).values_list("slug", "name"))
    return tuple(names[slug] for slug in wanted if slug in names)
