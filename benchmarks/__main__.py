"""Everything in turn: `make bench`. Figures go to benchmarks/README.md by hand, with the machine they were taken on."""

from benchmarks import scratch


def main() -> None:
    scratch.setup()
    from benchmarks import allocation, exposure, import_register, pages, ranking, waits

    for part in (ranking, pages, import_register, allocation, exposure, waits):
        part.main()


main()
