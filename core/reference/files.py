"""Reading the CSV files that lie beside this module, or in another app's folder."""

import csv
from collections.abc import Iterator
from pathlib import Path

FOLDER = Path(__file__).parent


def read_rows(name: str, folder: Path = FOLDER) -> Iterator[dict[str, str]]:
    """Yield a UTF-8 CSV file's rows by column name, values stripped."""
    with (folder / name).open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield {column: (value or "").strip() for column, value in row.items()}
