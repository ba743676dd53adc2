"""People who may stand on two registers. Found, written down and put before a person; never joined by us."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction

from core import clock
from core.actors import Actor
from therapists import kinds
from therapists.models import Register, Registration, SamePersonPair
from therapists.services.standing_changes import coordinator_task

CHUNK = 2_000
# A register of 70,000 may bring thousands of pairs at its first import: tasks for the most pressing ones only, the rest
# wait in the list of pairs until somebody claims one of the two.
MOST_TASKS = 100

Status = Registration.Status


@dataclass(frozen=True, slots=True)
class Seen:
    pk: int
    name_key: str
    email_digest: str
    postcode: str
    therapist_id: int | None
    status: str


FIELDS = ("pk", "name_key", "email_digest", "postcode", "therapist_id", "status")


def pairs_find(*, register: Register, registration_ids: Iterable[int], actor: Actor) -> int:
    """Look for the people of these registrations, all on one register, on the others. Returns how many pairs are new.

    A pair has the same name and the same e-mail address or postcode, on two registers. A pair that somebody has decided
    about is not asked about again.
    """
    ids = sorted(registration_ids)
    found: list[tuple[Seen, Seen, str]] = []
    for start in range(0, len(ids), CHUNK):
        found += _pairs_of(register, ids[start : start + CHUNK])
    with transaction.atomic():
        new = _write(found)
        # Pressing ones first.
        for pk, _pressing_one in sorted(new, key=lambda row: (not row[1], row[0]))[:MOST_TASKS]:
            _open_task(pk, actor)
    return len(new)


def pair_tasks_open(*, registration_ids: Iterable[int], actor: Actor) -> None:
    """Put undecided pairs of these registrations before a coordinator: one of them now belongs to a therapist."""
    ids = list(registration_ids)
    undecided = SamePersonPair.objects.filter(state=SamePersonPair.State.OPEN)
    for pair in undecided.filter(first_id__in=ids) | undecided.filter(second_id__in=ids):
        _open_task(pair.pk, actor)


def _pairs_of(register: Register, ids: list[int]) -> list[tuple[Seen, Seen, str]]:
    mine = [Seen(*row) for row in Registration.objects.filter(pk__in=ids).values_list(*FIELDS)]
    keys = {seen.name_key for seen in mine if seen.name_key}
    others: dict[str, list[Seen]] = defaultdict(list)
    elsewhere = Registration.objects.filter(name_key__in=keys).exclude(register=register)
    for row in elsewhere.values_list(*FIELDS):
        others[row[1]].append(Seen(*row))
    return [
        (seen, other, agrees)
        for seen in mine
        for other in others.get(seen.name_key, ())
        if (agrees := _agree(seen, other))
    ]


def _agree(seen: Seen, other: Seen) -> str:
    """Return on what two registrations agree beside the name, or "" when they are not a pair."""
    if seen.therapist_id is not None and seen.therapist_id == other.therapist_id:
        return ""
    if seen.email_digest and seen.email_digest == other.email_digest:
        return "e-mail"
    if seen.postcode and seen.postcode == other.postcode:
        return "postcode"
    return ""


def _write(found: list[tuple[Seen, Seen, str]]) -> list[tuple[int, bool]]:
    """Write pairs that are not known yet. Returns (pk, pressing) of each new one."""
    by_ids = {(min(a.pk, b.pk), max(a.pk, b.pk)): (agrees, _pressing(a, b)) for a, b, agrees in found}
    known: set[tuple[int, int]] = set()
    firsts = [first for first, _second in by_ids]
    for start in range(0, len(firsts), CHUNK):
        there = SamePersonPair.objects.filter(first_id__in=firsts[start : start + CHUNK])
        known |= set(there.values_list("first_id", "second_id"))
    now = clock.now()
    rows = [
        SamePersonPair(first_id=first, second_id=second, agrees_on=agrees, found_at=now)
        for (first, second), (agrees, _pressing_one) in by_ids.items()
        if (first, second) not in known
    ]
    SamePersonPair.objects.bulk_create(rows, batch_size=CHUNK)
    return [(row.pk, by_ids[row.first_id, row.second_id][1]) for row in rows]


def _pressing(seen: Seen, other: Seen) -> bool:
    """Somebody shown here may be somebody who is in trouble elsewhere."""
    linked = seen.therapist_id is not None or other.therapist_id is not None
    return linked or not seen.status == other.status == Status.ACTIVE


def _open_task(pair_id: int, actor: Actor) -> None:
    coordinator_task(
        kind=kinds.SAME_PERSON,
        subject_type="same_person_pair",
        subject_id=pair_id,
        actor=actor,
        now=clock.now(),
    )
