"""Many people who wait: 100,000 referrals with one to five entries each, made of one real referral by copying its row.

The first of them goes through the services; the others differ in time, order, lists, and what they need of a place.
"""

from collections.abc import Iterable
from typing import Any

# What people need of a place: any hour, weekday days, evenings, one day; any format or one.
HOURS = (2**21 - 1, 0b011 * sum(1 << day * 3 for day in range(5)), 0b100 * sum(1 << day * 3 for day in range(7)), 0b111)
FORMATS = ("{}", "{}", "{video}", "{in-person}")


def copied(model: Any, row: int, count: int, **varied: str) -> tuple[int, int]:
    """Copy a row `count` times; `varied` are SQL expressions over `i`, 1 to count. Returns the first and last key."""
    from django.db import connection

    table = model._meta.db_table
    columns = [field.column for field in model._meta.concrete_fields if not field.primary_key]
    values = [varied.get(column, f"t.{column}").replace("%", "%%") for column in columns]
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH made AS (INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(values)}"
            f" FROM {table} t, generate_series(1, %s) AS i WHERE t.id = %s ORDER BY i RETURNING id)"
            " SELECT min(id), max(id) FROM made",
            [count, row],
        )
        first, last = cursor.fetchone()
    return first, last


def people_wait(count: int) -> None:
    """Put `count` referrals on up to five lists each, agreed to, in the state of waiting. Every place is occupied."""
    from django.db import connection

    from clients.models import Client
    from core import clock
    from referrals.models import Choice, Referral, WaitingListEntry
    from tests.referrals.given import sent
    from therapists.models import Therapist
    from therapists.selectors.standing import standing_for

    if Referral.objects.count() >= count:
        # An earlier measurement of the same evening has put them there.
        return
    now = clock.now()
    Therapist.objects.filter(confirmed_at__isnull=False).update(confirmed_at=now)
    open_lists = list(Therapist.objects.filter(list_limit__gt=0).order_by("pk").values_list("pk", flat=True))
    judged = standing_for(open_lists, as_of=now)
    with_list = [pk for pk in open_lists if judged[pk].listed]
    occupy_all(now)
    one = sent(Therapist.objects.get(pk=with_list[0]), choices=[{"therapist": with_list[0], "will_wait": True}])
    choice, entry = one.choices.get(), WaitingListEntry.objects.get(referral=one)
    first_client, _ = copied(Client, one.client_id, count)
    ago = "t.created_at - i * interval '73 seconds'"
    first, _ = copied(
        Referral, one.pk, count,
        reference="'B' || i", client_id=f"{first_client - 1} + i", submission_id="NULL", queue_from=ago,
        check_in_at="t.created_at + interval '28 days' * ((i % 100) / 100.0) + interval '1 day'",
        due_at="t.created_at + interval '28 days' * ((i % 100) / 100.0) + interval '1 day'",
        action_owner="'coordinator'",
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE lists AS SELECT id, ordinality - 1 AS n"
            " FROM unnest(%s::bigint[]) WITH ORDINALITY AS t (id)",
            [with_list],
        )
        cursor.execute("CREATE UNIQUE INDEX ON lists (n)")
        cursor.execute(
            "CREATE TEMP TABLE wanted AS SELECT i, rank, (SELECT id FROM lists WHERE n ="
            " (i::bigint * 7919 + rank * 104729) %% %s) AS therapist FROM generate_series(1, %s) AS i,"
            " generate_series(1, 5) AS rank WHERE rank <= 1 + i %% 5",
            [len(with_list), count],
        )
        _rows(cursor, Choice, choice.pk, referral_id=f"{first - 1} + w.i", rank="w.rank", therapist_id="w.therapist")
        hours = f"(ARRAY{list(HOURS)})[1 + w.i % {len(HOURS)}]"
        formats = f"(ARRAY{list(FORMATS)})[1 + w.i / 7 % {len(FORMATS)}]::varchar[]"
        _rows(
            cursor, WaitingListEntry, entry.pk,
            referral_id=f"{first - 1} + w.i", rank="w.rank", therapist_id="w.therapist", state="'listed'",
            agreed_at="t.joined_at", answer_due_at="NULL", hours=hours, formats=formats,
        )  # fmt: skip
        cursor.execute("DROP TABLE wanted, lists")
    recount(with_list)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _rows(cursor: Any, model: Any, row: int, **varied: str) -> None:
    table = model._meta.db_table
    columns = [field.column for field in model._meta.concrete_fields if not field.primary_key]
    values = [varied.get(column, f"t.{column}") for column in columns]
    cursor.execute(
        f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(values)} FROM {table} t, wanted w"
        f" WHERE t.id = {row} ORDER BY w.i, w.rank"
    )


