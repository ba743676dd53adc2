"""Every model that holds something about a person says who may see it, how long it is kept and how use is recorded."""

import pytest
from django.apps import apps
from django.db import models

from core.fields import EncryptedTextField
from core.personal import PersonalData
from tests.guards.source import APPS

NAMES_OF_PERSONS = {"email", "phone", "given_name", "family_name", "date_of_birth", "display_name", "actor_label"}
# Models with such a field that hold nothing about a person, each with the reason.
NOT_PERSONAL = {
    "therapists.ImportRun": "who started an import is a label of staff, kept with the import",
}


def own_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if model._meta.app_label in APPS]


def holds_personal_data(model: type[models.Model]) -> bool:
    fields = model._meta.concrete_fields
    return any(isinstance(field, EncryptedTextField) or field.name in NAMES_OF_PERSONS for field in fields)


@pytest.mark.parametrize("model", own_models(), ids=lambda model: model._meta.label)
def test_personal_data_is_declared(model: type[models.Model]) -> None:
    if model._meta.label in NOT_PERSONAL or not holds_personal_data(model):
        return
    declared = getattr(model, "personal", None)
    assert isinstance(declared, PersonalData), f"{model._meta.label} holds personal data and declares nothing"
    assert all((declared.scope, declared.keep, declared.audit))


def test_the_list_of_exceptions_is_not_stale() -> None:
    labels = {model._meta.label for model in own_models() if holds_personal_data(model)}
    assert set(NOT_PERSONAL) <= labels
