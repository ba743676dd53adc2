"""The whole platform as it runs in life, against this test's database: web, worker, beat, Redis and SMTP."""

import datetime
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import connections

from core import clock
from devtools import assets, mail_sink, places, ports, processes, redis_server
from tests.support import mail

PATIENCE = 30.0


class LiveStack:
    """Handles to a running platform. Rows written by the test are seen by it and the other way round."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.sockets = places.socket_folder(folder / "r")
        self.web_port, self.mail_port = ports.free(), ports.free()
        self.base_url = f"http://{ports.LOOPBACK}:{self.web_port}"
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.offset_file = folder / "offset"
        self.mail_folder = folder / "mail"

    # What a test asks for

    def mails(self, to: str | None = None) -> list[mail.Mail]:
        """Return what arrived over SMTP so far, oldest first, of one recipient when `to` is given."""
        return [one for one in mail.read(self.mail_folder) if to is None or to.lower() in one.to]

    def wait_mails(self, count: int = 1, *, to: str | None = None, seconds: float = PATIENCE) -> list[mail.Mail]:
        """Wait until at least `count` messages have arrived, and return them all."""
        self.wait(lambda: len(self.mails(to)) >= count, f"{count} messages to {to or 'anybody'}", seconds)
        return self.mails(to)

    def wait(self, happened: Callable[[], object], what: str, seconds: float = PATIENCE) -> None:
        """Wait until `happened()` is true; fail with `what` and the end of the logs after `seconds`."""
        deadline = time.monotonic() + seconds
        while not happened():
            if time.monotonic() > deadline:
                pytest.fail(f"did not happen within {seconds:.0f} s: {what}\n{self.logs()}")
            time.sleep(0.1)

    def travel(self, delta: datetime.timedelta) -> None:
        """Move the clock of the test, web, worker and beat together."""
        clock.travel(delta)

    def kill_worker(self) -> None:
        """End the worker as a crash would: at once, in the middle of whatever it does."""
        processes.kill_session(self.running.pop("worker"))

    def start_worker(self, **more: str) -> None:
        """Start the worker, with further environment when given. It takes a moment until it is given work."""
        self._start("worker", ["celery", "-A", "config", "worker", "--concurrency", "1"], more)

    def stop_redis(self) -> None:
        """End Redis at once; it forgets everything it was given."""
        processes.kill_session(self.running.pop("redis"))

    def start_redis(self) -> None:
        self.running["redis"] = redis_server.start(self.sockets, log=self._log("redis"))

    def logs(self) -> str:
        """Return the end of every process's log."""
        return "\n\n".join(processes.tail(log, 25) for log in sorted(self.folder.glob("*.log")))

    def start_beat(self) -> None:
        """Start the clockwork of the worker."""
        schedule = str(self.folder / "beat")
        self._start("beat", ["celery", "-A", "config", "beat", "--pidfile=", "-s", schedule])

    # Running it

    def start(self) -> None:
        self.start_redis()
        self.running["mail"] = mail_sink.start(self.mail_port, self.mail_folder, log=self._log("mail"))
        self._start("web", ["gunicorn", "-c", "config/gunicorn.py", "config.wsgi"])
        self.start_worker()
        self.start_beat()
        self.wait(self.alive, "the web process, the worker and beat working together")

    def stop(self) -> None:
        for name in ("beat", "worker", "web", "mail", "redis"):
            if name in self.running:
                processes.kill_session(self.running[name])
        end_other_sessions()

    def _start(self, name: str, command: list[str], more: dict[str, str] | None = None) -> None:
        program = Path(sys.executable).with_name(command[0])
        env = {**self._environment(), **(more or {})}
        self.running[name] = processes.start([program, *command[1:]], log=self._log(name), env=env)

    def _environment(self) -> dict[str, str]:
        return {
            "DJANGO_SETTINGS_MODULE": "config.settings.test",
            "DATABASE_URL": database_url(),
            "REDIS_URL": redis_server.address(self.sockets),
            "EMAIL_HOST": ports.LOOPBACK,
            "EMAIL_PORT": str(self.mail_port),
            "MAIL_SINK_FOLDER": str(self.mail_folder),
            "CLOCK_OFFSET_FILE": str(self.offset_file),
            "TICK_SECONDS": "1",
            "SITE_URL": self.base_url,
            "BIND": f"{ports.LOOPBACK}:{self.web_port}",
            "WEB_CONCURRENCY": "1",
        }

    def _log(self, name: str) -> Path:
        return self.folder / f"{name}.log"

    def alive(self) -> bool:
        """Say whether every process answers; fail when one has ended."""
        for name, process in self.running.items():
            if process.poll() is not None:
                pytest.fail(f"{name} ended with code {process.returncode}\n{self.logs()}")
        return self._web_healthy() and cache.get("worker-heartbeat") is not None

    def _web_healthy(self) -> bool:
        if "web" not in self.running:
            return True
        try:
            with urllib.request.urlopen(f"{self.base_url}/health", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False


def database_url() -> str:
    """Return the address of this process's test database, for a process started beside it."""
    values = connections["default"].settings_dict
    host, name = str(values["HOST"]), values["NAME"]
    on_socket = host.startswith("/")
    at, query = ("", f"?host={host}") if on_socket else (f"{host}:{values['PORT']}".rstrip(":"), "")
    return f"postgresql://{values['USER']}:{values['PASSWORD']}@{at}/{name}{query}"


def end_other_sessions() -> None:
    """End what killed processes left open at the server, whose locks would hold up emptying the database."""
    others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    deadline = time.monotonic() + PATIENCE
    with connections["default"].cursor() as cursor:
        cursor.execute(f"SELECT pg_terminate_backend(pid) {others}")
        while cursor.execute(f"SELECT count(*) {others}") or cursor.fetchone()[0]:
            assert time.monotonic() < deadline, "the database still has other sessions"
            time.sleep(0.05)


@pytest.fixture
def live_stack(transactional_db: None, settings: pytest.FixtureRequest) -> Iterator[LiveStack]:
    """The platform on real processes. Starts in a few seconds; its database is this test's own and starts empty."""
    assets.prepare()
    cache.clear()
    stack = LiveStack(Path(tempfile.mkdtemp(prefix="rapport-live-")))
    settings.CLOCK_OFFSET_FILE = str(stack.offset_file)
    settings.CELERY_BROKER_URL = f"redis+socket://{stack.sockets / 'redis.sock'}"
    settings.SITE_URL = stack.base_url
    try:
        stack.start()
        yield stack
    finally:
        stack.stop()
        shutil.rmtree(stack.folder, ignore_errors=True)
