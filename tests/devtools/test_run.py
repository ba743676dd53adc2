"""`make run` as a person uses it: in a copy of the settings of a fresh folder, on a small register."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request

import psutil
import pytest

from devtools import assets, places, ports, run
from devtools.processes import StartProblem


@pytest.fixture
def local(tmp_path, monkeypatch):
    monkeypatch.setattr(run, "LOCAL", tmp_path)
    return tmp_path


def test_port_in_use_is_named_with_the_way_out(monkeypatch):
    with socket.socket() as taken:
        taken.bind((ports.LOOPBACK, 0))
        taken.listen()
        port = taken.getsockname()[1]
        monkeypatch.setenv("PORT", str(port))
        with pytest.raises(StartProblem, match=rf"port {port} is in use[\s\S]*PORT=\d+ make run"):
            run._wanted_port()
    assert run._wanted_port() == port


@pytest.mark.parametrize("nonsense", ["abc", "0", "70000", "-1"])
def test_port_that_is_none_is_refused(monkeypatch, nonsense):
    monkeypatch.setenv("PORT", nonsense)
    with pytest.raises(StartProblem, match="PORT must be a number"):
        run._wanted_port()


def test_second_start_from_the_same_folder_is_refused_and_names_the_first(local):
    with run._only_one(), pytest.raises(StartProblem, match=f"running already.*process {os.getpid()}"):
        run._only_one()


def test_lock_file_left_behind_by_a_killed_run_is_no_obstacle(local):
    (local / "run.lock").write_text("process 999999")
    with run._only_one():
        assert (local / "run.lock").read_text() == f"process {os.getpid()}"


@pytest.fixture
def started(tmp_path):
    """A real run in a folder of its own, with a register of 50; gives (start, port)."""
    assets.prepare()
    port = ports.free()
    running = []

    def start() -> subprocess.Popen:
        clean = {
            name: value for name, value in os.environ.items() if not name.startswith(("DATABASE", "REDIS", "EMAIL"))
        }
        env = clean | {"PORT": str(port), "RAPPORT_LOCAL": str(tmp_path / "local"), "DEMO_THERAPISTS": "50"}
        command = [sys.executable, "-m", "devtools.run"]
        process = subprocess.Popen(
            command, cwd=places.ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        running.append(process)
        return process

    yield start, port
    for process in running:
        process.kill()


def answers(port, process, seconds=60.0) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        assert process.poll() is None, process.stdout.read()
        try:
            with urllib.request.urlopen(f"http://{ports.LOOPBACK}:{port}/health", timeout=5) as answer:
                assert answer.status == 200
                return
        except OSError:
            time.sleep(0.1)
    pytest.fail("no answer")


def family(process) -> list[psutil.Process]:
    return psutil.Process(process.pid).children(recursive=True)


def test_run_stops_without_orphans_and_starts_again_on_the_same_data(started):
    start, port = started
    first = start()
    answers(port, first)
    children = family(first)
    assert {"postgres", "redis-server"} <= {child.name() for child in children}
    first.send_signal(signal.SIGINT)
    said = first.communicate(timeout=30)[0]
    assert first.returncode == 0, said
    assert "Your data is kept" in said
    assert not psutil.wait_procs(children, timeout=5)[1]

    # The second ends by kill -9: its children go with it, and what it leaves behind hinders nobody.
    second = start()
    answers(port, second)
    children = family(second)
    second.kill()
    said = second.communicate(timeout=30)[0]
    assert "Refreshing the demonstration" in said
    assert not psutil.wait_procs(children, timeout=15)[1]

    third = start()
    answers(port, third)
    third.send_signal(signal.SIGTERM)
    assert third.wait(30) == 0
