"""`make reset`: forget the local database, mails and clock. Standard library only."""

import fcntl
import os
import shutil
import sys
from pathlib import Path

LOCAL = Path(__file__).resolve().parents[1] / ".local"
# The browser and the stamps of what was built are no data.
KEPT = {"chromium", "stamps", "assets.lock"}


def main() -> int:
    """Ask, then delete. Refuses while the platform runs from this folder."""
    if not LOCAL.exists():
        print("There is nothing to forget.")
        return 0
    with (LOCAL / "run.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Rapport is running from this folder: stop it first.", file=sys.stderr)
            return 1
        if os.environ.get("YES") != "1" and input("Forget the local database and mails? Type yes: ") != "yes":
            print("Nothing was changed.")
            return 1
        for entry in LOCAL.iterdir():
            if entry.name not in KEPT:
                shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
    print("Forgotten. `make run` starts afresh.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
