"""How fast a register's file is read: `python -m benchmarks.import_register [ROWS]`.

The named alternative is what one writes first: csv.DictReader and update_or_create, one row at a time, measured on a
sample. It also does less: it checks no cell, finds no pair and tells nobody.
"""

import csv
import io
import random
import sys
import time
from collections.abc import Callable

from benchmarks import scratch

SAMPLE = 2_000
ENDINGS = ("son", "ley", "ton", "well", "ford", "man")
FIRST = ("Anna", "Ben", "Cara", "Dev", "Ewa", "Farah", "Gita", "Huw", "Iona", "Jack", "Kira", "Liam", "Zoë")
STEMS = ("Ald", "Bar", "Cal", "Den", "Elm", "Far", "Gar", "Hal", "Ing", "Jar", "Kel", "Lam", "Mor", "Nor", "Pen")
COLUMNS = ("number", "name", "email", "town", "postcode", "grade", "grade_from", "status", "valid_until")


def file_of(rows: int, *, changed: float = 0.0) -> bytes:
    """Return a register's file; `changed` is the share of people whose town differs from the file without it."""
    chance = random.Random(7)
    moved = random.Random(11)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for number in range(rows):
        given = chance.choice(FIRST)
        family = chance.choice(STEMS) + chance.choice(ENDINGS) + chance.choice(ENDINGS)
        email = f"{given}.{family}{number}@example.org".lower()
        postcode = f"LS{chance.randint(1, 29)} {chance.randint(1, 9)}AB"
        status = chance.choices(("active", "suspended", "lapsed"), (97, 1, 2))[0]
        town = "York" if moved.random() < changed else "Leeds"
        person = (number, f"{given} {family}", email, town, postcode, "Registered", "2020-01-01", status, "2027-03-31")
        writer.writerow((f"{person[0]:06d}", *person[1:]))
    return out.getvalue().encode()


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def measure(rows: int) -> dict[str, float]:
    """Return rows per second for a first, an unchanged and a 5 % changed file, and for the row-by-row loop."""
    from core.actors import system
    from therapists.models import Register, Registration
    from therapists.services.imports.run import import_register

    register = Register.objects.create(code="BENCH", name="Bench", short_name="Bench", accreditation="valid")
    beside = Register.objects.create(code="LOOP", name="Loop", short_name="Loop", accreditation="valid")

    def run(data: bytes) -> None:
        import_register(data=data, register=register, file_name="bench.csv", actor=system("bench"))

    def loop(data: bytes) -> None:
        for row in csv.DictReader(io.StringIO(data.decode())):
            number = row.pop("number")
            Registration.objects.update_or_create(register=beside, number=number, defaults=row)

    first, later, sample = file_of(rows), file_of(rows, changed=0.05), file_of(SAMPLE)
    return {
        "first reading": rows / seconds(lambda: run(first)),
        "nothing changed": rows / seconds(lambda: run(first)),
        "1 in 20 changed": rows / seconds(lambda: run(later)),
        "row by row, first": SAMPLE / seconds(lambda: loop(sample)),
        "row by row, nothing changed": SAMPLE / seconds(lambda: loop(sample)),
    }


def main() -> None:
    scratch.setup()
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 70_000
    with scratch.database("bench_import_register"):
        for label, per_second in measure(rows).items():
            print(f"{label:30} {per_second:9,.0f} rows/s {70_000 / per_second:8.1f} s for 70,000")


if __name__ == "__main__":
    main()
