"""Other processes that change keys at the same time, or are killed while they do."""

import subprocess
import sys
import time
from pathlib import Path
from uuid import UUID

import pytest

from app.crypto import init_keyring
from app.crypto.keyring import FileKeyring
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
