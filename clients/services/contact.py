"""How to reach a client, where she adds to it later."""

from clients.models import Client
from core.actors import Actor
from core.audit import record_write


def client_phone_add(*, client: Client, phone: str, voicemail_ok: bool, actor: Actor) -> None:
    """Keep a number to call where none is known, in the caller's transaction. `phone` is already cleaned.

    A number on file stays: it may be the channel that was proved, and replacing that takes a proof.
    """
    if client.phone:
        return
    client.phone, client.voicemail_ok = phone, voicemail_ok
    client.save(update_fields=["phone", "voicemail_ok"])
    record_write(actor=actor, verb="client_phone_add", obj_type="client", obj_id=client.pk)


# How to reach somebody: all of it is taken over together, for one part without the other may be unsafe.
_CONTACT = (
    "email",
    "phone",
    "address",
    "contact_channel",
    "channel_proved_at",
    "voicemail_ok",
    "text_ok",
    "letter_ok",
    "call_times",
    "discreet",
    "language",
)


def client_contact_take(*, client: Client, source: Client, actor: Actor) -> None:
    """Two records are one person: reach her from now on as the other record says, in the caller's transaction."""
    for name in _CONTACT:
        setattr(client, name, getattr(source, name))
    client.save(update_fields=list(_CONTACT))
    record_write(
        actor=actor, verb="client_contact_take", obj_type="client", obj_id=client.pk, detail={"from": source.pk}
    )
