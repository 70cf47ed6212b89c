"""Other processes that change keys at the same time, or are killed while they do."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import pytest

from app.crypto import Access, NewRoot, Place, Vault, init_keyring
from app.crypto.keyring import FileKeyring
from app.crypto.roots import in_environment
from tests.crypto.conftest import Installation
from tests.crypto.records import Records


@pytest.fixture
def made(tmp_path: Path) -> Path:
    path = tmp_path / "keys" / "root.json"
    init_keyring(path)
    return path


def start(program: str, path: Path) -> "subprocess.Popen[bytes]":
    return subprocess.Popen([sys.executable, "-c", program, path], stdout=subprocess.PIPE)


def test_only_one_process_changes_it_at_a_time(made: Path) -> None:
    child = (
        "import sys; from pathlib import Path; from app.crypto.keyring import FileKeyring\n"
        "keyring = FileKeyring(Path(sys.argv[1]))\n"
        "for _ in range(10):\n"
        "    with keyring.rotation(): keyring.add_root()\n"
    )
    processes = [start(child, made) for _ in range(3)]
    for process in processes:
        process.communicate(timeout=60)
        assert process.returncode == 0
    assert len(set(FileKeyring(made).roots())) == 31


def test_a_kill_at_any_moment_leaves_a_whole_keyring(made: Path) -> None:
    child = (
        "import sys; from pathlib import Path; from app.crypto.keyring import FileKeyring\n"
        "keyring = FileKeyring(Path(sys.argv[1]))\n"
        "print('ready', flush=True)\n"
        "while True:\n"
        "    with keyring.rotation(): keyring.keep_only(keyring.add_root())\n"
    )
    seen: set[UUID] = set()
    # At least three kills; on a busy machine more, until some came after a root was written.
    for attempt in range(20):
        pause = (0.0, 0.007, 0.03)[attempt] if attempt < 3 else 0.1 * attempt
        process = start(child, made)
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(pause)
        process.kill()
        process.communicate()
        roots = FileKeyring(made).roots()
        assert 1 <= len(roots) <= attempt + 2  # a kill between the two steps leaves one more, each time
        seen.update(roots)
        with FileKeyring(made).rotation():
            assert [entry.name for entry in made.parent.glob(".*")] == []
        if attempt >= 2 and len(seen) > 2:
            break
    assert len(seen) > 2


_ROTATE_FOR_EVER = """
import sys
from pathlib import Path
from app.crypto import Vault
vault = Vault.open_from(keyring_file=Path(sys.argv[1]), keystore_url=sys.argv[2])
print("ready", flush=True)
while True:
    vault.rotate_epoch()
    vault.rotate_root()
"""


@pytest.mark.parametrize("kills", [3, pytest.param(100, marks=pytest.mark.soak)])
def test_nothing_is_lost_by_kills(installation: Installation, kills: int) -> None:
    vault = installation.open()
    records = Records(vault, 64)
    for number in range(kills):
        command: list[str | Path] = [sys.executable, "-c", _ROTATE_FOR_EVER, installation.keyring, installation.url]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == b"ready\n"
            time.sleep(0.013 * (number % 10 + 1))
            process.kill()
        records.check(installation.open())
        records.add(vault, 1)
    last = installation.open()
    last.rotate_epoch()
    last.rotate_root()
    assert (last.status().epochs, last.status().roots, last.status().subjects_waiting) == (1, 1, 0)
    records.check(last)


#: Loads the program once and lends a child of its own for each line it reads: a kill costs no second start.
_LEND = """
import os, sys
from pathlib import Path
from app.crypto import Access, NewRoot, Place, Vault
def change(what):
    vault = Vault.open_from(keyring_file=Path(sys.argv[2]), keystore_url=sys.argv[3], access=Access(production=False))
    print("ready", flush=True)
    while True:
        if what == "epoch":
            vault.rotate_epoch()
        elif what == "root":
            vault.rotate_root()
        elif what == "move":
            for place in (Place.ENVIRONMENT, Place.FILE):
                vault.rotate_root(NewRoot(place))
        elif what == "digests":
            vault.rotate_macs()
        else:
            vault.end_index_keys(vault.begin_index_key())
for _ in sys.stdin:
    child = os.fork()
    if child == 0:
        change(sys.argv[1])
    print(child, flush=True)
    os.waitpid(child, 0)
    print("over", flush=True)
"""


@contextmanager
def lent(what: str, installation: Installation) -> Iterator["subprocess.Popen[str]"]:
    command: list[str | Path] = [sys.executable, "-c", _LEND, what, installation.keyring, installation.url]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as parent:
        yield parent
        parent.communicate()


def kill_once(parent: "subprocess.Popen[str]", seconds: float) -> None:
    assert parent.stdin is not None
    assert parent.stdout is not None
    parent.stdin.write("\n")
    parent.stdin.flush()
    said = {parent.stdout.readline().strip(), parent.stdout.readline().strip()}  # in either order
    (child,) = said - {"ready"}
    time.sleep(seconds)
    os.kill(int(child), signal.SIGKILL)
    assert parent.stdout.readline() == "over\n"


def again(installation: Installation) -> Vault:
    vault = Vault.open_from(
        keyring_file=installation.keyring, keystore_url=installation.url, access=Access(production=False)
    )
    installation.stack.callback(vault.close)
    return vault


def finish(what: str, vault: Vault) -> None:
    """Simply begin again what was broken off."""
    if what == "epoch":
        vault.rotate_epoch()
    elif what in {"root", "move"}:
        vault.rotate_root(NewRoot(Place.FILE) if what == "move" else None)
    elif what == "index":
        vault.end_index_keys(vault.begin_index_key())


@pytest.mark.parametrize("points", [2, pytest.param(300, marks=pytest.mark.soak)])
@pytest.mark.parametrize("what", ["epoch", "root", "move", "digests", "index"])
def test_a_kill_at_any_point_of_a_change_loses_and_doubles_nothing(
    sqlite_installation: Installation, monkeypatch: pytest.MonkeyPatch, what: str, points: int
) -> None:
    monkeypatch.setenv(in_environment.VARIABLE, in_environment.fresh_value())
    vault, chance = again(sqlite_installation), random.Random(20261123)
    records = Records(vault, 64)
    records.indexed_anew = what == "index"
    subjects, unfinished = vault.status().subjects, 0
    with lent(what, sqlite_installation) as parent:
        for _ in range(points):
            kill_once(parent, chance.uniform(0, 0.06))
            killed = again(sqlite_installation)
            records.check(killed)
            status = killed.status()
            assert (status.subjects, status.epochs <= 2, status.roots <= 2) == (subjects, True, True)
            unfinished += status.epochs > 1 or status.roots > 1
            finish(what, killed)
            status = killed.status()
            assert (status.epochs, status.roots, status.subjects_waiting) == (1, 1, 0)
            records.check(killed)
            killed.close()
    assert points < 100 or what in {"digests", "index"} or unfinished > 0  # the kills do come in the middle
