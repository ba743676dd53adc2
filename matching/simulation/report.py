"""The figures of a simulated month as plain values, and as a text that people read."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import numpy as np

from matching.simulation.month import Month, Outcome

# Smaller groups are left out of what is said about groups.
SMALL = 20


def figures(month: Month) -> dict[str, Any]:
    """Return JSON-ready figures: fairness among equals, places, waits in days, wishes met; by group where large."""
    groups: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in month.outcomes:
        for group in outcome.groups:
            groups[group].append(outcome)
    return {
        "people": len(month.outcomes),
        "lists": month.lists,
        "lists without anybody": month.empty,
        "drawn lists": month.parity.lists,
        "fairness among equals": month.parity.figures(),
        "places offered": month.offered,
        "places taken": month.used,
        "share of places taken, per cent": _percent(month.used, month.offered),
        "everybody": _of(month.outcomes),
        "groups": {group: _of(found) for group, found in sorted(groups.items())},
    }


def _of(outcomes: list[Outcome]) -> dict[str, Any]:
    """Return the figures of a group; of a small one nothing but that it is small."""
    if len(outcomes) < SMALL:
        return {"people": f"fewer than {SMALL}"}
    waits = [one.days for one in outcomes if one.days is not None]
    met = [one.met for one in outcomes if one.met is not None]
    found: dict[str, Any] = {
        "people": len(outcomes),
        "with a place, per cent": _percent(len(waits), len(outcomes)),
        "eased a must, per cent": _percent(sum(one.eased for one in outcomes), len(outcomes)),
    }
    if len(waits) >= SMALL:
        found["median days"] = int(np.median(waits))
        # The smallest number of days within which eight in ten of those with a place had their yes.
        found["8 in 10 within days"] = int(np.percentile(waits, 80, method="inverted_cdf"))
    if len(met) >= SMALL:
        found["wishes met, per cent"] = round(100 * float(np.mean(met)), 1)
    return found


def _percent(part: int, whole: int) -> float:
    return round(100 * part / whole, 1) if whole else 0.0


def text(found: dict[str, Any]) -> Iterator[str]:
    """Yield the lines of the report."""
    yield f"{found['people']:,} people, {found['lists']:,} lists, {found['lists without anybody']:,} of them empty."
    yield (
        f"{found['places taken']:,} places taken of {found['places offered']:,} that were or came free"
        f" ({found['share of places taken, per cent']} %)."
    )
    yield ""
    yield f"{'places of first tens among equals':36}{'Gini':>8}{'evenness':>10}{'never shown %':>15}"
    for way, row in found["fairness among equals"].items():
        yield f"{way:36}{row['gini']:8.3f}{row['evenness']:10.2f}{row['never shown, per cent']:15.2f}"
    yield ""
    yield f"{'':36}{'people':>8}{'placed %':>10}{'median d':>10}{'8 in 10 d':>11}{'wishes met %':>14}{'eased %':>9}"
    for group, row in {"everybody": found["everybody"], **found["groups"]}.items():
        yield _row(group, row)
    yield f"Groups of fewer than {SMALL} are not described. Evenness: 1 is what fair lots give."


def _row(group: str, row: dict[str, Any]) -> str:
    if isinstance(row["people"], str):
        return f"{group:36}{'<' + str(SMALL):>8}"
    columns = ("with a place, per cent", "median days", "8 in 10 within days", "wishes met, per cent")
    cells = [row.get(name, "-") for name in (*columns, "eased a must, per cent")]
    widths = (10, 10, 11, 14, 9)
    return f"{group:36}{row['people']:8,}" + "".join(
        f"{cell:>{width}}" for cell, width in zip(cells, widths, strict=True)
    )
