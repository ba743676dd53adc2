"""The weights by domain, in hundredths, and the two sets that come with the platform.

"evidence": the normalised log odds of "therapy helped" for unmet against met preferences (Williams and others 2016,
n = 14,587; crude ratios from self-report: association only), continued downwards for the domains it did not ask about.
No effect of matching a working style was found (Cooper and others 2021, n = 470): "style" weighs little, and serves to
start a conversation. "equal" is as defensible: Swift and others 2018 found no moderation by type of preference.
"""

from core import clock
from core.reference.registry import LoadResult, register_loader
from matching.engine.plan import DOMAINS
from matching.models import WeightSet

EVIDENCE = {
    "modality": 2900,
    "time": 2000,
    "format": 1800,
    "gender": 1800,
    "language": 1500,
    "experience": 1500,
    "style": 1000,
    "identity": 1000,
}
EQUAL = dict.fromkeys(DOMAINS, 1000)

# The last one written is in force.
PRESETS = (
    ("equal", EQUAL, "Every domain counts the same."),
    ("evidence", EVIDENCE, "Log odds of “therapy helped” for unmet against met preferences, Williams and others 2016."),
)


def load_weight_sets(*, overwrite: bool) -> LoadResult:
    """Add the presets that are missing. Never changes one: runs name the set they were made with."""
    del overwrite
    existing = set(WeightSet.objects.values_list("preset", flat=True))
    missing = [preset for preset in PRESETS if preset[0] not in existing]
    for name, weights, reason in missing:
        WeightSet.objects.create(preset=name, weights=weights, author="Rapport", reason=reason, created_at=clock.now())
    return LoadResult(created=len(missing), kept=len(PRESETS) - len(missing))


def register() -> None:
    register_loader("weights", load_weight_sets)
