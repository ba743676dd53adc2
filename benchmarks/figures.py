"""Timings and how they are told: medians, the slow end, and what another engine takes for the same statement."""

from collections.abc import Mapping, Sequence
from math import log
from statistics import median

import numpy as np

# Seconds by engine and statement. Not every engine answers every statement.
Timings = dict[str, dict[int, float]]


def p50(seconds: Mapping[int, float]) -> float:
    return float(np.percentile(list(seconds.values()), 50))


def p95(seconds: Mapping[int, float]) -> float:
    return float(np.percentile(list(seconds.values()), 95))


def paired(ours: Mapping[int, float], theirs: Mapping[int, float]) -> float:
    """Return the median of how many times as long the others take for one and the same statement."""
    return median(theirs[n] / ours[n] for n in ours if n in theirs)


def slow_ends(ours: Mapping[int, float], theirs: Mapping[int, float]) -> float:
    """Return how many times as long the others' p95 is, over the statements that both answered."""
    both = [n for n in ours if n in theirs]
    return p95({n: theirs[n] for n in both}) / p95({n: ours[n] for n in both})


def slope(sizes: Sequence[int], seconds: Sequence[float]) -> float:
    """Return the exponent of the cost curve: 1 means ten times the people take ten times as long."""
    return float(np.polyfit([log(size) for size in sizes], [log(s) for s in seconds], 1)[0])


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
