"""Reading what a mail server reports about a message of ours (delivery status notifications, RFC 3464). Pure.

Only `failed` is a bounce: the server has given up, whatever its code, also after days of trying (4.4.7). `delayed`
means that it still tries. Somebody whose mail goes on to several places has it when one of them took it.
"""

import email
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message as Mail
from email.parser import HeaderParser

# Ours only, as services.message_enqueue makes them: anything else in a report is not looked up.
_OURS = re.compile(r"<[0-9a-f]{32}@[A-Za-z0-9.-]{1,150}>")
_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")
_TOOK_IT = {"delivered", "relayed", "expanded"}
_DELIVERY_STATUS = {"message/delivery-status", "message/global-delivery-status"}
_HEADERS_OF_OURS = {"message/rfc822", "message/global", "text/rfc822-headers", "message/global-headers"}


@dataclass(frozen=True, slots=True)
class Report:
    """What happened to one of our messages. `code` is short and names nobody, such as "dsn-5.1.1"."""

    message_id: str
    bounced: bool
    code: str


class NotReadable(Exception):
    """Not a report about a message of ours; `str()` says why and quotes nothing."""


def read(raw: bytes) -> Report:
    """Return what a mail reports. Raises NotReadable."""
    mail = email.message_from_bytes(raw)
    fields = [block for part in mail.walk() if _is(part, _DELIVERY_STATUS) for block in _blocks(part)]
    recipients = [block for block in fields if block.get("Action") is not None]
    if not recipients:
        raise NotReadable("no delivery status in it")
    actions = {_word(block, "Action") for block in recipients}
    failed = next((block for block in recipients if _word(block, "Action") == "failed"), None)
    return Report(
        message_id=_message_id(mail),
        bounced=failed is not None and not actions & _TOOK_IT,
        code=_code(failed if failed is not None else recipients[0]),
    )


def _is(part: Mail, kinds: set[str]) -> bool:
    return part.get_content_type() in kinds


def _blocks(part: Mail) -> Iterator[Mail]:
    """Yield the groups of fields of a status. Of its newer type the parser takes the first group for the headers of a
    message and the others for its text."""
    payload = part.get_payload()
    for block in payload if isinstance(payload, list) else [part]:
        if isinstance(block, Mail):
            yield block
            yield from (HeaderParser().parsestr(group) for group in _text(block).split("\n\n"))


def _message_id(mail: Mail) -> str:
    for part in mail.walk():
        if not _is(part, _HEADERS_OF_OURS):
            continue
        payload = part.get_payload()
        returned = payload[0] if isinstance(payload, list) and payload else HeaderParser().parsestr(_text(part))
        if isinstance(returned, Mail) and (found := _OURS.search(str(returned.get("Message-ID", "")))):
            return found.group()
    raise NotReadable("it does not say which message of ours it is about")


def _text(part: Mail) -> str:
    payload = part.get_payload(decode=True)
    decoded = payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""
    return decoded.replace("\r\n", "\n")


def _word(block: Mail, field: str) -> str:
    words = str(block.get(field, "")).split()
    return words[0].lower().strip(";") if words else ""


def _code(block: Mail) -> str:
    found = _STATUS.search(str(block.get("Status", "")))
    return f"dsn-{found.group()}" if found else f"dsn-{_word(block, 'Action')[:20]}"
