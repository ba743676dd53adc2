"""Taking a file of postcodes into PlacePoint, in batches."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from math import hypot
from pathlib import Path

from core import audit, clock
from core.actors import Actor
from core.geo_files import BadRow, Located, WrongFile, columns_of, locate, rows_of
from core.models import PlacePoint

BATCH = 5_000
PROBLEMS_KEPT = 1_000
_FIELDS = ("kind", "easting", "northing", "precision_m", "nation")


@dataclass
class LoadReport:
    rows: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    without_position: int = 0
    derived: int = 0
    refused: int = 0
    problems: list[tuple[str, int, str, str, str]] = field(default_factory=list)

    def refuse(self, file: str, line: int, bad: BadRow) -> None:
        """Count a bad row and keep (file, line, column, value, problem) of the first thousand."""
        self.refused += 1
        if len(self.problems) < PROBLEMS_KEPT:
            self.problems.append((file, line, bad.column, bad.value, bad.problem))


@dataclass
class _Spread:
    """The units of one sector or outcode: their mean and the box around them."""

    count: int = 0
    easting: int = 0
    northing: int = 0
    box: tuple[int, int, int, int] = (2_000_000, 2_000_000, -2_000_000, -2_000_000)
    nations: set[str] = field(default_factory=set)

    def add(self, unit: Located) -> None:
        self.count += 1
        self.easting += unit.easting
        self.northing += unit.northing
        west, south, east, north = self.box
        e, n = unit.easting, unit.northing
        self.box = (min(west, e), min(south, n), max(east, e), max(north, n))
        self.nations.add(unit.nation)

    def located(self, code: str) -> Located:
        west, south, east, north = self.box
        kind = PlacePoint.Kind.SECTOR if " " in code else PlacePoint.Kind.OUTCODE
        nation = next(iter(self.nations)) if len(self.nations) == 1 else ""
        reach = max(100, round(hypot(east - west, north - south) / 2))
        return Located(code, kind, self.easting // self.count, self.northing // self.count, reach, nation)


def postcodes_load(
    *, path: Path, actor: Actor, source: str, tick: Callable[[int], object] = lambda rows: None
) -> LoadReport:
    """Load one CSV, or every CSV of a folder. Good rows go in, bad ones are reported; run twice, nothing changes.

    From units the sectors and outcodes they make up are derived. `tick` is called with the number of rows of each
    batch. Raises WrongFile when nothing in it can be read as a file of postcodes.
    """
    report = LoadReport()
    spreads: dict[str, _Spread] = {}
    for file in files_of(path):
        good = _located(file, report)
        while batch := list(islice(good, BATCH)):
            for unit in batch:
                _spread(spreads, unit)
            _write(batch, source, report)
            tick(len(batch))
    derived = [spread.located(code) for code, spread in spreads.items()]
    report.derived = len(derived)
    for start in range(0, len(derived), BATCH):
        _write(derived[start : start + BATCH], f"{source} (mean)", report)
    audit.record_write(
        actor=actor,
        verb="postcodes_load",
        obj_type="place_points",
        obj_id=path.name,
        detail={"added": report.added, "changed": report.changed, "refused": report.refused},
    )
    return report


def files_of(path: Path) -> list[Path]:
    """Return the CSV files to read. Raises WrongFile when there are none."""
    if path.is_dir():
        files = sorted(path.rglob("*.csv"))
        if not files:
            raise WrongFile(f"no .csv file in {path.name}")
        return files
    if not path.is_file():
        raise WrongFile(f"{path.name} does not exist")
    return [path]


def _located(file: Path, report: LoadReport) -> Iterator[Located]:
    rows = rows_of(file)
    first = next(rows, None)
    if first is None:
        raise WrongFile(f"{file.name} is empty")
    columns, has_header = columns_of(first[1])
    remaining: Iterable[tuple[int, list[str]]] = rows if has_header else _with(first, rows)
    for line, row in remaining:
        report.rows += 1
        try:
            found = locate(row, columns)
        except BadRow as bad:
            report.refuse(file.name, line, bad)
            continue
        if found is None:
            report.without_position += 1
            continue
        yield found


def _with(first: tuple[int, list[str]], rest: Iterator[tuple[int, list[str]]]) -> Iterator[tuple[int, list[str]]]:
    yield first
    yield from rest


def _spread(spreads: dict[str, _Spread], unit: Located) -> None:
    if unit.kind != PlacePoint.Kind.UNIT:
        return
    outcode, _, inward = unit.code.partition(" ")
    for code in (outcode, f"{outcode} {inward[0]}"):
        spreads.setdefault(code, _Spread()).add(unit)


def _write(batch: list[Located], source: str, report: LoadReport) -> None:
    # The last row of a code counts, as if rows were written one by one.
    by_code = {place.code: place for place in batch}
    existing = PlacePoint.objects.in_bulk(list(by_code), field_name="code")
    to_write = []
    for code, place in by_code.items():
        row = existing.get(code)
        if row is None:
            report.added += 1
        elif all(getattr(row, name) == getattr(place, name) for name in _FIELDS):
            report.unchanged += 1
            continue
        else:
            report.changed += 1
        values = {name: getattr(place, name) for name in _FIELDS}
        to_write.append(PlacePoint(code=code, source=source[:120], loaded_on=clock.today(), **values))
    PlacePoint.objects.bulk_create(
        to_write,
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=[*_FIELDS, "source", "loaded_on"],
    )
