"""Opaque tokens for links: an HMAC over purpose, row, nonce and expiry. Readable again after use.

What a link does is decided by the page it opens and by the row's own state, never by the token having been seen.
"""

import base64
import binascii
import hmac
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from core import clock, crypto


class BadToken(ValueError):
    """Not a token of ours, or one of another purpose."""


class ExpiredToken(BadToken):
    """Ours, but its time is over."""


@dataclass(frozen=True, slots=True)
class Token:
    row_id: int
    nonce: str
    expires_at: datetime


def sign(purpose: str, row_id: int, nonce: str = "", *, lasts: timedelta = timedelta(days=28)) -> str:
    """Return a URL-safe token. `nonce` is a value of the row that changes when older links must stop working."""
    expires = int((clock.now() + lasts).timestamp())
    body = json.dumps([row_id, nonce, expires], separators=(",", ":")).encode()
    return f"{_encode(body)}.{_seal(purpose, body)}"


def read(purpose: str, token: str) -> Token:
    """Return what `sign` was given. Raises BadToken or ExpiredToken; comparing the nonce is the caller's part."""
    encoded, _, seal = token.partition(".")
    try:
        body = base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))
    except (binascii.Error, ValueError) as error:
        raise BadToken(purpose) from error
    if not hmac.compare_digest(_seal(purpose, body).encode(), seal.encode()):
        raise BadToken(purpose)
    row_id, nonce, expires = json.loads(body)
    expires_at = datetime.fromtimestamp(expires, UTC)
    if clock.now() > expires_at:
        raise ExpiredToken(purpose)
    return Token(row_id, nonce, expires_at)


def _seal(purpose: str, body: bytes) -> str:
    return _encode(bytes.fromhex(crypto.keyed_digest(body.decode("latin-1"), purpose=f"link:{purpose}"))[:20])


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
