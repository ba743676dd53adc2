"""Everything in turn: `make bench`. Figures go to benchmarks/README.md by hand, with the machine they were taken on."""

from benchmarks import import_register, pages, ranking

for part in (ranking, pages, import_register):
    part.main()
