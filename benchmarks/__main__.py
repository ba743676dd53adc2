"""Everything in turn: `make bench`. Figures go to benchmarks/README.md by hand, with the machine they were taken on."""

from tests.support.services import Services


def main() -> None:
    services = Services()
    services.start()
    try:
        # Their settings read the addresses that were just put into the environment.
        from benchmarks import import_register, pages, ranking

        for part in (ranking, pages, import_register):
            part.main()
    finally:
        services.stop()


main()
