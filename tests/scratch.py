"""Where tests write: in memory when the machine has room, because both engines make and drop a database a test.

On a disk each of SQLite's syncs waits for the hundreds of files of a new PostgreSQL database, and the other way round:
a test's world took five times as long there.
"""

import os
import re
import shutil
import tempfile
from pathlib import Path

import pytest

MEMORY = Path("/dev/shm")  # noqa: S108 - only as the parent of a private folder
#: Bytes that a run may need; with less the tests write where the machine says.
ROOM = 6 * 2**30
#: Short, because a socket's address may have 107 letters.
_NAME = "amparo-{}"


def fit(folder: Path) -> bool:
    """Whether it is there, takes programs (some tests install some), and has room both in itself and in memory."""
    try:
        state = os.statvfs(folder)
        free = os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError):
        return False
    runs_programs = not state.f_flag & os.ST_NOEXEC
    return os.access(folder, os.W_OK) and runs_programs and min(state.f_bavail * state.f_frsize, free) >= ROOM


def sweep(folder: Path) -> None:
    """Take away what runs left behind that were killed."""
    for each in folder.glob(_NAME.format("*")):
        found = re.fullmatch(_NAME.format(r"(\d+)"), each.name)
        if found and not Path("/proc", found[1]).exists():
            shutil.rmtree(each, ignore_errors=True)


_own: list[Path] = []


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Before anything is written; the workers of a run inherit the answer."""
    asked = config.getoption("basetemp") or os.environ.get("TMPDIR")
    if asked or not fit(MEMORY):
        return
    sweep(MEMORY)
    folder = MEMORY / _NAME.format(os.getpid())
    folder.mkdir()  # fails where somebody else was faster: nobody is led into a folder of theirs
    folder.chmod(0o711)  # PostgreSQL runs as somebody else, and only passes through
    os.environ["TMPDIR"] = tempfile.tempdir = str(folder)
    _own.append(folder)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    """What was written is memory that the machine wants back."""
    for folder in _own:
        shutil.rmtree(folder, ignore_errors=True)
