"""What the register costs a process: seconds to read it and bytes to hold it.

`python -m benchmarks.register [THERAPISTS]` (default 70000); `benchmarks.ranking` tells it as well.
"""

import ctypes
import gc
import os
import sys
import time
from statistics import median
from typing import Any

import numpy as np

from benchmarks import scratch

READINGS = 3
MEGABYTE = 1e6


def measure() -> str:
    """Return the figures of the connected database's register, as a sentence."""
    grown, held = resident_growth()
    from matching.store import Store

    seconds = []
    for _ in range(READINGS):
        store = Store()
        started = time.perf_counter()
        store.current()
        seconds.append(time.perf_counter() - started)
    arrays = array_bytes(store.current().lens)
    return (
        f"\nRegister: read from the tables in {median(seconds):.2f} s (median of {READINGS}); arrays of "
        f"{arrays / MEGABYTE:.1f} MB; a process grows by {grown / MEGABYTE:.1f} MB when it reads it, of which "
        f"{held / MEGABYTE:.1f} MB stay when the allocator gives back what is free."
    )


def array_bytes(root: Any) -> int:
    """Return the bytes of every array that can be reached from an object, each buffer once."""
    buffers: dict[int, int] = {}
    seen: set[int] = set()
    left = [root]
    while left:
        one = left.pop()
        if id(one) in seen or isinstance(one, type):
            continue
        seen.add(id(one))
        if isinstance(one, np.ndarray):
            while isinstance(one.base, np.ndarray):
                one = one.base
            buffers[id(one)] = one.nbytes
        elif not callable(one) and type(one).__module__.partition(".")[0] in {"matching", "builtins"}:
            left += gc.get_referents(one)
    return sum(buffers.values())


def resident_growth() -> tuple[int, int]:
    """Return by how many bytes a process grows that reads the register, builds what ranking needs, and ranks once.

    The second: what is left of it when the C library has given back what is free.
    """
    from django.db import connection

    connection.close()
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        os.close(reader)
        os.write(writer, " ".join(map(str, _grow())).encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as answer:
        grown, held = map(int, answer.read().split())
    os.waitpid(child, 0)
    return grown, held


def _grow() -> tuple[int, int]:
    from clients.preferences import Stated
    from matching.services.ranking import rank_now

    gc.collect()
    before = _private()
    rank_now(Stated(), seed=1)
    gc.collect()
    grown = _private() - before
    if hasattr(library := ctypes.CDLL(None), "malloc_trim"):
        library.malloc_trim(0)
    return grown, _private() - before


def _private() -> int:
    """Return the bytes of memory that are this process's alone."""
    with open("/proc/self/smaps_rollup") as rollup:
        return sum(int(line.split()[1]) * 1024 for line in rollup if line.startswith("Private_"))


def main() -> None:
    scratch.setup()
    with scratch.register_of(int(sys.argv[1]) if len(sys.argv) > 1 else 70_000):
        print(measure())


if __name__ == "__main__":
    main()
