"""Model fields whose column holds only ciphertext."""

import json
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from core import crypto


class EncryptedTextField(models.TextField):  # type: ignore[type-arg]
    """Text that is readable in Python and sealed in the database. It cannot be filtered on."""

    def _bound_to(self) -> str:
        return f"{self.model._meta.db_table}.{self.column}"

    def get_prep_value(self, value: Any) -> str | None:
        if value is None or value == "":
            return None if value is None else ""
        return crypto.encrypt(str(value), bound_to=self._bound_to())

    def from_db_value(self, value: str | None, expression: object, connection: object) -> Any:
        if value is None or value == "":
            return value
        return crypto.decrypt(value, bound_to=self._bound_to())


class EncryptedJSONField(EncryptedTextField):
    """A JSON value, sealed. Dates and decimals are written as Django's JSON encoder writes them."""

    def get_prep_value(self, value: Any) -> str | None:
        if value is None:
            return None
        return super().get_prep_value(json.dumps(value, cls=DjangoJSONEncoder, sort_keys=True))

    def from_db_value(self, value: str | None, expression: object, connection: object) -> Any:
        plain = super().from_db_value(value, expression, connection)
        return None if plain is None else json.loads(plain)

    def value_to_string(self, obj: models.Model) -> str:
        return json.dumps(self.value_from_object(obj), cls=DjangoJSONEncoder)
