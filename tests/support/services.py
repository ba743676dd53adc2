"""The real services of a test run: PostgreSQL, Redis and a mail sink, started once and shared by its processes."""

import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from devtools import mail_sink, places, ports, postgres, processes, redis_server


@dataclass
class Services:
    """What was started for this run; addresses given in the environment are used as they are."""

    folder: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="rapport-test-")))
    running: list[tuple[str, subprocess.Popen[bytes]]] = field(default_factory=list)

    def start(self) -> None:
        sockets = places.socket_folder(self.folder / "s")
        if not os.environ.get("DATABASE_URL"):
            server = postgres.start(self.folder / "pg", sockets, log=self.folder / "pg.log", options=postgres.THROWAWAY)
            self.running.append(("postgres", server))
            os.environ["DATABASE_URL"] = postgres.address(sockets)
        if not os.environ.get("REDIS_URL"):
            redis_sockets = places.socket_folder(self.folder / "r")
            self.running.append(("redis", redis_server.start(redis_sockets, log=self.folder / "redis.log")))
            os.environ["REDIS_URL"] = redis_server.address(redis_sockets)
        if not os.environ.get("EMAIL_PORT"):
            port, mail = ports.free(), self.folder / "mail"
            self.running.append(("mail", mail_sink.start(port, mail, log=self.folder / "mail.log")))
            os.environ.update(EMAIL_HOST=ports.LOOPBACK, EMAIL_PORT=str(port), MAIL_SINK_FOLDER=str(mail))

    def stop(self) -> None:
        for name, process in reversed(self.running):
            if name == "postgres":
                postgres.stop(process)
            else:
                processes.stop(process)
        shutil.rmtree(self.folder, ignore_errors=True)
