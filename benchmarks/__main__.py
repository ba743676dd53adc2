"""Everything in turn: `make bench`. Figures go to benchmarks/README.md by hand, with the machine they were taken on."""

from benchmarks import scratch


def main() -> None:
    scratch.setup()
    from benchmarks import (
        allocation,
        exposure,
        freshness,
        import_register,
        pages,
        ranking,
        search,
        waiting,
        waiting_compare,
        waiting_sustained,
        waits,
    )

    with scratch.kept():
        lists = (waiting, waiting_sustained, waiting_compare)
        for part in (ranking, freshness, pages, allocation, waits, *lists, exposure, search, import_register):
            part.main()


main()
