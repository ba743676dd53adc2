"""Core's own reference data: bank holidays, postcode areas and crisis contacts, from the files beside this."""

from datetime import date
from typing import Any

from core import clock
from core.models import BankHoliday, CrisisContact, PlacePoint
from core.reference.files import read_rows
from core.reference.registry import LoadResult, load_rows, register_loader


def load_bank_holidays(*, overwrite: bool) -> LoadResult:
    rows = [{**row, "date": date.fromisoformat(row["date"])} for row in read_rows("bank_holidays.csv")]
    return load_rows(BankHoliday, key=("nation", "date"), rows=rows, overwrite=overwrite)


def load_postcode_areas(*, overwrite: bool) -> LoadResult:
    rows = [_area(row) for row in read_rows("postcode_areas.csv")]
    return load_rows(PlacePoint, key=("code",), rows=rows, overwrite=overwrite)


def load_crisis_contacts(*, overwrite: bool) -> LoadResult:
    rows = [_contact(row) for row in read_rows("crisis_contacts.csv")]
    return load_rows(CrisisContact, key=("slug",), rows=rows, overwrite=overwrite)


def register() -> None:
    register_loader("bank holidays", load_bank_holidays)
    register_loader("postcode areas", load_postcode_areas)
    register_loader("crisis contacts", load_crisis_contacts)


def _area(row: dict[str, str]) -> dict[str, Any]:
    return {
        "code": row["code"],
        "kind": PlacePoint.Kind.AREA,
        "name": row["name"],
        "nation": row["nation"],
        "easting": int(row["easting"]),
        "northing": int(row["northing"]),
        "precision_m": int(row["precision_m"]),
        "source": "hand-written table of postcode areas",
        "loaded_on": clock.today(),
    }


def _contact(row: dict[str, str]) -> dict[str, Any]:
    return {
        **row,
        "position": int(row["position"]),
        "checked_on": date.fromisoformat(row["checked_on"]),
        "check_by": date.fromisoformat(row["check_by"]),
    }
