"""Brings in the PyPI library `matching`, which has the same name as one of our apps, beside it."""

import importlib
import sys
from importlib.metadata import distribution
from pathlib import Path
from types import ModuleType

NAME = "matching"


def load(folder: Path | None = None) -> ModuleType:
    """Return the library's package, from a folder or wherever it is installed. Ours keeps its name.

    Raises ImportError or PackageNotFoundError when it is not there.
    """
    folder = folder or Path(str(distribution(NAME).locate_file("")))
    ours = {name: sys.modules.pop(name) for name in list(sys.modules) if _inside(name)}
    sys.path.insert(0, str(folder))
    try:
        importlib.invalidate_caches()
        library = importlib.import_module(NAME)
        for part in ("games", "algorithms.hospital_resident"):
            importlib.import_module(f"{NAME}.{part}")
    finally:
        sys.path.remove(str(folder))
        for name in [name for name in sys.modules if _inside(name)]:
            del sys.modules[name]
        sys.modules.update(ours)
    return library


def _inside(name: str) -> bool:
    return name == NAME or name.startswith(f"{NAME}.")
