"""Where the embedded services keep their files."""

import hashlib
import os
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# Everything `make run` keeps; a test gives it another folder.
LOCAL = Path(os.environ.get("RAPPORT_LOCAL") or ROOT / ".local")
# A Unix socket's path must stay under 108 bytes; this is the longest name put into a socket folder.
LONGEST_SOCKET = "/.s.PGSQL.5432.lock"


def socket_folder(wanted: Path) -> Path:
    """Return `wanted`, created, or a short folder of this user's when its path is too long for a socket."""
    if len(str(wanted)) + len(LONGEST_SOCKET) < 107:
        wanted.mkdir(parents=True, exist_ok=True)
        return wanted
    digest = hashlib.sha256(str(wanted).encode()).hexdigest()[:10]
    short = Path(tempfile.gettempdir()) / f"rapport-{os.getuid()}-{digest}"
    short.mkdir(mode=0o700, exist_ok=True)
    if short.stat().st_uid not in {os.getuid(), 0} and os.getuid() != 0:
        raise SystemExit(f"{short} belongs to somebody else: remove it, or set TMPDIR to a folder of yours")
    return short
