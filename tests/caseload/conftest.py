"""A therapist's day stands at Monday 23 November 2026, 10am, unless a test moves the clock."""

from tests.referrals.conftest import now

__all__ = ["now"]
