"""How long the server works on the matches page: `python -m benchmarks.pages [THERAPISTS]` (default 70000).

One process, the whole request: middleware, session, draft, ranking, costs of musts, twenty cards, template.
"""

import sys
import time
from random import Random
from typing import Any

import numpy as np

from benchmarks import scratch

DRAFTS = 30
ROUNDS = 4
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


def measure(therapists: int) -> None:
    with scratch.register_of(therapists):
        from django.conf import settings
        from django.db import connection
        from django.test.utils import CaptureQueriesContext
        from django.urls import reverse

        from config.settings import base

        url = reverse("referrals:matches")
        browsers = drafts(DRAFTS)
        # As in production, where lists of reference data are kept for a while.
        settings.REFERENCE_CACHE_SECONDS = base.REFERENCE_CACHE_SECONDS
        queries = []
        browsers[0].get(url)
        for browser in browsers:
            with CaptureQueriesContext(
                connection,
            ) as asked:
                response = browser.get(url)
            if response.status_code != 200:
                raise SystemExit(f"{url} answers {response.status_code}")
            queries.append(len(asked))
        seconds = []
        for browser in Random(2).sample(browsers * ROUNDS, DRAFTS * ROUNDS):
            started = time.perf_counter()
            browser.get(url)
            seconds.append(time.perf_counter() - started)
        p50, p95 = np.percentile(seconds, [50, 95]) * 1000
        print(f"\nmatches page, {therapists:,} therapists, one process, {len(seconds)} requests")
        print(f"p50 {p50:.1f} ms, p95 {p95:.1f} ms; queries {min(queries)} to {max(queries)}")


def main() -> None:
    scratch.setup()
    measure(int(sys.argv[1]) if len(sys.argv) > 1 else 70_000)


if __name__ == "__main__":
    main()
