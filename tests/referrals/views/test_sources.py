"""Behind a proxy, attempts are counted by visitor and not for the whole country at once."""

import pytest
from django.test import RequestFactory

from referrals.views.sources import source_of


def asked(forwarded: str = "") -> str:
    headers = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}
    return source_of(RequestFactory().get("/", REMOTE_ADDR="10.0.0.1", **headers))


def test_without_a_proxy_the_header_is_anybodys_claim(settings) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 0
    assert asked("198.51.100.7") == "10.0.0.1"


@pytest.mark.parametrize(
    ("count", "forwarded", "source"),
    [
        (1, "198.51.100.7", "198.51.100.7"),
        (1, "203.0.113.9, 198.51.100.7", "198.51.100.7"),
        (2, "203.0.113.9, 198.51.100.7, 192.0.2.1", "198.51.100.7"),
        (1, "", "10.0.0.1"),
        (2, "198.51.100.7", "10.0.0.1"),
        (1, "nonsense", "10.0.0.1"),
    ],
)
def test_the_trusted_proxys_word_counts(settings, count: int, forwarded: str, source: str) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = count
    assert asked(forwarded) == source


@pytest.mark.parametrize(
    ("address", "source"),
    [
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::"),
        ("2001:db8:1:3::1", "2001:db8:1:3::"),
        ("fe80::1%eth0", "fe80::"),
        ("::ffff:10.0.0.9", "10.0.0.9"),
        ("10.0.0.9", "10.0.0.9"),
        ("", ""),
    ],
)
def test_all_addresses_of_one_household_are_one_source(address, source):
    """It has more of them than anybody could count, one by one."""
    assert source_of(RequestFactory().get("/", REMOTE_ADDR=address)) == source
