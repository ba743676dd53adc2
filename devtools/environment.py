"""Making .venv from the locked requirements. Runs under the system's Python: standard library only."""

import hashlib
import subprocess
import sys
import venv
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "requirements-dev.txt"
FOLDER = ROOT / ".venv"
# What measurements are compared with stands beside the platform's packages, where only a measurement looks.
PEERS_LOCK = ROOT / "benchmarks" / "requirements.txt"
PEERS = FOLDER / "peers"


def main(arguments: Sequence[str] = ()) -> int:
    """Create or complete .venv, or with `peers` what measurements need on top; do nothing when it is there."""
    if sys.version_info < (3, 11):  # noqa: UP036 - this very line is what tells somebody so
        print("Rapport needs Python 3.11 or newer: PYTHON=python3.11 make run", file=sys.stderr)
        return 1
    if "peers" in arguments:
        return _install(
            PEERS_LOCK, PEERS, "Installing what measurements are compared with", ["--upgrade", "--target", PEERS]
        )
    return _install(LOCK, FOLDER, "Installing the locked requirements into .venv (once; about a minute)", [])


def _install(lock: Path, folder: Path, words: str, options: Sequence[str | Path]) -> int:
    """Install a lock unless the folder was filled from this very lock by this very Python."""
    stamp = folder / ".requirements"
    wanted = f"{hashlib.sha256(lock.read_bytes()).hexdigest()} {sys.version_info.major}.{sys.version_info.minor}"
    if stamp.exists() and stamp.read_text() == wanted:
        stamp.touch()
        return 0
    print(words, flush=True)
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
    code = subprocess.call([*pip, "--require-hashes", "--no-deps", *options, "-r", lock], cwd=ROOT)
    if code:
        print("The requirements could not be installed; see pip's words above.", file=sys.stderr)
        return code
    stamp.write_text(wanted)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
