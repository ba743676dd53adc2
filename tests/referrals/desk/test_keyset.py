"""Marks of pages: what one page writes the next one reads, and what nobody wrote begins at the beginning."""

import datetime

import pytest
from django.db.models import Q

from core import clock
from referrals.models import Referral
from referrals.selectors.keyset import Order, mark_of, page_of
from tests.referrals.given import sent

BY_WAIT = Order("queue_from")
WRONG = ["", "x", "1", "1-2-3", "-1-2", "9" * 18 + "-1", "9" * 19 + "-1", "1-" + "9" * 19, "1-" + "9" * 400, "\u0661-1"]


@pytest.mark.parametrize("mark", WRONG)
def test_a_mark_that_nobody_made_is_the_beginning(mark: str) -> None:
    assert BY_WAIT.after(mark) == Q()


@pytest.mark.django_db
@pytest.mark.parametrize("newest_first", [False, True])
def test_rows_of_one_moment_are_told_apart(ben, newest_first: bool) -> None:
    people = [sent(ben).pk for _ in range(5)]
    Referral.objects.filter(pk=people[0]).update(queue_from=clock.now() - datetime.timedelta(microseconds=1))
    order = Order("queue_from", newest_first=newest_first)
    seen, mark = [], ""
    while True:
        page = page_of(Referral.objects.all(), order, mark, size=2, marked=lambda row: (row.queue_from, row.pk))
        seen += [row.pk for row in page.rows]
        mark = page.more
        if not mark:
            break
    assert seen == (people[::-1] if newest_first else people)


def test_a_mark_holds_the_microsecond() -> None:
    at = datetime.datetime(2026, 11, 24, 10, 5, 0, 123457, tzinfo=datetime.UTC)
    assert "123457" in str(BY_WAIT.after(mark_of(at, 7)))