def occupy_all(now: Any) -> None:
    """Let somebody have every free place, so that nobody is offered one before the measurement begins."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO therapists_placeclaim (place_id, kind, holder_type, holder_id, opened_at, release_reason)"
            " SELECT p.id, 'occupied', 'before', 0, %s, '' FROM therapists_place p WHERE NOT EXISTS"
            " (SELECT 1 FROM therapists_placeclaim c WHERE c.place_id = p.id AND c.released_at IS NULL)",
            [now],
        )


def recount(ids: Iterable[int]) -> None:
    """Count lists again, a few thousand at a time."""
    from therapists.queue import queues_recount

    ids = list(ids)
    for start in range(0, len(ids), 5000):
        queues_recount(therapist_ids=ids[start : start + 5000])


def release(count: int) -> list[int]:
    """Free one place each of `count` listed therapists for whom somebody waits; return their places."""
    from django.db import connection

    from core import clock
    from referrals.models import WaitingListEntry
    from referrals.selectors.summary import summary_digests
    from therapists.selectors.standing import standing_for

    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT t.id, min(p.id) FROM therapists_therapist t JOIN therapists_place p ON p.therapist_id = t.id"
            " JOIN therapists_placeclaim c ON c.place_id = p.id AND c.released_at IS NULL AND c.holder_type = 'before'"
            " WHERE t.list_entries > 1 AND p.closed_at IS NULL AND p.available_from <= %s GROUP BY t.id ORDER BY t.id"
            " LIMIT %s",
            [clock.today(), 2 * count],
        )
        found = dict(cursor.fetchall())
    listed = [pk for pk, judged in standing_for(found, as_of=now).items() if judged.listed][:count]
    places = [found[pk] for pk in sorted(listed)]
    pairs = list(
        WaitingListEntry.objects.filter(therapist__in=listed, state="listed").values_list("pk", "referral", "therapist")
    )
    # What the therapists have said yes to is what they would read today.
    for start in range(0, len(pairs), 5000):
        part = pairs[start : start + 5000]
        digests = summary_digests((referral, therapist) for _, referral, therapist in part)
        rows = [WaitingListEntry(pk=pk, agreed_to=digests[referral, therapist]) for pk, referral, therapist in part]
        WaitingListEntry.objects.bulk_update(rows, ["agreed_to"], batch_size=1000)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE therapists_placeclaim SET released_at = %s, release_reason = 'benchmark'"
            " WHERE place_id = ANY(%s) AND released_at IS NULL",
            [now, places],
        )
    recount(listed)
    return places


def people_on_one_list(waiting: int, places: int, *, evening: int, daytime: int) -> int:
    """Put people on one therapist's list, one in five only free in the evening, and free places, every second one in
    the daytime; return her key. `evening`, `daytime`: masks of 21 parts of the week."""
    import datetime

    from clients.models import Client
    from core import clock
    from referrals.models import Choice, Referral, WaitingListEntry
    from referrals.selectors.summary import summary_digest
    from tests.factories import make_place, make_therapist
    from tests.referrals.given import sent
    from therapists.models import PlaceClaim

    therapist = make_therapist(list_limit=waiting + 1)
    PlaceClaim.objects.create(
        place=therapist.places.get(), kind="occupied", holder_type="before", holder_id=0, opened_at=clock.now()
    )
    one = sent(therapist, choices=[{"therapist": therapist.pk, "will_wait": True}])
    entry = WaitingListEntry.objects.get(referral=one)
    client, _ = copied(Client, one.client_id, waiting)
    referral, _ = copied(
        Referral, one.pk, waiting,
        reference="'C' || i", client_id=f"{client - 1} + i", submission_id="NULL",
        queue_from="t.created_at - i * interval '1 hour'", action_owner="'coordinator'",
        due_at="t.created_at + interval '20 days'", check_in_at="t.created_at + interval '20 days'",
    )  # fmt: skip
    copied(Choice, one.choices.get().pk, waiting, referral_id=f"{referral - 1} + i")
    digest = summary_digest(one, therapist.pk)
    copied(
        WaitingListEntry, entry.pk, waiting,
        referral_id=f"{referral - 1} + i", state="'listed'", agreed_at="t.joined_at", answer_due_at="NULL",
        agreed_to=f"'{digest}'", hours=f"CASE WHEN i % 5 = 0 THEN {evening} ELSE {evening | daytime} END",
    )  # fmt: skip
    entry.delete()
    for number in range(places):
        make_place(therapist, time=datetime.time(10) if number % 2 else datetime.time(18))
    recount([therapist.pk])
    return therapist.pk
