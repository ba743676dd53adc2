"""`make run`: the whole platform on this machine, every part of it real."""

import fcntl
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TextIO

from devtools import assets, mail_sink, places, ports, postgres, processes, redis_server
from devtools.places import LOCAL
from devtools.processes import StartProblem
from devtools.supervisor import Service, StopAsked, Supervisor

LOGS = LOCAL / "log"
PYTHON = Path(sys.executable)


def main() -> int:
    """Start everything, say where it is, and keep it running until Ctrl-C."""
    started = time.monotonic()
    supervisor = Supervisor()
    supervisor.catch_signals()
    try:
        with _only_one():
            port = _wanted_port()
            try:
                _start(supervisor, port)
                print(_welcome(port, time.monotonic() - started), flush=True)
                supervisor.watch_forever()
            finally:
                supervisor.stopping = True
                print("\nStopping ...", flush=True)
                supervisor.stop_all()
                (LOCAL / "environment").unlink(missing_ok=True)
    except StopAsked:
        print("Stopped. Your data is kept: `make run` goes on with it, `make reset` forgets it.", flush=True)
        return 0
    except StartProblem as problem:
        print(f"\nRapport did not start: {problem}", file=sys.stderr, flush=True)
        return 1
    return 0


def _wanted_port() -> int:
    text = os.environ.get("PORT") or "8000"
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise StartProblem(f"PORT must be a number from 1 to 65535, not {text!r}")
    if ports.in_use(int(text)):
        raise StartProblem(
            f"port {text} is in use by another program, or may not be used.\n"
            f"Choose another one: PORT={int(text) + 1 if int(text) < 65535 else 8000} make run"
        )
    return int(text)


def _only_one() -> TextIO:
    """Take the lock on .local. The kernel drops it when we end, however we end: it cannot go stale."""
    LOCAL.mkdir(parents=True, exist_ok=True)
    lock = (LOCAL / "run.lock").open("a+")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.seek(0)
        holder = lock.read().strip()
        lock.close()
        raise StartProblem(f"it is running already from this folder ({holder}): stop it first") from None
    lock.truncate(0)
    lock.write(f"process {os.getpid()}")
    lock.flush()
    return lock


def _start(supervisor: Supervisor, port: int) -> None:
    assets.prepare()
    env = _start_services(supervisor)
    env |= {
        "DJANGO_SETTINGS_MODULE": "config.settings.local",
        "RAPPORT_LOCAL": str(LOCAL),
        "CLOCK_OFFSET_FILE": str(LOCAL / "clock"),
        "SITE_URL": f"http://{ports.LOOPBACK}:{port}",
        "BIND": f"{ports.LOOPBACK}:{port}",
        "WEB_CONCURRENCY": os.environ.get("WEB_CONCURRENCY", "1"),
        "WEB_THREADS": os.environ.get("WEB_THREADS", "8"),
        "TICK_SECONDS": os.environ.get("TICK_SECONDS", "5"),
        "PYTHONUNBUFFERED": "1",
    }
    (LOCAL / "environment").write_text("".join(f"{name}={value}\n" for name, value in env.items()))
    print("Preparing the database", flush=True)
    supervisor.run_step([PYTHON, "-m", "devtools.prepare"], env)
    print("Starting web, worker and beat", flush=True)
    for name, command in _platform():
        _add(supervisor, name, partial(_start_logged, command, env))
    _wait_for_web(supervisor, port)


def _start_services(supervisor: Supervisor) -> dict[str, str]:
    """Start what the environment does not bring, and return the addresses of all."""
    env = {name: value for name in ("DATABASE_URL", "REDIS_URL") if (value := os.environ.get(name))}
    sockets = places.socket_folder(LOCAL / "run" / "postgres")
    if "DATABASE_URL" not in env:
        print("Starting PostgreSQL 18", flush=True)
        data = LOCAL / "postgres"
        _add(supervisor, "PostgreSQL", lambda log: postgres.start(data, sockets, log=log), postgres.stop)
        postgres.ensure_database(sockets, "rapport")
        env["DATABASE_URL"] = postgres.address(sockets, "rapport")
    if "REDIS_URL" not in env:
        print("Starting Redis", flush=True)
        redis_sockets = places.socket_folder(LOCAL / "run" / "redis")
        _add(supervisor, "Redis", lambda log: redis_server.start(redis_sockets, log=log))
        env["REDIS_URL"] = redis_server.address(redis_sockets)
    if not os.environ.get("EMAIL_HOST"):
        print("Starting the mail sink", flush=True)
        port, folder = ports.free(), LOCAL / "mail"
        _add(supervisor, "The mail sink", lambda log: mail_sink.start(port, folder, log=log))
        env |= {"EMAIL_HOST": ports.LOOPBACK, "EMAIL_PORT": str(port), "MAIL_SINK_FOLDER": str(folder)}
    return env


def _start_logged(command: processes.Command, env: dict[str, str], log: Path) -> subprocess.Popen[bytes]:
    return processes.start(command, log=log, env=env)


def _platform() -> list[tuple[str, processes.Command]]:
    celery: processes.Command = [PYTHON, "-m", "celery", "-A", "config"]
    return [
        ("The web process", [PYTHON, "-m", "gunicorn", "-c", "config/gunicorn.py", "config.wsgi"]),
        ("The worker", [*celery, "worker", "--concurrency", "1"]),
        ("Beat", [*celery, "beat", "--pidfile=", "-s", LOCAL / "beat-schedule"]),
    ]


def _add(
    supervisor: Supervisor,
    name: str,
    start: Callable[[Path], subprocess.Popen[bytes]],
    stop: Callable[[subprocess.Popen[bytes]], None] = processes.stop,
) -> None:
    log = LOGS / f"{name.lower().replace(' ', '-')}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    # One start's log, not all of them: the end of it is what is shown when something fails.
    log.write_text("")
    supervisor.add(Service(name, lambda: start(log), log, stop))


def _wait_for_web(supervisor: Supervisor, port: int) -> None:
    deadline = time.monotonic() + 60
    while not _healthy(port):
        # Until we have said that it runs, a death is a failure to start, not something to mend.
        for service in supervisor.services:
            if service.process and service.process.poll() is not None:
                raise StartProblem(f"{service.name} ended at once.\n{processes.tail(service.log)}")
        if time.monotonic() > deadline:
            logs = "\n\n".join(processes.tail(service.log) for service in supervisor.services[-3:])
            raise StartProblem(f"the web process did not answer within a minute.\n{logs}")
        time.sleep(0.1)


def _healthy(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://{ports.LOOPBACK}:{port}/health", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def _welcome(port: int, seconds: float) -> str:
    site = f"http://{ports.LOOPBACK}:{port}"
    return f"""
Rapport is running (ready after {seconds:.0f} s). Everybody in it is made up.

  For somebody looking for help   {site}/
  Sign in as one of the cast      {site}/local/        (GP, therapists, coordinator, safety clinician, administrator)
  Messages that were sent         {site}/local/mail/
  Move the clock                  {site}/local/clock/

Logs: {os.path.relpath(LOGS)}/   Stop: Ctrl-C   Forget everything: make reset
"""


if __name__ == "__main__":
    raise SystemExit(main())
