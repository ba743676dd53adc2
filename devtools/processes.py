"""Starting and stopping child processes so that none outlives its parent."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


# A command and its arguments.
Command = list[str | Path]


class StartProblem(Exception):
    """A service did not come up; the text says which and why."""


def tethered(stop_signal: int) -> Callable[[], None] | None:
    """Return what to run in a new child so that the kernel stops it when this process dies, even by kill -9."""
    if _libc is None:
        return None
    prctl = _libc.prctl
    return lambda: prctl(PR_SET_PDEATHSIG, stop_signal, 0, 0, 0)


def start(
    command: Sequence[str | Path],
    *,
    log: Path | None = None,
    env: Mapping[str, str] | None = None,
    user: str | None = None,
    stop_signal: int = signal.SIGTERM,
) -> subprocess.Popen[bytes]:
    """Start a child in its own session (Ctrl-C reaches only us; we stop it in order), output appended to `log`."""
    output = None
    if log is not None:
        log.parent.mkdir(parents=True, exist_ok=True)
        output = log.open("ab")
    try:
        return subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT if output else None,
            env={**os.environ, **(env or {})},
            user=user,
            group=user,
            extra_groups=[] if user else None,
            start_new_session=True,
            preexec_fn=tethered(stop_signal),  # noqa: PLW1509 - only prctl, and only from the main thread
        )
    finally:
        if output:
            output.close()


def stop(process: subprocess.Popen[bytes], *, stop_signal: int = signal.SIGTERM, grace: float = 10) -> None:
    """Ask a child to end, wait `grace` seconds, then end its whole session."""
    if process.poll() is None:
        process.send_signal(stop_signal)
        try:
            process.wait(grace)
        except subprocess.TimeoutExpired:
            pass
    kill_session(process)


def kill_session(process: subprocess.Popen[bytes]) -> None:
    """End a child and everything it started, at once."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.wait()


def wait_until(
    ready: Callable[[], bool], *, what: str, process: subprocess.Popen[bytes], seconds: float, log: Path
) -> None:
    """Wait for `ready`. Raises StartProblem with the end of the log when the child dies or time runs out."""
    deadline = time.monotonic() + seconds
    while not ready():
        if process.poll() is not None:
            raise StartProblem(f"{what} ended with code {process.returncode}.\n{tail(log)}")
        if time.monotonic() > deadline:
            raise StartProblem(f"{what} did not answer within {seconds:.0f} seconds.\n{tail(log)}")
        time.sleep(0.05)


def tail(log: Path, lines: int = 15) -> str:
    """Return the end of a log, with its path."""
    if not log.exists():
        return f"(no log at {log})"
    return "\n".join([f"The end of {log}:", *log.read_text(errors="replace").splitlines()[-lines:]])
