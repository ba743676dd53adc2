"""Keeping a set of processes running until somebody asks to stop."""

import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from devtools import processes

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0
# A process that ran this long had started well: the next pause begins anew.
GOOD_RUN = 60.0


class StopAsked(Exception):
    """Ctrl-C, or a request to end."""


@dataclass
class Service:
    """A process to keep running. `start` returns it, running; `stop` ends it in its own way."""

    name: str
    start: Callable[[], subprocess.Popen[bytes]]
    log: Path
    stop: Callable[[subprocess.Popen[bytes]], None] = processes.stop
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    pause: float = FIRST_PAUSE
    restart_at: float | None = None


class Supervisor:
    """Starts services in order, restarts one that dies, stops them in reverse order."""

    def __init__(self) -> None:
        self.services: list[Service] = []
        self.stopping = False

    def catch_signals(self) -> None:
        """Turn Ctrl-C, a request to end and a closed terminal into StopAsked, once: stopping is never interrupted."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)

    def add(self, service: Service) -> None:
        """Start a service. Raises StartProblem."""
        self.services.append(service)
        self._launch(service)

    def watch_forever(self) -> None:
        """Restart what dies, until StopAsked is raised."""
        while True:
            self.look_once()
            time.sleep(0.3)

    def look_once(self) -> None:
        """Look at every service once: note a death, or start again what has waited long enough."""
        now = time.monotonic()
        for service in self.services:
            if service.restart_at is not None and now >= service.restart_at:
                self._try_again(service)
            elif service.restart_at is None and service.process and service.process.poll() is not None:
                self._note_death(service, f"ended with code {service.process.returncode}")

    def run_step(self, command: Sequence[str | Path], env: dict[str, str]) -> None:
        """Run a command to its end, its words on our terminal. Raises StartProblem when it fails."""
        process = processes.start(command, env=env)
        try:
            code = process.wait()
        finally:
            processes.kill_session(process)
        if code:
            raise processes.StartProblem(f"{' '.join(str(part) for part in command[1:])} ended with code {code}")

    def stop_all(self) -> None:
        """Stop everything, last started first."""
        self.stopping = True
        for service in reversed(self.services):
            if service.process:
                service.stop(service.process)

    def _launch(self, service: Service) -> None:
        service.process = service.start()
        service.started_at = time.monotonic()
        service.restart_at = None

    def _note_death(self, service: Service, how: str) -> None:
        if service.process:
            processes.kill_session(service.process)
        if time.monotonic() - service.started_at > GOOD_RUN:
            service.pause = FIRST_PAUSE
        print(f"{service.name} {how}; starting it again in {service.pause:.0f} s (log: {service.log})", flush=True)
        service.restart_at = time.monotonic() + service.pause
        service.pause = min(service.pause * 2, LONGEST_PAUSE)

    def _try_again(self, service: Service) -> None:
        try:
            self._launch(service)
        except processes.StartProblem as problem:
            service.started_at = time.monotonic()
            self._note_death(service, f"does not start: {problem}")
        else:
            print(f"{service.name} is running again", flush=True)

    def _on_signal(self, number: int, frame: object) -> None:
        if not self.stopping:
            self.stopping = True
            raise StopAsked
