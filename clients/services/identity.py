"""From what somebody typed to a client: the one on file where that is certain, otherwise a new one.

Certain means an exact NHS number, or exactly three of given name, family name, date of birth and postcode with exactly
one candidate, and in both cases the very channel that is on file and was proved again now. So linking shows nothing to
somebody who merely knows another person's particulars, and no message leaves for an address that person took over.
"""

import datetime
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from clients.identity import Digests, digests, nhs_clean
from clients.models import Client, Consent
from clients.selectors import candidates
from core import clock
from core.actors import Actor
from core.audit import record_write

EMAIL, SMS = Client.Channel.EMAIL, Client.Channel.SMS


@dataclass(frozen=True, slots=True)
class Details:
    """Who somebody is and how to reach her safely. `channel` was proved at `channel_proved_at`."""

    given_name: str
    family_name: str
    date_of_birth: datetime.date
    nation: str
    channel: str
    channel_proved_at: datetime.datetime | None
    preferred_name: str = ""
    nhs_number: str = ""
    postcode: str = ""
    email: str = ""
    phone: str = ""
    address: str = ""
    voicemail_ok: bool = False
    text_ok: bool = False
    letter_ok: bool = False
    call_times: str = ""
    discreet: bool = False
    language: str = "en-gb"
    access_needs: dict[str, Any] = field(default_factory=dict)
    practice_code: str = ""
    practice_name: str = ""

    def digests(self) -> Digests:
        return digests(
            given_name=self.given_name,
            family_name=self.family_name,
            born=self.date_of_birth,
            postcode=self.postcode,
            nhs_number=self.nhs_number,
        )


@dataclass(frozen=True, slots=True)
class Identified:
    """`perhaps`: clients on file who may be the same person, for a coordinator to decide."""

    client: Client
    new: bool
    perhaps: tuple[int, ...] = ()


def client_identify(*, details: Details, actor: Actor) -> Identified:
    """Find or make the client, in the caller's transaction. People born on the same day wait for each other."""
    known = details.digests()
    _one_at_a_time(known.born)
    found = candidates(known)
    certain = found[0] if len(found) == 1 else None
    if certain is not None and _same_channel(certain, details):
        return Identified(_refresh(certain, details, actor), new=False)
    free_number = "" if any(client.nhs_digest == known.nhs != "" for client in found) else details.nhs_number
    client = _create(details, known, free_number, actor)
    return Identified(client, new=True, perhaps=tuple(client.pk for client in found))


def consents_append(*, client: Client, answers: dict[str, bool], route: str, wording: str, actor: Actor) -> None:
    """Add one decision per item. Rows are never edited: the newest counts."""
    now = clock.now()
    Consent.objects.bulk_create(
        Consent(
            client=client,
            item=item,
            decision=Consent.Decision.GIVEN if given else Consent.Decision.REFUSED,
            route=route,
            recorded_by=actor.label,
            wording=wording,
            at=now,
        )
        for item, given in sorted(answers.items())
    )
    record_write(
        actor=actor, verb="consents_append", obj_type="client", obj_id=client.pk, detail={"items": sorted(answers)}
    )


def consents_newest(*, client: Client, other: Client, route: str, actor: Actor) -> None:
    """Two records are one person: for every item her newest decision counts, whichever record it stands with. What
    differs is added to `client`, in the caller's transaction.
    """
    rows = Consent.objects.filter(client__in=(client, other)).order_by("item", "at", "pk")
    newest = {row.item: row for row in rows}
    changed = [row for row in newest.values() if row.client_id == other.pk]
    Consent.objects.bulk_create(
        Consent(
            client=client,
            item=row.item,
            decision=row.decision,
            route=route,
            recorded_by=actor.label,
            wording=row.wording,
            at=row.at,
        )
        for row in changed
    )
    if changed:
        items = sorted(row.item for row in changed)
        record_write(actor=actor, verb="consents_append", obj_type="client", obj_id=client.pk, detail={"items": items})


def _one_at_a_time(born: str) -> None:
    """Two sendings by the same person at once must not make two clients: nothing on file could be locked yet."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int(born[:15], 16)])


def _same_channel(client: Client, details: Details) -> bool:
    """Say whether the channel proved now is the one on file."""
    if details.channel_proved_at is None or client.channel_proved_at is None:
        return False
    if client.contact_channel != details.channel:
        return False
    if details.channel == EMAIL:
        return client.email.casefold() == details.email.casefold() != ""
    return details.channel == SMS and client.phone == details.phone != ""


def _columns(details: Details) -> dict[str, Any]:
    return {
        "preferred_name": details.preferred_name,
        "nation": details.nation,
        "email": details.email,
        "phone": details.phone,
        "address": details.address,
        "contact_channel": details.channel,
        "channel_proved_at": details.channel_proved_at,
        "voicemail_ok": details.voicemail_ok,
        "text_ok": details.text_ok,
        "letter_ok": details.letter_ok,
        "call_times": details.call_times,
        "discreet": details.discreet,
        "language": details.language,
        "access_needs": details.access_needs,
        "practice_code": details.practice_code,
        "practice_name": details.practice_name,
    }


def _refresh(client: Client, details: Details, actor: Actor) -> Client:
    """Take over how to reach her now. Name, birth date and numbers on file stay: correcting them is a person's part."""
    for name, value in _columns(details).items():
        setattr(client, name, value)
    client.save()
    record_write(actor=actor, verb="client_link", obj_type="client", obj_id=client.pk)
    return client


def _create(details: Details, known: Digests, nhs_number: str, actor: Actor) -> Client:
    number = nhs_clean(nhs_number)
    client = Client.objects.create(
        given_name=details.given_name,
        family_name=details.family_name,
        date_of_birth=details.date_of_birth.isoformat(),
        nhs_number=number,
        postcode=details.postcode,
        given_digest=known.given,
        family_digest=known.family,
        born_digest=known.born,
        postcode_digest=known.postcode,
        nhs_digest=known.nhs if number else "",
        created_at=clock.now(),
        **_columns(details),
    )
    record_write(actor=actor, verb="client_create", obj_type="client", obj_id=client.pk)
    return client
