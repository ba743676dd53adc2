"""Authenticated encryption for columns, and keyed digests to look encrypted values up by.

Keys come from settings.FIELD_ENCRYPTION_KEYS: a list of "id:base64 of 32 bytes", newest first. The id stands in front
of every stored value, so a key can be replaced while old rows stay readable.
"""

import base64
import hashlib
import hmac
import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings


class Undecryptable(Exception):
    """The stored value does not open with any configured key, or belongs to another column."""


@lru_cache(maxsize=4)
def _keys(configured: tuple[str, ...]) -> dict[str, bytes]:
    pairs = (item.split(":", 1) for item in configured)
    return {key_id: base64.b64decode(value) for key_id, value in pairs}


def _current_keys() -> dict[str, bytes]:
    return _keys(tuple(settings.FIELD_ENCRYPTION_KEYS))


def encrypt(plain: str, *, bound_to: str) -> str:
    """Return "keyid:base64(nonce + ciphertext)". `bound_to` (table.column) must be given again to decrypt."""
    key_id, key = next(iter(_current_keys().items()))
    nonce = os.urandom(12)
    sealed = AESGCM(key).encrypt(nonce, plain.encode(), bound_to.encode())
    return f"{key_id}:{base64.b64encode(nonce + sealed).decode()}"


def decrypt(stored: str, *, bound_to: str) -> str:
    """Open what `encrypt` sealed. Raises Undecryptable."""
    key_id, _, body = stored.partition(":")
    try:
        raw = base64.b64decode(body)
        return AESGCM(_current_keys()[key_id]).decrypt(raw[:12], raw[12:], bound_to.encode()).decode()
    except (KeyError, ValueError, InvalidTag) as error:
        raise Undecryptable(bound_to) from error


def keyed_digest(value: str, *, purpose: str) -> str:
    """Return 64 hex digits that are equal for equal values and purpose, and tell nothing without the key.

    The oldest key is used, so that look-ups survive the arrival of a new one.
    """
    key = list(_current_keys().values())[-1]
    return hmac.new(key, f"{purpose}\0{value}".encode(), hashlib.sha256).hexdigest()
