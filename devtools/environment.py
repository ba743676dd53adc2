"""Making .venv from the locked requirements. Runs under the system's Python: standard library only."""

import hashlib
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "requirements-dev.txt"
FOLDER = ROOT / ".venv"
STAMP = FOLDER / ".requirements"


def main() -> int:
    """Create or complete .venv; do nothing when it was made from this very lock by this very Python."""
    if sys.version_info < (3, 11):  # noqa: UP036 - this very line is what tells somebody so
        print("Rapport needs Python 3.11 or newer: PYTHON=python3.11 make run", file=sys.stderr)
        return 1
    wanted = f"{hashlib.sha256(LOCK.read_bytes()).hexdigest()} {sys.version_info.major}.{sys.version_info.minor}"
    if STAMP.exists() and STAMP.read_text() == wanted:
        STAMP.touch()
        return 0
    print("Installing the locked requirements into .venv (once; about a minute)", flush=True)
    if not (FOLDER / "bin" / "pip").exists():
        venv.create(FOLDER, with_pip=True)
    pip: list[str | Path] = [
        FOLDER / "bin" / "python",
        "-m",
        "pip",
        "--disable-pip-version-check",
        "install",
        "--quiet",
    ]
    code = subprocess.call([*pip, "--require-hashes", "--no-deps", "-r", LOCK], cwd=ROOT)
    if code:
        print("The requirements could not be installed; see pip's words above.", file=sys.stderr)
        return code
    STAMP.write_text(wanted)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
