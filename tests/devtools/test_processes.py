import os
import signal
import subprocess
import sys
import time

import psutil
import pytest

from devtools import processes


def start(script: str, **options) -> subprocess.Popen:
    return processes.start([sys.executable, "-c", script], **options)


def wait_for(happened, seconds=10.0) -> bool:
    deadline = time.monotonic() + seconds
    while not happened() and time.monotonic() < deadline:
        time.sleep(0.02)
    return bool(happened())


def test_stop_ends_a_child_that_ignores_the_request_and_everything_it_started(tmp_path):
    log = tmp_path / "log"
    script = (
        "import signal, subprocess, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        "print(subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']).pid, flush=True); time.sleep(60)"
    )
    child = start(script, log=log)
    assert wait_for(lambda: log.read_text().strip())
    grandchild = int(log.read_text())
    processes.stop(child, grace=0.2)
    assert child.returncode == -signal.SIGKILL
    assert wait_for(lambda: not psutil.pid_exists(grandchild) or psutil.Process(grandchild).status() == "zombie")


def test_child_ends_when_its_parent_is_killed_outright(tmp_path):
    note = tmp_path / "pid"
    script = (
        "import sys, time; from devtools import processes;"
        f"child = processes.start([sys.executable, '-c', 'import time; time.sleep(60)']);"
        f"open({str(note)!r}, 'w').write(str(child.pid)); time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", script])
    assert wait_for(lambda: note.exists() and note.read_text())
    child = int(note.read_text())
    assert psutil.pid_exists(child)
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    assert wait_for(lambda: not psutil.pid_exists(child) or psutil.Process(child).status() == "zombie")


def test_waiting_for_a_child_that_dies_tells_the_end_of_its_log(tmp_path):
    log = tmp_path / "log"
    child = start("print('no such flavour'); raise SystemExit(3)", log=log)
    with pytest.raises(processes.StartProblem, match=r"(?s)The cook ended with code 3.*no such flavour"):
        processes.wait_until(lambda: False, what="The cook", process=child, seconds=20, log=log)


def test_waiting_has_an_end(tmp_path):
    child = start("import time; time.sleep(60)")
    try:
        with pytest.raises(processes.StartProblem, match="did not answer"):
            processes.wait_until(lambda: False, what="x", process=child, seconds=0.1, log=tmp_path / "log")
    finally:
        processes.kill_session(child)
