"""Reading clients. Records are reached through a referral or a placement only: nothing here lists them to people."""

import datetime
from collections.abc import Iterable
from functools import reduce
from itertools import combinations
from operator import or_

from django.db.models import Q

from clients.identity import FIELDS, Digests, born_digest
from clients.models import Client, Consent
from core import clock

AGREE = 3


def candidates(known: Digests) -> list[Client]:
    """Return who on file may be this person: the exact NHS number alone decides; else exactly equal in three of four.

    Somebody whose NHS number is known to be another one is no candidate.
    """
    if known.nhs and (by_number := list(Client.objects.filter(nhs_digest=known.nhs))):
        return by_number
    given = [name for name in FIELDS if getattr(known, name)]
    three = [
        reduce(lambda condition, name: condition & Q(**{f"{name}_digest": getattr(known, name)}), names, Q())
        for names in combinations(given, AGREE)
    ]
    if not three:
        return []
    found = Client.objects.filter(reduce(or_, three)).order_by("pk")
    return [client for client in found if not (known.nhs and client.nhs_digest)]


def shared(client_id: int) -> frozenset[str]:
    """Return the items the client permits to share now: the newest decision per item counts."""
    return shared_by([client_id])[client_id]


def shared_by(client_ids: Iterable[int]) -> dict[int, frozenset[str]]:
    """Return the same for each of these clients, in one query."""
    ids = set(client_ids)
    rows = Consent.objects.filter(client_id__in=ids).order_by("client_id", "item", "-pk").distinct("client_id", "item")
    given: dict[int, set[str]] = {pk: set() for pk in ids}
    for row in rows:
        if row.decision == Consent.Decision.GIVEN:
            given[row.client_id].add(row.item)
    return {pk: frozenset(items) for pk, items in given.items()}


def is_born(client: Client, born: datetime.date) -> bool:
    """Say whether the client was born on this day."""
    return client.born_digest == born_digest(born)


def age(client: Client) -> int:
    """Return the age today, in London."""
    born, today = datetime.date.fromisoformat(client.date_of_birth), clock.today()
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def called(client: Client) -> str:
    """Return what to call the client: her preferred name, else the given one."""
    return client.preferred_name or client.given_name
