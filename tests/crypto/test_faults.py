"""Every call by which the keyring is written fails once, with each error and with a kill: no root is ever lost.

`strace` counts the calls of a run in which all goes well, then makes one of them fail in each further run.
"""

import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path
from uuid import UUID

import pytest

from app.crypto import init_keyring
from app.crypto.keyring import FileKeyring

pytestmark = [
    pytest.mark.soak,
    pytest.mark.skipif(shutil.which("strace") is None, reason="no strace: install Debian's strace package"),
]

CALLS = ("openat", "write", "fsync", "rename", "unlink")
LABEL, KEY = b"a place", bytes(range(32))
_CHANGE = """
import os, sys
from pathlib import Path
from uuid import UUID
from app.crypto.keyring import FileKeyring
keyring = FileKeyring(Path(sys.argv[1]))
os.write(1, b"begin")
with keyring.rotation():
    root = keyring.roots()[-1] if len(keyring.roots()) > 1 else keyring.add_root()
    os.write(1, root.bytes)
    keyring.keep_only(root)
os.write(1, b"end")
"""


def change(path: Path, log: Path, *how: str) -> subprocess.CompletedProcess[bytes]:
    watched = f"trace={','.join(CALLS)}"
    command: list[str | Path] = ["strace", "-o", log, "-e", watched, *how, sys.executable, "-B", "-c", _CHANGE, path]
    return subprocess.run(command, capture_output=True, check=False, timeout=120)


def calls_of(log: Path) -> list[tuple[str, int]]:
    """Each call between the two marks, by its name and which of that name it was since the process began."""
    counted: Counter[str] = Counter()
    found: list[tuple[str, int]] = []
    inside = False
    for line in log.read_text(errors="replace").splitlines():
        name = line.partition("(")[0]
        counted[name] += name in CALLS
        if '"end"' in line:
            break
        if inside and name in CALLS and not line.startswith("write(1,"):
            found.append((name, counted[name]))
        inside = inside or '"begin"' in line
    return found


def test_no_fault_of_the_disk_loses_a_root(tmp_path: Path) -> None:
    path, log = tmp_path / "keys" / "root.json", tmp_path / "calls"
    init_keyring(path)
    with FileKeyring(path).rotation():
        pass  # so that the file of the lock is there in every run
    assert change(path, log).returncode == 0
    points = calls_of(log)
    assert {name for name, _ in points} >= {"openat", "write", "fsync", "rename"}
    done = 0
    for name, which in points:
        for fault in ("error=EIO", "error=ENOSPC", "signal=KILL"):
            before = FileKeyring(path)
            (old,) = before.roots()
            wrapped = before.wrap(old, KEY, LABEL)
            told = change(path, log, "-e", f"inject={name}:{fault}:when={which}").stdout
            after = FileKeyring(path)
            assert after.roots()[0] == old or after.roots() == (UUID(bytes=told[5:21]),), (name, which, fault)
            if old in after.roots():
                assert after.unwrap(old, wrapped, LABEL) == KEY
            else:
                assert len(told) >= 21  # what had wrapped everything anew was told the new root
            assert path.stat().st_mode & 0o777 == 0o600
            assert change(path, log).returncode == 0
            assert len(FileKeyring(path).roots()) == 1
            assert sorted(each.name for each in path.parent.iterdir()) == ["root.json", "root.json.lock"]
            done += 1
    assert done == 3 * len(points) >= 45
