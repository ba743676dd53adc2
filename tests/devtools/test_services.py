import os
import shutil
import tempfile
from pathlib import Path

import psycopg2
import pytest
import redis

from devtools import assets, places, postgres, processes, redis_server, reset


@pytest.fixture
def folder():
    path = Path(tempfile.mkdtemp(prefix="rapport-dev-"))
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def server(folder):
    """Starts a PostgreSQL on one data folder, as often as it is called."""
    running = []

    def start():
        sockets = places.socket_folder(folder / "s")
        process = postgres.start(folder / "pg", sockets, log=folder / "pg.log", options=postgres.THROWAWAY)
        running.append(process)
        return process

    yield start
    for process in running:
        postgres.stop(process)


def ask(folder, sql, database="postgres"):
    connection = psycopg2.connect(postgres.address(folder / "s", database))
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchone() if cursor.description else None
    finally:
        connection.close()


def test_server_left_running_is_stopped_and_its_data_goes_on(folder, server):
    lost = server()
    postgres.ensure_database(folder / "s", "kept")
    ask(folder, "CREATE TABLE thing AS SELECT 42 AS answer", "kept")
    server()
    assert lost.wait(10) is not None
    postgres.ensure_database(folder / "s", "kept")
    assert ask(folder, "SELECT answer FROM thing", "kept") == (42,)
    assert ask(folder, "SHOW server_version")[0].startswith("18.")


def test_pid_file_that_names_a_stranger_is_no_obstacle(folder, server):
    postgres.stop(server())
    # After a power cut the number in the file may belong to anybody: here to this very test.
    (folder / "pg" / "postmaster.pid").write_text(f"{os.getpid()}\n{folder / 'pg'}\n")
    server()
    assert ask(folder, "SELECT 1") == (1,)


def test_server_that_cannot_start_tells_the_end_of_its_log(folder, server):
    postgres.stop(server())
    (folder / "pg" / "postgresql.conf").write_text("nonsense = on\n")
    with pytest.raises(processes.StartProblem, match=r"(?s)PostgreSQL ended with code.*nonsense"):
        server()


def test_socket_lies_in_a_short_folder_when_the_path_is_long(tmp_path):
    deep = tmp_path / ("x" * 120)
    short = places.socket_folder(deep)
    try:
        assert len(str(short)) < 80
        assert short == places.socket_folder(deep)
        assert short.stat().st_mode & 0o077 == 0
        assert places.socket_folder(Path("/tmp/rapport-short-enough")) == Path("/tmp/rapport-short-enough")
    finally:
        short.rmdir()
        Path("/tmp/rapport-short-enough").rmdir()


def test_broker_refuses_rather_than_forgets(folder):
    sockets = places.socket_folder(folder / "r")
    process = redis_server.start(sockets, log=folder / "redis.log")
    try:
        client = redis.Redis.from_url(redis_server.address(sockets))
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
    finally:
        processes.stop(process)


def test_nothing_is_built_twice_from_the_same_source():
    assets.prepare()
    sheet = assets.BUILT / "app.css"
    before = sheet.stat().st_mtime_ns
    assets.prepare()
    assert sheet.stat().st_mtime_ns == before
    assert "fonts.googleapis" not in sheet.read_text()
    assert "assets.nhs.uk" not in sheet.read_text()


def test_reset_forgets_data_keeps_what_was_built_and_needs_a_yes(folder, monkeypatch, capsys):
    monkeypatch.setattr(reset, "LOCAL", folder)
    for name in ("postgres", "mail", "chromium"):
        (folder / name).mkdir()
    (folder / "clock").write_text("5")
    monkeypatch.setattr("builtins.input", lambda words: "no")
    assert reset.main() == 1
    assert (folder / "postgres").exists()
    monkeypatch.setenv("YES", "1")
    assert reset.main() == 0
    assert [entry.name for entry in folder.iterdir()] == ["chromium"]


def test_reset_refuses_while_the_platform_runs(folder, monkeypatch, capsys):
    from devtools import run

    monkeypatch.setattr(reset, "LOCAL", folder)
    monkeypatch.setattr(run, "LOCAL", folder)
    (folder / "postgres").mkdir()
    with run._only_one():
        assert reset.main() == 1
    assert "stop it first" in capsys.readouterr().err
    assert (folder / "postgres").exists()
