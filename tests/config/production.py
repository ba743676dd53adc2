"""The environment of a deployment, for tests that load production's settings in a fresh process."""

import os

KEY = "k1:" + "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "config.settings.production",
    "SECRET_KEY": "a1b2c3d4e5f6" * 5,
    "ALLOWED_HOSTS": "rapport.example",
    "SITE_URL": "https://rapport.example",
    "DATABASE_URL": "postgresql://rapport@db/rapport",
    "REDIS_URL": "redis://redis:6379/0",
    "EMAIL_HOST": "mail.example",
    "BOUNCE_ADDRESS": "bounces@rapport.example",
    "BOUNCE_ADDRESS_DISCREET": "bounces@messages.example",
    "FIELD_ENCRYPTION_KEYS": KEY,
}


def environment(**more: str) -> dict[str, str]:
    """Return a clean environment with production's variables; an empty value leaves the variable out."""
    clean = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {name: value for name, value in {**clean, **PRODUCTION, **more}.items() if value}
