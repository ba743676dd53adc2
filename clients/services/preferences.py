"""What somebody stated, as a row. Equal statements are one row: it has no owner and never changes."""

from typing import Any

from django.db import transaction

from clients.models import Preferences
from clients.preferences import VERSION, Stated
from core import clock


@transaction.atomic
def preferences_record(*, stated: Stated) -> Preferences:
    """Return the row for a statement, the same one for equal statements.

    Two writers at the same moment may leave two equal rows; nothing depends on there being one.
    """
    digest = stated.digest()
    known = Preferences.objects.filter(digest=digest, version=VERSION).order_by("pk").first()
    if known is not None:
        return known
    sealed: Any = stated.canonical()
    return Preferences.objects.create(version=VERSION, data=sealed, digest=digest, created_at=clock.now())
