from therapists.models.availability import Location, Place, PlaceClaim
from therapists.models.confirmation import ConfirmationAsk
from therapists.models.facts import ModalityFact, ModalityIssue
from therapists.models.profile import (
    Contract,
    Therapist,
    TherapistIssue,
    TherapistLanguage,
    TherapistModality,
)
from therapists.models.reference import (
    AccessOption,
    ClientGroup,
    Family,
    Funder,
    IdentityTag,
    Issue,
    Language,
    Modality,
    SessionFormat,
)
from therapists.models.register import (
    ImportProblem,
    ImportRun,
    Register,
    Registration,
    RegistrationClaim,
    SamePersonPair,
)
from therapists.models.search import SearchEntry, SearchWord

__all__ = [
    "AccessOption",
    "ClientGroup",
    "ConfirmationAsk",
    "Contract",
    "Family",
    "Funder",
    "IdentityTag",
    "ImportProblem",
    "ImportRun",
    "Issue",
    "Language",
    "Location",
    "Modality",
    "ModalityFact",
    "ModalityIssue",
    "Place",
    "PlaceClaim",
    "Register",
    "Registration",
    "RegistrationClaim",
    "SamePersonPair",
    "SearchEntry",
    "SearchWord",
    "SessionFormat",
    "Therapist",
    "TherapistIssue",
    "TherapistLanguage",
    "TherapistModality",
]
