"""How fast one person is found by name, number or town: `python -m benchmarks.search [THERAPISTS]` (default 70000).

Beside it what one writes first (every word ILIKE, then standing), and RapidFuzz over all names held in memory, which
knows neither towns nor numbers, nor who is listed now. Asked in one run, in an order drawn anew.
"""

import os
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import numpy as np

from benchmarks import scratch

QUERIES = 600
STARTS = "b br c ch cl d dr f fr g gl h j k l m n p pr r s sc sh st t th tr v w".split()
MIDDLES = "a ai al an ar e ea el en er i il in o ol on or ou u un".split()
ENDS = "bury by dale ell er ett ey field ford ham hurst ing kins land ley man more ness ock son ton well wick".split()
RARE = ("Siân", "Zoë", "Bríd", "Łucja", "Jürgen", "Aoife", "Ng'ang'a", "Oluwaseun", "Mohammed", "Xiuying")


def family_names(chance: Random, count: int) -> list[str]:
    """Return made-up family names, some of them long, hyphenated or with an apostrophe."""
    found = set()
    while len(found) < count:
        name = chance.choice(STARTS) + chance.choice(MIDDLES) + chance.choice(ENDS)
        if chance.random() < 0.4:
            name = chance.choice(STARTS) + chance.choice(MIDDLES) + name
        if chance.random() < 0.02:
            name = f"o'{name}"
        found.add(name.title())
    return sorted(found)


def names(count: int) -> Iterator[str]:
    """Yield names as a register holds them: a few family names are common, most are not."""
    from therapists.demo.people import FAMILIES, MEN, WOMEN

    chance = Random(3)
    given, common, rare = [*WOMEN, *MEN, *RARE], FAMILIES, family_names(chance, 20_000)
    for _ in range(count):
        family = chance.choice(common if chance.random() < 0.4 else rare)
        if chance.random() < 0.06:
            family += f"-{chance.choice(common)}"
        first = chance.choice(given) + (f" {chance.choice(given)}" if chance.random() < 0.1 else "")
        yield f"{first} {family}"


def rename(count: int) -> None:
    from django.db import connection
    from psycopg2.extras import execute_values

    from core.copy import without_triggers
    from therapists.models import Therapist
    from therapists.services.imports.names import name_key
    from therapists.services.search import search_reindex

    pairs = zip(Therapist.objects.order_by("pk").values_list("pk", flat=True), names(count), strict=False)
    rows = [(pk, name, name_key(name)) for pk, name in pairs]
    with without_triggers(), connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE renamed (id bigint PRIMARY KEY, name text, key text)")
        execute_values(cursor.cursor, "INSERT INTO renamed VALUES %s", rows, page_size=5_000)
        cursor.execute("UPDATE therapists_therapist t SET display_name = n.name FROM renamed n WHERE n.id = t.id")
        cursor.execute(
            "UPDATE therapists_registration r SET name = n.name, name_key = n.key FROM renamed n "
            "WHERE n.id = r.therapist_id"
        )
    started = time.perf_counter()
    search_reindex()
    print(f"index of {count:,} therapists built in {time.perf_counter() - started:.1f} s")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def slip(word: str, chance: Random) -> str:
    """Return a word with a letter left out, doubled, changed or swapped, not at its beginning."""
    at, letter = chance.randrange(1, len(word) - 1), chance.choice("aeioulnrst")
    return chance.choice(
        [
            word[:at] + word[at + 1 :],
            word[:at] + letter + word[at:],
            word[:at] + letter + word[at + 1 :],
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        ]
    )


def questions(people: list[tuple[int, str, str, str]], chance: Random) -> list[tuple[str, str, int]]:
    """Return (kind, text, whom it means) for listed people (id, name, town, number); nobody is 0."""
    made = []
    for pk, name, town, number in chance.choices(people, k=QUERIES):
        first, *_middle, family = name.split()
        asked = {
            "whole name": name,
            "beginnings": f"{first[:4]} {family[:4]}",
            "one slip": f"{first} {slip(family, chance)}",
            "two slips": f"{first} {slip(slip(family, chance), chance)}" if len(family) >= 8 else "",
            "family name and town": f"{family} {town}" if town else "",
            "number": number,
            "beginning of a number": number[:-2].lower(),
            "family name alone": family,
            "nobody": f"{first} Qqx{family[::-1]}zz",
        }
        kind = chance.choice([kind for kind, text in asked.items() if text])
        made.append((kind, asked[kind], 0 if kind == "nobody" else pk))
    return made


