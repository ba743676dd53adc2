"""The cast. Amina refers, Ben answers, Cara must see nothing of Ben's, Dev coordinates, Sam is on the safety rota.

Ewa, the client, has no account: tests walk the pages as her.
"""

import pytest

from accounts.models import User
from core.choices import Role
from tests.factories import make_therapist, make_user
from therapists.models import Therapist


@pytest.fixture
def amina(db: None) -> User:
    return make_user(Role.CLINICIAN, name="Dr Amina Rahman", email="amina@example.org")


@pytest.fixture
def ben(db: None) -> Therapist:
    user = make_user(Role.THERAPIST, name="Ben Okafor", email="ben@example.org")
    return make_therapist(user=user, display_name="Ben Okafor", gender="man")


@pytest.fixture
def cara(db: None) -> Therapist:
    user = make_user(Role.THERAPIST, name="Cara Hughes", email="cara@example.org")
    return make_therapist(user=user, display_name="Cara Hughes")


@pytest.fixture
def dev(db: None) -> User:
    return make_user(Role.COORDINATOR, name="Dev Mistry", email="dev@example.org")


@pytest.fixture
def sam(db: None) -> User:
    return make_user(Role.SAFETY_CLINICIAN, name="Sam Fraser", email="sam@example.org")


@pytest.fixture
def ada(db: None) -> User:
    return make_user(Role.ADMINISTRATOR, name="Ada Lloyd", email="ada@example.org", is_staff=True, is_superuser=True)
