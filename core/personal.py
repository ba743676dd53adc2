"""What every model with personal data says about itself: a guard test asks, docs/personal-data.md shows it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class PersonalData:
    """`scope`: who may see rows and through what. `keep`: how long. `audit`: how writes and reads are recorded."""

    scope: str
    keep: str
    audit: str
