"""The commands of the pages about backup, restoring and upgrading, word by word, on a sound installation."""

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

from tests.docs.pages import tried
from tests.doctor.sound import (
    RECIPIENT,
    USERS,
    Sound,
    examined,
    on_postgres,
    on_sqlite,
    set_environment,
    write_an_event,
    write_state,
)
from tests.postgres import PostgresServer, find_binaries

#: Folders of the pages, and where they are in a test.
FOLDERS = {
    "/var/lib/amparo-seals/audit-seals.txt": "seals/seals.txt",
    "/var/lib/amparo-seals": "seals",
    "/var/lib/amparo": "data",
    "/var/backups/amparo-keys": "keys-backups",
    "/media/offline": "offline",
    "/etc/amparo": "etc",
    "/var/backups/amparo": "backups",
    "/srv/amparo": "program",
}
#: The commands of the machine that a test has not: they only say that they were called.
CALLED = "systemctl make curl chown"
"""`chown` too, since nobody but root may; who owns what the test's own account has made is plain."""


@dataclass
class Shell:
    """A shell of the operator on this installation."""

    sound: Sound
    calls: Path
    path: str

    def does(self, name: str, by_owner: Sequence[str] = ()) -> str:
        """Run the block of that name, stopping at the first failure; what it said.

        ``by_owner`` are the lines that the page says to give as the tables' owner.
        """
        script = tried()[name]
        for line in by_owner:
            assert line in script
            script = script.replace(line, line.replace("amparo", "as_owner"))
        for place, here in FOLDERS.items():
            script = script.replace(place, str(self.sound.folder / here))
        script = f"set -eu\n{self._functions()}\n{script}\n"
        ran = subprocess.run(
            ["bash", "-c", script],
            env=self._environment(),
            cwd=self.sound.folder,
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == 0, f"{script}\n{ran.stdout}\n{ran.stderr}"
        return ran.stdout

    def _functions(self) -> str:
        command = Path(sys.executable).with_name("amparo")
        owner = self.sound.folder / "owner_url"
        return f'amparo() {{ {command} "$@"; }}\nas_owner() {{ AMPARO_DATABASE_URL_FILE={owner} {command} "$@"; }}'

    def _environment(self) -> dict[str, str]:
        server = {"PGHOST": str(self.sound.server.folder), "PGUSER": "postgres"} if self.sound.server else {}
        recipients = {"AMPARO_BACKUP_RECIPIENTS_FILE": str(self.sound.folder / "etc" / "backup-recipients")}
        around = {"PATH": self.path, "LC_ALL": "C.UTF-8", "CALLS": str(self.calls)}
        return self.sound.environment() | recipients | server | around


@pytest.fixture
def sound(engine_name: str, tmp_path: Path) -> Iterator[Sound]:
    """A sound installation; on PostgreSQL on a server of its own, so that the database is called as on the page."""
    folder = tmp_path / "installation"
    folder.mkdir()
    for name in ("keys-backups", "program", "offline", "etc"):
        (folder / name).mkdir(mode=0o700)
    if engine_name == "sqlite":
        yield _without_backups(on_sqlite(folder))
        return
    server = PostgresServer.start(durable=True)
    try:
        made = on_postgres(folder, server)
        (folder / "owner_url").write_text(str(made.url).replace("amparo_app", "amparo_owner"))
        yield _without_backups(made)
    finally:
        server.stop()


def _without_backups(sound: Sound) -> Sound:
    for file in (*sound.backups.iterdir(), sound.data / "backups.json"):
        file.unlink()
    return sound


@pytest.fixture
def shell(sound: Sound, tmp_path: Path) -> Shell:
    stubs = tmp_path / "stubs"
    stubs.mkdir()
    for name in CALLED.split():
        (stubs / name).write_text('#!/bin/sh\necho "$(basename "$0") $*" >>"$CALLS"\n')
        (stubs / name).chmod(0o755)
    folders = [stubs, find_binaries(), Path(sys.executable).parent, "/usr/local/bin", "/usr/bin", "/bin"]
    (tmp_path / "calls").touch()
    return Shell(sound, tmp_path / "calls", os.pathsep.join(map(str, folders)))


def people(sound: Sound) -> int:
    url = make_url(sound.url or f"sqlite:///{sound.data / 'amparo.db'}")
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        if sound.server is not None:
            connection.execute(text("SELECT set_config('app.sees', 'operator', true)"))
        count = int(connection.execute(text("SELECT count(*) FROM account")).scalar_one())
    engine.dispose()
    return count


def lose(sound: Sound) -> None:
    """The database is damaged beyond use, and the keystore is not."""
    if sound.server is None:
        (sound.data / "amparo.db").write_bytes(b"not a database any more")
    else:
        sound.as_superuser("DROP TABLE account CASCADE")


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_a_backup_brings_back_what_was_there(
    sound: Sound, shell: Shell, engine_name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_environment(sound, monkeypatch)
    assert {each.code for each in examined(sound)} == {"backup.old", "backup.keys_old"}
    before = people(sound)
    shell.does("recipient")
    shell.does("backup")
    if sound.server is None:  # a file that is read alone does not ask for an engine
        assert shell.does("verify").count("Whole: the") == 2
    assert examined(sound) == []
    write_an_event(sound.settings())
    assert people(sound) == before + 1
    lose(sound)
    assert examined(sound)
    said = shell.does(f"{engine_name} restore")
    assert people(sound) == before
    assert "Everything is in order" in said
    assert shell.calls.read_text().splitlines()[0] == "systemctl stop amparo"
    assert shell.calls.read_text().splitlines()[-1] == "systemctl start amparo"
    assert examined(sound) == []
    write_an_event(sound.settings())  # the keys open, and it can be worked with
    lose_everything(sound)
    shell.does("restore with keys", by_owner=("amparo restore",) if sound.server else ())
    assert people(sound) == before
    write_an_event(sound.settings())


def lose_everything(sound: Sound) -> None:
    """The keystore is gone too."""
    if sound.server is None:
        for file in filter(Path.is_file, sound.data.iterdir()):
            file.unlink()
    else:
        sound.server.drop(sound.server.url("amparo"))
        make_again(sound)


def make_again(sound: Sound) -> None:
    """The part of the page about PostgreSQL that makes the database; its users are there."""
    script = "".join(line for line in USERS.read_text().splitlines(keepends=True) if not line.startswith("CREATE ROLE"))
    assert sound.server is not None
    psql = [str(find_binaries() / "psql"), "-X", "-q", "-h", str(sound.server.folder), "-U", "postgres"]
    subprocess.run([*psql, "-d", "postgres"], input=script, text=True, check=True, capture_output=True)


def test_an_upgrade_goes_through(sound: Sound, shell: Shell) -> None:
    write_an_event(sound.settings())
    (sound.folder / "etc" / "backup-recipients").write_text(RECIPIENT)
    write_state(sound.folder, datetime.now(UTC))
    shell.does("upgrade", by_owner=("amparo migrate",) if sound.server else ())
    called = [line.split()[0] for line in shell.calls.read_text().splitlines()]
    assert called == ["systemctl", "make", "systemctl", "curl"]


def test_the_pages_mark_what_is_tried() -> None:
    restoring = {"sqlite restore", "postgresql restore", "restore with keys"}
    assert set(tried()) == {"recipient", "backup", "verify", "upgrade"} | restoring
