"""What is known about each kind of therapy, read from the CSV files in `data`.

As with the lists: what stands in a row stays until --overwrite is asked for, what leaves a file is switched off, and a
row whose source an administrator wrote is hers.
"""

from typing import Any

from core.reference.registry import LoadResult, load_rows, register_loader
from therapists.models import Issue, Modality, ModalityFact, ModalityIssue
from therapists.reference import loaders

TEXTS = ("between", "length", "offered_for", "evidence")
TRAITS = ("focus", "practice", "lead", "time", "company", "way")


def load_facts(*, overwrite: bool) -> LoadResult:
    """Load words and traits. Raises LookupError when a row names a kind of therapy nobody knows."""
    modalities = dict(Modality.objects.values_list("slug", "pk"))
    rows = [
        {
            "modality_id": modalities[row["modality"]],
            **{name: row[name] for name in (*TEXTS, *TRAITS)},
            "children_only": loaders.YES_NO[row["children_only"]],
            **_sourced(row),
        }
        for row in loaders.read_rows("modality_facts")
    ]
    loaded = load_rows(ModalityFact, key=("modality_id",), rows=rows, overwrite=overwrite)
    ours = ModalityFact.objects.filter(active=True, source__startswith=loaders.MARK)
    gone = ours.exclude(modality_id__in=[row["modality_id"] for row in rows]).update(active=False)
    return loaded + LoadResult(changed=gone)


def load_issues(*, overwrite: bool) -> LoadResult:
    """Load what each kind is usually offered for. Raises LookupError on a slug nobody knows."""
    modalities = dict(Modality.objects.values_list("slug", "pk"))
    issues = dict(Issue.objects.values_list("slug", "pk"))
    rows = [
        {
            "modality_id": modalities[row["modality"]],
            "issue_id": issues[row["issue"]],
            "guideline": row["guideline"],
            "year": int(row["year"]) if row["year"] else None,
            **_sourced(row),
        }
        for row in loaders.read_rows("modality_issues")
    ]
    loaded = load_rows(ModalityIssue, key=("modality_id", "issue_id"), rows=rows, overwrite=overwrite)
    named = {(row["modality_id"], row["issue_id"]) for row in rows}
    ours = ModalityIssue.objects.filter(active=True, source__startswith=loaders.MARK)
    gone = [row.pk for row in ours if (row.modality_id, row.issue_id) not in named]
    ModalityIssue.objects.filter(pk__in=gone).update(active=False)
    return loaded + LoadResult(changed=len(gone))


def register() -> None:
    """Make both known to `load_reference`, after the lists they point to."""
    register_loader("facts about kinds of therapy", load_facts)
    register_loader("what kinds of therapy are offered for", load_issues)


def _sourced(row: dict[str, str]) -> dict[str, Any]:
    return {"source": f"{loaders.MARK}: {row['source']}", "checked_on": loaders.CHECKED_ON, "active": True}
