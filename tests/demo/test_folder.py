"""The demo's folder and database: made once, gone on with, and never somebody else's."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import insert, inspect, select, text, update
from sqlmodel import col

from app import installation
from app.access.model import Account, AccountStatus
from app.config import Environment, Settings
from app.db import new_id, open_database
from app.demo.folder import Unusable, settings_for, used
from tests.postgres import PostgresServer

HOLDS_A_FOLDER = """
import sys
from fcntl import LOCK_EX, flock
from os import O_RDONLY, open
flock(open(sys.argv[1], O_RDONLY), LOCK_EX)
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def settings(tmp_path: Path, empty_database: str | None, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Of a demo in a folder that is not there yet, on each engine."""
    monkeypatch.delenv("AMPARO_DATABASE_URL", raising=False)
    if empty_database is not None:
        monkeypatch.setenv("AMPARO_DATABASE_URL", empty_database)
    return settings_for(tmp_path / "demo", free_port())


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Calls:
    """Which of the two was called. Making makes an installation with one account in it."""

    def __init__(self, settings: Settings, email: str = "admin@demo.example") -> None:
        self.settings, self.email = settings, email
        self.seen: list[str] = []

    def make(self) -> None:
        self.seen.append("make")
        installation.make(self.settings)
        put(self.settings, self.email)

    def go_on(self) -> None:
        self.seen.append("go on")

    def use(self, *, fresh: bool = False) -> None:
        with used(self.settings, fresh=fresh, make=self.make, go_on=self.go_on):
            assert emails(self.settings) == [self.email]


def put(settings: Settings, email: str) -> None:
    database = open_database(settings)
    account = {"id": new_id(), "email": email, "name": "Somebody", "status": AccountStatus.ACTIVE}
    with database.writing() as connection:
        connection.execute(insert(Account).values(**account, time_zone="UTC", created_at=datetime.now(UTC)))
    database.engine.dispose()


def emails(settings: Settings) -> list[str]:
    database = open_database(settings)
    with database.looking.connect() as connection:
        found = list(connection.execute(select(col(Account.email))).scalars())
    database.engine.dispose()
    return found


def test_it_is_made_once_and_gone_on_with(settings: Settings) -> None:
    calls = Calls(settings)
    calls.use()
    key = settings.keyring.read_bytes()
    calls.use()
    assert calls.seen == ["make", "go on"]
    assert settings.keyring.read_bytes() == key
    assert settings.data_dir.stat().st_mode & 0o777 == 0o700


def test_fresh_begins_again(settings: Settings) -> None:
    calls = Calls(settings)
    calls.use()
    key = settings.keyring.read_bytes()
    calls.use(fresh=True)
    assert calls.seen == ["make", "make"]
    assert settings.keyring.read_bytes() != key


def test_an_empty_folder_will_do(settings: Settings) -> None:
    settings.data_dir.mkdir()
    calls = Calls(settings)
    calls.use()
    assert calls.seen == ["make"]


@pytest.mark.parametrize("fresh", [False, True], ids=["as it is", "fresh"])
def test_a_foreign_folder_is_refused_and_left_alone(settings: Settings, fresh: bool) -> None:
    settings.data_dir.mkdir()
    foreign = settings.data_dir / "amparo.db"
    foreign.write_text("somebody's clients")
    calls = Calls(settings)
    with pytest.raises(Unusable, match="did not make"):
        calls.use(fresh=fresh)
    assert calls.seen == []
    assert foreign.read_text() == "somebody's clients"
    assert list(settings.data_dir.iterdir()) == [foreign]


def test_a_marker_of_something_else_is_none(settings: Settings) -> None:
    settings.data_dir.mkdir()
    (settings.data_dir / "demo.json").write_text('{"made": true, "database": "in this folder", "made_by": "me"}')
    with pytest.raises(Unusable, match="did not make"):
        Calls(settings).use(fresh=True)


def test_a_file_is_no_folder(settings: Settings) -> None:
    settings.data_dir.write_text("a file")
    with pytest.raises(Unusable, match="did not make"):
        Calls(settings).use()


def test_what_an_interrupted_making_left_is_thrown_away(settings: Settings) -> None:
    calls = Calls(settings)

    def interrupted() -> None:
        calls.make()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), used(settings, fresh=False, make=interrupted, go_on=calls.go_on):
        raise AssertionError("a half-made demo was used")
    calls.use()
    assert calls.seen == ["make", "make"]


def test_two_do_not_use_one_folder_while_it_is_made(settings: Settings) -> None:
    calls = Calls(settings)
    calls.use()
    command = (sys.executable, "-c", HOLDS_A_FOLDER, str(settings.data_dir))
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(Unusable, match="Another"):
            calls.use()
        other.communicate()
    with used(settings, fresh=False, make=calls.make, go_on=calls.go_on), pytest.raises(Unusable, match="Another"):
        calls.use(fresh=True)
    assert calls.seen == ["make", "go on"]


def test_a_demo_is_not_looked_for_in_another_database(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    Calls(settings).use()
    if settings.database_url is None:
        monkeypatch.setenv("AMPARO_DATABASE_URL", "postgresql+psycopg://amparo:secret@db.example.org/amparo")
    else:
        monkeypatch.delenv("AMPARO_DATABASE_URL")
    elsewhere = settings_for(settings.data_dir, free_port())
    with pytest.raises(Unusable, match="keeps its data elsewhere") as refused:
        Calls(elsewhere).use(fresh=True)
    assert "secret" not in str(refused.value)


def test_settings_of_a_real_service_are_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("KEYRING_FILE", "KEYSTORE_URL", "DATA_DIR", "ORIGIN"):
        monkeypatch.setenv(f"AMPARO_{name}", f"/srv/amparo/{name}")
    monkeypatch.delenv("AMPARO_DATABASE_URL", raising=False)
    monkeypatch.setenv("AMPARO_ENVIRONMENT", "production")
    port = free_port()
    settings = settings_for(tmp_path, port)
    assert (settings.environment, settings.public_origin) == (Environment.DEMO, f"http://localhost:{port}")
    assert settings.keyring == tmp_path / "keyring.json"
    assert str(tmp_path) in settings.keystore
    assert str(tmp_path) in settings.database


def test_what_a_real_service_keeps_elsewhere_is_not_touched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A demo sweeps documents that it does not know, and gives its checkpoints away."""
    for name in ("DOCUMENTS_FOLDER", "CHECKPOINT_PLACES", "BACKUP_RECIPIENTS_FILE", "BACKUP_RECIPIENTS", "CLAMD"):
        monkeypatch.setenv(f"AMPARO_{name}", str(tmp_path / "real"))
    settings = settings_for(tmp_path / "demo", free_port())
    assert settings.files.folder == (tmp_path / "demo" / "documents").resolve()
    kept = (settings.checkpoint_places, settings.backup_recipients, settings.backup_recipients_file, settings.clamd)
    assert kept == ("", "", None, "")


def test_fresh_takes_its_documents_away(settings: Settings) -> None:
    calls = Calls(settings)
    for fresh in (False, True):
        with used(settings, fresh=fresh, make=calls.make, go_on=calls.go_on):
            assert not settings.files.folder.exists()
            settings.files.folder.mkdir()
            (settings.files.folder / "one").touch()
    assert calls.seen == ["make", "make"]


def test_sqlite_stays_in_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AMPARO_DATABASE_URL", "sqlite:////srv/amparo/amparo.db")
    with pytest.raises(Unusable, match="unset AMPARO_DATABASE_URL"):
        settings_for(tmp_path, free_port())


def test_a_port_that_is_taken_is_said_first(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(Unusable, match="--port"):
            settings_for(tmp_path, int(other.getsockname()[1]))


@pytest.fixture
def on_postgresql(postgres: PostgresServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """Of a demo on PostgreSQL, in an empty database."""
    postgres.create_template("blank", lambda _url: None)
    url = postgres.clone("blank")
    monkeypatch.setenv("AMPARO_DATABASE_URL", url)
    yield settings_for(tmp_path / "demo", free_port())
    postgres.drop(url)


def test_a_database_with_anything_in_it_is_refused(on_postgresql: Settings) -> None:
    database = open_database(on_postgresql)
    with database.writing() as connection:
        connection.execute(text("CREATE TABLE somebodys (thing TEXT)"))
    with pytest.raises(Unusable, match="Make an empty one"):
        Calls(on_postgresql).use(fresh=True)
    with database.looking.connect() as connection:
        assert inspect(connection).get_table_names() == ["somebodys"]
    database.engine.dispose()


def test_a_real_service_in_the_demos_database_is_left_alone(on_postgresql: Settings) -> None:
    """The folder is a demo's, but since then somebody put a real installation into the database."""
    Calls(on_postgresql).use()
    database = open_database(on_postgresql)
    with database.writing() as connection:
        connection.execute(update(Account).values(email="director@fund.example.org"))
    database.engine.dispose()
    with pytest.raises(Unusable, match="holds something else"):
        Calls(on_postgresql).use(fresh=True)
    assert emails(on_postgresql) == ["director@fund.example.org"]
