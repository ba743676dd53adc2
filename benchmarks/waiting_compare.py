"""Our tick beside what most projects write: `python -m benchmarks.waiting_compare [WAITING] [PLACES]`.

One list, 1,000 people waiting, 100 places released at once, two workers at the same time, one in five people who can
only come in the evening and every second place in the daytime. The plain loop: "for each freed place take whoever has
waited longest and e-mail her", each worker on its own connection. Both hand their mails to the same local server.
"""

import asyncio
import datetime
import logging
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

from benchmarks import scratch
from benchmarks.figures import table

WORKERS = 2
EVENING, DAYTIME = 0b100, 0b011
WHOLE_WEEK = sum(1 << day * 3 for day in range(7))
PORT = 2599
DAY = datetime.datetime(2026, 11, 24, 10, tzinfo=datetime.UTC)


class Sink:
    """A mail server on this machine that takes everything and notes when."""

    def __init__(self) -> None:
        self.seen: list[tuple[float, str]] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        self.seen.append((time.perf_counter(), envelope.rcpt_tos[0]))
        await asyncio.sleep(0)
        return "250 OK"


def side_by_side(act: Callable[[], object]) -> tuple[float, list[BaseException]]:
    """Let two workers act at the same moment, each on a connection of its own; return when they began."""
    from django.db import connection

    ready, failures = threading.Barrier(WORKERS), []

    def work() -> None:
        try:
            connection.ensure_connection()
            ready.wait(10)
            act()
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(WORKERS)]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return begun, failures


def prepare(waiting: int, places: int) -> int:
    """Make one therapist with a list and released places; return her key."""
    from benchmarks.waiting_world import people_on_one_list

    return people_on_one_list(waiting, places, evening=WHOLE_WEEK * EVENING, daytime=WHOLE_WEEK * DAYTIME)


def plain_tables(therapist: int) -> None:
    """Give the plain loop the same people and places in tables of its own."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE plain_person AS SELECT e.id, r.queue_from AS since, e.hours, false AS offered"
            " FROM referrals_waitinglistentry e JOIN referrals_referral r ON r.id = e.referral_id"
            " WHERE e.therapist_id = %s",
            [therapist],
        )
        cursor.execute(
            "CREATE TABLE plain_place AS SELECT id, time, NULL::bigint AS person FROM therapists_place"
            " p WHERE therapist_id = %s AND NOT EXISTS (SELECT 1 FROM therapists_placeclaim WHERE place_id = p.id)",
            [therapist],
        )
        cursor.execute("CREATE TABLE plain_offer (person bigint, place bigint)")


def plain_loop() -> None:
    """For each freed place take whoever has waited longest, e-mail her, and note both."""
    from django.core.mail import send_mail
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM plain_place WHERE person IS NULL ORDER BY id")
        for (place,) in cursor.fetchall():
            cursor.execute("SELECT id FROM plain_person WHERE NOT offered ORDER BY since, id LIMIT 1")
            (person,) = cursor.fetchone()
            send_mail("News", "There is a place for you.", "a@example.org", [f"p{person}@example.org"])
            cursor.execute("UPDATE plain_person SET offered = true WHERE id = %s", [person])
            cursor.execute("UPDATE plain_place SET person = %s WHERE id = %s", [person, place])
            cursor.execute("INSERT INTO plain_offer VALUES (%s, %s)", [person, place])


def ours() -> None:
    """One tick's offers and its sending, as a worker does both."""
    from notifications.tasks import deliver_due
    from referrals.services.lists_due import places_offer

    places_offer()
    deliver_due()


def outcome(offers: list[tuple[int, int]], places: dict[int, int], people: list[tuple[int, int]]) -> dict[str, int]:
    """Count: places somebody was offered, places and people with two offers, offers whose hour the person cannot come,
    and people passed over although a place they could come to went to somebody behind them."""
    by_place, by_person = Counter(place for _, place in offers), Counter(person for person, _ in offers)
    hours = dict(people)
    order = {person: turn for turn, (person, _) in enumerate(people)}
    skipped = 0
    for person, can in people:
        if by_person[person]:
            continue
        skipped += any(order[other] > order[person] and can & places[place] for other, place in offers)
    return {
        "places offered": len(by_place),
        "offered twice": sum(n > 1 for n in by_place.values()) + sum(n > 1 for n in by_person.values()),
        "do not fit": sum(not hours[person] & places[place] for person, place in offers),
        "people skipped": skipped,
    }


def main(waiting: int = 1000, places: int = 100) -> None:
    from aiosmtpd.controller import Controller
    from django.conf import settings
    from django.db import connection

    from core import clock
    from referrals.fit import place_hours
    from referrals.models import Offer
    from therapists.models import Place

    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", PORT, False
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    logging.getLogger("mail.log").setLevel(logging.ERROR)
    # By day: at night nothing is sent.
    with scratch.database("bench_waiting_compare"), clock.frozen(DAY):
        therapist = prepare(waiting, places)
        plain_tables(therapist)
        with connection.cursor() as cursor:
            cursor.execute("SELECT id, hours FROM plain_person ORDER BY since, id")
            people = cursor.fetchall()
        shapes = {place.pk: place_hours(place) for place in Place.objects.filter(therapist=therapist)}
        rows = []
        for name, act in (("plain loop", plain_loop), ("Rapport", ours)):
            sink = Sink()
            server = Controller(sink, hostname="127.0.0.1", port=PORT)
            server.start()
            begun, failures = side_by_side(act)
            server.stop()
            if act is plain_loop:
                with connection.cursor() as cursor:
                    cursor.execute("SELECT person, place FROM plain_offer")
                    offers = cursor.fetchall()
            else:
                made = Offer.objects.filter(awaiting="client", therapist=therapist)
                offers = list(made.values_list("entry_id", "claim__place_id"))
            found = outcome(offers, shapes, people)
            last = max((at for at, _ in sink.seen), default=begun) - begun
            rows.append((name, *map(str, found.values()), f"{last:.2f}", str(len(sink.seen)), str(len(failures))))
        head = ("two workers", "places offered", "offered twice", "do not fit", "people skipped")
        print(table((*head, "last mail after s", "mails", "errors"), rows))


if __name__ == "__main__":
    scratch.setup()
    main(*(int(word) for word in sys.argv[1:]))
