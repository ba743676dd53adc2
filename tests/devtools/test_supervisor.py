import signal
import sys
import time

import pytest

from devtools import processes
from devtools.supervisor import Service, StopAsked, Supervisor


def service(name, script, tmp_path) -> Service:
    log = tmp_path / f"{name}.log"
    return Service(name, lambda: processes.start([sys.executable, "-c", script], log=log), log)


@pytest.fixture
def supervisor():
    one = Supervisor()
    yield one
    one.stop_all()


def look_until(supervisor, happened, seconds=10.0):
    deadline = time.monotonic() + seconds
    while not happened() and time.monotonic() < deadline:
        supervisor.look_once()
        time.sleep(0.02)
    assert happened()


def test_service_that_dies_is_started_again_with_growing_pauses(supervisor, tmp_path, capsys):
    fickle = service("Fickle", "raise SystemExit(7)", tmp_path)
    fickle.pause = 0.05
    supervisor.add(fickle)
    look_until(supervisor, lambda: fickle.pause >= 0.2)
    said = capsys.readouterr().out
    assert "Fickle ended with code 7; starting it again" in said
    assert str(fickle.log) in said
    assert "Fickle is running again" in said


def test_service_that_keeps_running_is_left_alone(supervisor, tmp_path, capsys):
    steady = service("Steady", "import time; time.sleep(60)", tmp_path)
    supervisor.add(steady)
    first = steady.process
    for _ in range(5):
        supervisor.look_once()
    assert steady.process is first
    assert capsys.readouterr().out == ""


def test_services_stop_in_reverse_order(tmp_path):
    order = []
    supervisor = Supervisor()
    for name in ("database", "web"):
        one = service(name, "import time; time.sleep(60)", tmp_path)
        one.stop = lambda process, name=name: (order.append(name), processes.kill_session(process))
        supervisor.add(one)
    supervisor.stop_all()
    assert order == ["web", "database"]
    assert all(one.process.poll() is not None for one in supervisor.services)


def test_only_the_first_request_to_stop_interrupts(supervisor):
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        supervisor.catch_signals()
        with pytest.raises(StopAsked):
            signal.raise_signal(signal.SIGTERM)
        # Impatience must not leave half of the children running.
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGTERM)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def test_step_that_fails_is_named(supervisor):
    with pytest.raises(processes.StartProblem, match=r"-c raise SystemExit.2. ended with code 2"):
        supervisor.run_step([sys.executable, "-c", "raise SystemExit(2)"], {})
