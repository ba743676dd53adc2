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