def ilike(text: str) -> list[int]:
    """What one writes first: every word somewhere in the name, then who is listed."""
    from core import clock
    from therapists.models import Therapist
    from therapists.selectors.standing import standing_for

    rows = Therapist.objects.filter(profile_verified_at__isnull=False)
    for word in text.split():
        rows = rows.filter(display_name__icontains=word)
    ids = list(rows.order_by("display_name", "pk").values_list("pk", flat=True)[:100])
    judged = standing_for(ids, as_of=clock.now())
    return [pk for pk in ids if judged[pk].listed][:20]


def rivals() -> dict[str, Callable[[str], list[int]]]:
    from rapidfuzz import fuzz, process, utils

    from core import clock
    from therapists.models import Therapist
    from therapists.selectors.search import find_people

    held = dict(Therapist.objects.values_list("pk", "display_name"))
    plain = {pk: utils.default_process(name) for pk, name in held.items()}

    def in_memory(text: str) -> list[int]:
        found = process.extract(utils.default_process(text), plain, scorer=fuzz.token_sort_ratio, limit=20)
        return [pk for _name, _score, pk in found]

    return {
        "search": lambda text: _whoever_is_meant(find_people(text, as_of=clock.now())),
        "every word ILIKE": ilike,
        "RapidFuzz over names in memory": in_memory,
    }


def _whoever_is_meant(found: Any) -> list[int]:
    """Whoever has only most of the words is shown as such: nobody was found who has all of them."""
    return [] if found.loosely else [hit.id for hit in found.hits]


def measure() -> None:
    from core import clock
    from therapists.models import Therapist
    from therapists.selectors.standing import standing_for

    chance = Random(9)
    rows = Therapist.objects.filter(registrations__isnull=False).distinct().order_by("pk")
    some = chance.sample(list(rows.values_list("pk", flat=True)), 2_000)
    listed = [pk for pk, judged in standing_for(some, as_of=clock.now()).items() if judged.listed]
    people = [_known(Therapist.objects.get(pk=pk)) for pk in sorted(listed)[:800]]
    asked, engines = questions(people, chance), rivals()
    took: dict[tuple[str, str], list[float]] = defaultdict(list)
    right: dict[tuple[str, str], list[bool]] = defaultdict(list)
    for kind, text, meant in asked:
        for name in chance.sample(sorted(engines), len(engines)):
            started = time.perf_counter()
            found = engines[name](text)
            for key in ((name, kind), (name, "all")):
                took[key].append((time.perf_counter() - started) * 1000)
                right[key].append(meant in found if meant else not found)
    report(sorted(engines, key=list(engines).index), took, right)


def _known(therapist: Any) -> tuple[int, str, str, str]:
    room = therapist.locations.filter(active=True).first()
    return therapist.pk, therapist.display_name, room.town if room else "", therapist.registrations.first().number


def report(engines: list[str], took: dict[Any, list[float]], right: dict[Any, list[bool]]) -> None:
    for name in engines:
        print(f"\n{name:40} {'asked':>6} {'p50 ms':>8} {'p95 ms':>8} {'right':>7}")
        for kind in sorted({kind for engine, kind in took if engine == name}, key=lambda kind: (kind == "all", kind)):
            p50, p95 = np.percentile(took[name, kind], [50, 95])
            share = 100 * sum(right[name, kind]) / len(right[name, kind])
            print(f"  {kind:38} {len(took[name, kind]):6} {p50:8.1f} {p95:8.1f} {share:6.1f}%")


def main() -> None:
    scratch.setup()
    count = int(sys.argv[1]) if len(sys.argv) > 1 and sys.argv[1].isdigit() else 70_000
    from io import StringIO

    from django.core.management import call_command
    from django.db import transaction

    from core.demo import Plan
    from therapists.demo.register import seed_register
    from therapists.models import Therapist

    with scratch.database(f"bench_search_{count}", keep=bool(os.environ.get(scratch.KEEP))):
        if not Therapist.objects.exists():
            call_command("load_reference", verbosity=0, stdout=StringIO())
            with transaction.atomic():
                seed_register(Plan(therapists=count, seed=1))
            rename(count)
        measure()


if __name__ == "__main__":
    main()
