"""Worker and beat under a supervisor, with a PostgreSQL, a Redis and a mail server of their own, each of which can be
broken without touching any other test.
"""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import redis
from django.db import connections

from core import heartbeat
from devtools import places, postgres, processes, redis_server
from devtools.supervisor import FIRST_PAUSE, Service, Supervisor
from tests.support.smtp_faults import SmtpFaults
from tests.support.stack import PATIENCE, LiveStack, database_url

# As in life, only sooner.
IMPATIENCE = {"EMAIL_TIMEOUT": "2", "WORKER_SILENCE_SECONDS": "6"}


class FaultStack(LiveStack):
    """Without a web process. What dies is started again by `devtools.supervisor`, whenever the test waits."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.smtp = SmtpFaults(self.mail_folder, self.mail_port)
        self.supervisor = Supervisor()
        self.database = OwnServer(folder)
        self.healed_at = 0

    def start(self) -> None:
        self.start_redis()
        self.smtp.listen()
        celery = [Path(sys.executable).with_name("celery"), "-A", "config"]
        for name, command in {
            "worker": [*celery, "worker", "--concurrency", "1"],
            "beat": [*celery, "beat", "--pidfile=", "-s", self.folder / "beat"],
        }.items():
            self._supervise(name, command)
        self.wait(lambda: heartbeat.last() is not None, "worker and beat working together")

    def stop(self) -> None:
        self.supervisor.stop_all()
        self.smtp.refuse()
        if "redis" in self.running:
            self.stop_redis()

    def wait(self, happened: Callable[[], object], what: str, seconds: float = PATIENCE) -> None:
        def looked_after() -> object:
            self.supervisor.look_once()
            return happened()

        super().wait(looked_after, what, seconds)

    def service(self, name: str) -> Service:
        return next(one for one in self.supervisor.services if one.name == name)

    def kill(self, name: str) -> None:
        """End a supervised service at once, in the middle of whatever it does."""
        process = self.service(name).process
        assert process is not None
        processes.kill_session(process)

    def flush_redis(self) -> None:
        """Redis forgets everything: queues, what they are bound to, and what a worker had in hand."""
        redis.Redis.from_url(redis_server.address(self.sockets)).flushall()

    def heal(self) -> None:
        """Mend whatever is broken, and wait until the worker is given work and does it."""
        self.database.start()
        if "redis" not in self.running:
            self.start_redis()
        self.smtp.listen()
        for service in self.supervisor.services:
            service.pause = FIRST_PAUSE
        self.wait_beat()
        self.healed_at = self._log("worker").stat().st_size

    def wait_beat(self) -> None:
        """Wait until the worker does once more what beat gives it last of all in a tick."""
        before = heartbeat.last()
        self.wait(lambda: heartbeat.last() != before, "a new heartbeat")

    def trouble(self) -> list[str]:
        """Return the errors that the worker has written down since everything was mended.

        The watchdog's are none: it may still end a worker that was given nothing while beat was away.
        """
        said = self._log("worker").read_bytes()[self.healed_at :].decode().splitlines()
        bad = [line for line in said if " ERROR " in line or " CRITICAL " in line]
        return [line for line in bad if " config.watchdog " not in line]

    def _supervise(self, name: str, command: processes.Command) -> None:
        log, env = self._log(name), {**self._environment(), **IMPATIENCE}
        self.supervisor.add(Service(name, lambda: processes.start(command, log=log, env=env), log))


class OwnServer:
    """A PostgreSQL server for one module, holding a copy of the test database."""

    def __init__(self, folder: Path) -> None:
        folder.chmod(0o755)
        self.data, self.log = folder / "pg", folder / "pg.log"
        self.sockets = places.socket_folder(folder / "s")
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, unless it runs."""
        if self.process is None:
            self.process = postgres.start(self.data, self.sockets, log=self.log, options=postgres.THROWAWAY)

    def stop(self) -> None:
        """Stop it: whoever is connected is thrown out."""
        if self.process is not None:
            connections.close_all()
            postgres.stop(self.process)
            self.process = None

    @contextmanager
    def in_use(self) -> Iterator[None]:
        """Copy the test database, and let this process and those it starts use the copy meanwhile."""
        copy = self.log.with_name("copy.dump")
        _run("pg_dump", "--format=custom", f"--file={copy}", f"--dbname={database_url()}")
        self.start()
        postgres.ensure_database(self.sockets, "faults")
        _run("pg_restore", "--no-owner", f"--dbname={postgres.address(self.sockets, 'faults')}", copy)
        settings = connections["default"].settings_dict
        before = dict(settings)
        connections.close_all()
        settings.update(NAME="faults", USER="postgres", PASSWORD="", HOST=str(self.sockets), PORT="")
        try:
            yield
        finally:
            connections.close_all()
            settings.update(before)
            self.stop()


def _run(program: str, *options: str | Path) -> None:
    subprocess.run([postgres.PROGRAMS / program, *options], check=True, capture_output=True)
