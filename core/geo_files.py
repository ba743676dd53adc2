"""Reading files of postcodes: which columns they have, and one row's point. No database here.

Understood are OS Code-Point Open (with or without its header), the ONS Postcode Directory, and any CSV with a column
postcode, sector or outcode, and easting/northing, eastings/northings or latitude/longitude.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from io import TextIOWrapper
from math import hypot
from pathlib import Path

from core import geo, grid
from core.choices import Nation
from core.models import PlacePoint

PRECISION_M = {PlacePoint.Kind.UNIT: 100, PlacePoint.Kind.SECTOR: 2_000, PlacePoint.Kind.OUTCODE: 6_000}
CODE_NAMES = ("pcds", "postcode", "pc", "pcd", "pcd2", "sector", "outcode")
EASTING_NAMES = ("easting", "eastings", "oseast1m", "ea", "east1m")
NORTHING_NAMES = ("northing", "northings", "osnrth1m", "no", "north1m")
LATITUDE_NAMES = ("lat", "latitude")
LONGITUDE_NAMES = ("long", "longitude", "lng", "lon")
COUNTRY_NAMES = ("country_code", "ctry", "cy", "country", "country_string", "ctry25cd")
ENDED_NAMES = ("doterm",)
NATIONS = {
    "e92000001": Nation.ENGLAND,
    "s92000003": Nation.SCOTLAND,
    "w92000004": Nation.WALES,
    "n92000002": Nation.NORTHERN_IRELAND,
    "england": Nation.ENGLAND,
    "scotland": Nation.SCOTLAND,
    "wales": Nation.WALES,
    "northern ireland": Nation.NORTHERN_IRELAND,
}
# Positional quality 90 in Code-Point, or no position at all in the directory.
NO_LATITUDE = 99.0
# The grids of the two islands overlap in eastings only: Northern Ireland ends at 455 km north on the Irish grid and
# begins at 460 km north on the British one.
IRISH_GRID_ENDS = 458_000
# How far latitude/longitude and grid of one row may lie apart and still be the same place.
SAME_PLACE_M = 3_000


class WrongFile(ValueError):
    """The file as a whole cannot be read; `str()` says why."""


class BadRow(ValueError):
    def __init__(self, column: str, value: str, problem: str) -> None:
        super().__init__(f"{column} {value!r}: {problem}")
        self.column, self.value, self.problem = column, value[:60], problem


@dataclass(frozen=True, slots=True)
class Columns:
    """Positions of what is needed; None where the file does not have it."""

    code: int
    easting: int | None
    northing: int | None
    latitude: int | None
    longitude: int | None
    country: int | None
    ended: int | None
    sectors: bool


@dataclass(frozen=True, slots=True)
class Located:
    code: str
    kind: str
    easting: int
    northing: int
    precision_m: int
    nation: str


CODE_POINT_WITHOUT_HEADER = Columns(0, 2, 3, None, None, 4, None, sectors=False)


def rows_of(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Yield (line number, cells) of a CSV in UTF-8, with or without BOM, or Windows-1252."""
    with path.open("rb") as raw:
        try:
            raw.read(1_000_000).decode("utf-8")
            encoding = "utf-8-sig"
        except UnicodeDecodeError as error:
            # A character cut in two by the block's end is not a wrong encoding.
            encoding = "utf-8-sig" if error.start > 999_990 else "cp1252"
        raw.seek(0)
        reader = csv.reader(TextIOWrapper(raw, encoding=encoding, errors="replace", newline=""))
        for row in reader:
            if row:
                yield reader.line_num, row


def columns_of(first: list[str]) -> tuple[Columns, bool]:
    """Return (columns, whether `first` is a header). Raises WrongFile when the needed columns are not there."""
    names = [cell.strip().lower().removeprefix("\ufeff") for cell in first]

    def find(candidates: tuple[str, ...]) -> int | None:
        return next((names.index(name) for name in candidates if name in names), None)

    code = find(CODE_NAMES)
    if code is None:
        if len(first) >= 4 and geo.place_code(first[0]) and first[2].strip().isdigit():
            return CODE_POINT_WITHOUT_HEADER, False
        raise WrongFile(f"no column named {', '.join(CODE_NAMES)}; found: {', '.join(names)[:200]}")
    columns = Columns(
        code,
        find(EASTING_NAMES),
        find(NORTHING_NAMES),
        find(LATITUDE_NAMES),
        find(LONGITUDE_NAMES),
        find(COUNTRY_NAMES),
        find(ENDED_NAMES),
        sectors=names[code] == "sector",
    )
    if None in (columns.easting, columns.northing) and None in (columns.latitude, columns.longitude):
        raise WrongFile("neither easting and northing nor latitude and longitude among the columns")
    return columns, True


def locate(row: list[str], columns: Columns) -> Located | None:
    """Return one row's place; None for a postcode that ended or has no position. Raises BadRow."""
    typed = _cell(row, columns.code)
    if columns.ended is not None and _cell(row, columns.ended):
        return None
    found = geo.place_code(typed)
    if columns.sectors:
        sector = geo.sector_code(typed)
        found = (sector, PlacePoint.Kind.SECTOR.value) if sector else None
    if found is None or geo.area_of(found[0]) not in geo.areas():
        raise BadRow("postcode", typed, "not a postcode, sector or outcode")
    code, kind = found
    point = _point(row, columns, irish=geo.area_of(code) == "BT")
    if point is None:
        return None
    nation = NATIONS.get(_cell(row, columns.country).lower(), "")
    return Located(code, kind, *point, PRECISION_M[PlacePoint.Kind(kind)], nation)


def _point(row: list[str], columns: Columns, *, irish: bool) -> tuple[int, int] | None:
    by_degrees = _from_degrees(row, columns)
    easting = _number(row, columns.easting, "easting")
    northing = _number(row, columns.northing, "northing")
    if not easting or not northing:
        return by_degrees
    on_grid = easting, northing
    if irish and northing < IRISH_GRID_ENDS:
        on_grid = by_degrees or grid.irish_to_osgb(easting, northing)
    elif by_degrees and hypot(on_grid[0] - by_degrees[0], on_grid[1] - by_degrees[1]) > SAME_PLACE_M:
        raise BadRow("easting", f"{easting:.0f}", "grid and latitude/longitude are different places")
    if not (-200_000 < on_grid[0] < 700_000 and -150_000 < on_grid[1] < 1_300_000):
        raise BadRow("easting", f"{easting:.0f} {northing:.0f}", "not on the national grid")
    return round(on_grid[0]), round(on_grid[1])


def _from_degrees(row: list[str], columns: Columns) -> tuple[int, int] | None:
    latitude = _number(row, columns.latitude, "latitude")
    longitude = _number(row, columns.longitude, "longitude")
    if latitude is None or longitude is None or latitude > NO_LATITUDE:
        return None
    if not (48 < latitude < 62 and -10 < longitude < 3):
        raise BadRow("latitude", f"{latitude} {longitude}", "not in these islands")
    easting, northing = grid.wgs84_to_osgb(latitude, longitude)
    return round(easting), round(northing)


def _cell(row: list[str], position: int | None) -> str:
    return row[position].strip() if position is not None and position < len(row) else ""


def _number(row: list[str], position: int | None, column: str) -> float | None:
    text = _cell(row, position)
    if not text:
        return None
    try:
        return float(text)
    except ValueError as error:
        raise BadRow(column, text, "not a number") from error
