"""Easing a need at one tap: which answers change. What somebody needs to take part at all is never eased here."""

from collections.abc import Iterable
from typing import Any

from clients.preferences import Strength
from referrals.answers import Answers

# Matching's domain -> the answer that holds how much the topic matters.
STRENGTH_OF = {
    "modality": "modalities_strength",
    "time": "times_strength",
    "format": "formats_strength",
    "gender": "genders_strength",
    "identity": "identity_strength",
    "experience": "experience",
}

# Matching's rule or domain -> the page where the answer can be changed.
PAGE_OF = {
    "modality": "kind",
    "time": "times",
    "format": "meeting",
    "gender": "person",
    "identity": "background",
    "experience": "known",
    "language_need": "language",
    "distance": "distance",
    "funding": "paying",
    "access": "needs",
    "client_group": "groups",
    "excluded": "not-them",
    "language": "language",
    "style": "style",
}


def domain_of(rule: str) -> str:
    """Return the domain of "must:<domain>:<value>", or the rule's own name."""
    return rule.split(":")[1] if rule.startswith("must:") and rule.count(":") >= 2 else rule


def can_ease(rule: str, answers: Answers) -> bool:
    """Say whether one tap may ease it. Access needs and who pays are changed on their own pages only."""
    domain = domain_of(rule)
    if domain == "funding":
        return not answers.funder_slug
    return domain in STRENGTH_OF or domain in {"distance", "language_need"}


def relaxed(answers: Answers, rules: Iterable[str]) -> dict[str, Any]:
    """Return the changed answers by name; rules that may not be eased, or mean nothing, change nothing."""
    changes: dict[str, Any] = {}
    for rule in rules:
        if not can_ease(rule, answers):
            continue
        domain = domain_of(rule)
        if domain == "distance":
            changes["distance_must"] = False
        elif domain == "funding":
            changes["fee_ceiling_pence"] = None
        else:
            name = STRENGTH_OF.get(domain, "languages_strength")
            if getattr(answers, name) == Strength.MUST:
                changes[name] = int(Strength.IMPORTANT)
    return changes
