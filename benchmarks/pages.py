"""How long the server works on the client's pages: `python -m benchmarks.pages [THERAPISTS]` (default 70000).

One process, the whole request: middleware, session, draft, ranking, costs of musts, twenty cards, template. Pages are
asked for in an order drawn anew. Beside the time on the clock stands the processor's time of this process, which other
work on the machine disturbs less; it leaves out the database's.
"""

import sys
import time
from random import Random
from typing import Any

import numpy as np

from benchmarks import scratch
from benchmarks.figures import table

DRAFTS = 45
ROUNDS = 4
HEAD = ("page", "p50 ms", "p95 ms", "processor p50", "processor p95", "queries")
POSTCODES = (
    "LS1 4AP",
    "M1 1AE",
    "SW1A 1AA",
    "CF10 1EP",
    "EH1 1YZ",
    "BT1 5GS",
    "NE1 4ST",
    "PL1 2AA",
    "B1 1AA",
    "IP1 1AA",
)


def drafts(count: int) -> list[Any]:
    """Return sessions whose drafts state what people state: a room nearby, a screen, either; some musts."""
    from django.test import Client

    from referrals.answers import Answers
    from referrals.services.submission import submission_save, submission_start
    from referrals.views.drafts import TOKEN_KEY
    from therapists.models import Issue, Modality

    random = Random(1)
    issues = list(Issue.objects.values_list("slug", flat=True).order_by("bit"))
    modalities = list(Modality.objects.values_list("slug", flat=True).order_by("bit"))
    browsers = []
    for _ in range(count):
        answers = {
            "nation": "england",
            "adult": True,
            "paying": "self_pay",
            "issues": random.sample(issues, 2),
            "modalities": random.sample(modalities, random.randint(0, 2)),
            "modalities_strength": random.choice([1, 2]),
            "times": ["weekday-evening"],
            "times_strength": random.choice([1, 2, 3]),
            "formats": random.choice([["in-person"], ["video"], ["in-person", "video"]]),
            "formats_strength": random.choice([2, 3]),
            "postcode": random.choice(POSTCODES),
            "miles": random.choice([5, 10, 15]),
            "distance_must": random.random() < 0.5,
            "genders": random.choice([[], ["woman"]]),
            "genders_strength": 2,
        }
        answers["main_issue"] = answers["issues"][0]
        submission, token = submission_start()
        submission_save(submission=submission, answers=Answers.from_dict(answers))
        browser = Client()
        session = browser.session
        session[TOKEN_KEY] = token
        session.save()
        browsers.append(browser)
    return browsers


def choose(browser: Any, count: int) -> list[int]:
    """Put the first of the list on it, as somebody presses; return whom."""
    import re

    from django.urls import reverse

    page = browser.get(reverse("referrals:matches")).content.decode()
    pks = [int(pk) for pk in re.findall(r'id="t(\d+)"', page)[:count]]
    for pk in pks:
        browser.post(reverse("referrals:choose", args=[pk]))
    return pks


Visit = tuple[Any, str]


def visits(browsers: list[Any]) -> dict[str, list[Visit]]:
    """Return the pages by name: by whom and where. A third of the drafts have people on their list."""
    from django.urls import reverse

    matches, compare = reverse("referrals:matches"), reverse("referrals:compare")
    choosing, plain = browsers[::3], [one for n, one in enumerate(browsers) if n % 3]
    chosen = {browser: choose(browser, 3) for browser in choosing}
    return {
        "matches": [(browser, matches) for browser in plain],
        "matches, nearest first": [(browser, f"{matches}?sort=distance") for browser in plain],
        "matches, three chosen": [(browser, matches) for browser in choosing],
        "one therapist": [
            (browser, reverse("referrals:therapist", args=[pk])) for browser, pks in chosen.items() for pk in pks[:1]
        ],
        "three side by side": [(browser, compare) for browser, pks in chosen.items() if len(pks) > 1],
    }


def questions(browser: Any, url: str) -> int:
    """Return how many queries a page takes. What begins and ends a transaction asks nothing."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as asked:
        response = browser.get(url)
    if response.status_code != 200:
        raise SystemExit(f"{url} answers {response.status_code}")
    return sum(one["sql"] not in ("BEGIN", "COMMIT") for one in asked.captured_queries)


def measure(therapists: int) -> None:
    with scratch.register_of(therapists):
        from django.conf import settings

        from config.settings import base

        # As in production, where lists of reference data are kept for a while.
        settings.REFERENCE_CACHE_SECONDS = base.REFERENCE_CACHE_SECONDS
        pages = visits(drafts(DRAFTS))
        for visited in pages.values():
            for browser, url in visited:
                browser.get(url)
        queries = {name: [questions(*visit) for visit in visited] for name, visited in pages.items()}
        rounds = [(name, visit) for name, visited in pages.items() for visit in visited] * ROUNDS
        seconds: dict[str, list[tuple[float, float]]] = {name: [] for name in pages}
        for name, (browser, url) in Random(2).sample(rounds, len(rounds)):
            started, worked = time.perf_counter(), time.process_time()
            browser.get(url)
            seconds[name].append((time.perf_counter() - started, time.process_time() - worked))
        print(f"\n{therapists:,} therapists, one process, {len(rounds)} requests\n")
        print(table(HEAD, [row(name, seconds[name], queries[name]) for name in pages]))


def row(name: str, seconds: list[tuple[float, float]], queries: list[int]) -> list[str]:
    wall, work = (np.percentile(part, [50, 95]) * 1000 for part in zip(*seconds, strict=True))
    least, most = min(queries), max(queries)
    asked = str(least) if least == most else f"{least} to {most}"
    return [name, f"{wall[0]:.1f}", f"{wall[1]:.1f}", f"{work[0]:.1f}", f"{work[1]:.1f}", asked]


def main() -> None:
    scratch.setup()
    measure(int(sys.argv[1]) if len(sys.argv) > 1 else 70_000)


if __name__ == "__main__":
    main()
