"""A real SMTP server that keeps what it is sent in a Maildir instead of passing it on."""

import subprocess
import sys
from pathlib import Path

from devtools import ports, processes


def start(port: int, folder: Path, *, log: Path) -> subprocess.Popen[bytes]:
    """Start the sink on a loopback port and wait until it answers."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    # Only the parent: the sink makes the Maildir itself, and would not know an empty folder for one.
    options = ["-n", "-l", f"{ports.LOOPBACK}:{port}", "-c", "aiosmtpd.handlers.Mailbox"]
    command: processes.Command = [sys.executable, "-m", "aiosmtpd", *options, folder]
    process = processes.start(command, log=log)
    try:
        processes.wait_until(lambda: ports.answers(port), what="The mail sink", process=process, seconds=20, log=log)
    except BaseException:
        processes.kill_session(process)
        raise
    return process
