"""Taking checkpoints away: every one arrives whole and once, a place that fails holds up nobody, a crash is mended."""

import errno
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.audit.rules.checkpoints import Checkpoint
from app.audit.rules.verdict import Finding
from app.audit.sealing import export
from app.audit.sealing.exporting import AGAIN, is_behind
from app.audit.sealing.places import Folder, PlaceRefuses
from tests.audit.record import PLACE, Record

NOW = datetime.now(UTC)


def marked(record: Record) -> Checkpoint:
    record.add(1)
    record.seal()
    return record.mark()


def texts(folder: Path) -> list[str]:
    return [file.read_text() for file in sorted(folder.iterdir())]


@pytest.fixture
def place(tmp_path: Path) -> Folder:
    folder = tmp_path / "kept"
    folder.mkdir()
    return Folder(folder)


def test_each_checkpoint_is_a_file_that_nobody_writes_again(record: Record, place: Folder) -> None:
    made = []
    for _ in range(3):
        made.append(marked(record).text)
        assert is_behind(record.database, [place], NOW)
        found = export(record.database, [place], NOW)
        assert [(each.trouble, each.number) for each in found] == [(None, len(made))]
        assert not is_behind(record.database, [place], NOW)
    assert texts(place.path) == made
    for file in place.path.iterdir():
        assert file.stat().st_mode & 0o777 == 0o444
        assert file.name.endswith(".txt")
    before = {file.name: file.stat().st_mtime_ns for file in place.path.iterdir()}
    export(record.database, [place], NOW)
    assert {file.name: file.stat().st_mtime_ns for file in place.path.iterdir()} == before
    assert place.holds(Checkpoint.parse(made[0]))


def test_a_new_place_begins_with_the_newest(record: Record, place: Folder) -> None:
    marked(record)
    newest = marked(record)
    export(record.database, [place], NOW)
    assert texts(place.path) == [newest.text]


def test_a_place_that_is_not_there_holds_up_nobody(record: Record, place: Folder, tmp_path: Path) -> None:
    gone = Folder(tmp_path / "gone")
    first = marked(record)
    found = export(record.database, [gone, place], NOW)
    assert [each.trouble for each in found] == ["FileNotFoundError", None]
    assert texts(place.path) == [first.text]
    assert not is_behind(record.database, [gone, place], NOW + AGAIN / 2)
    assert is_behind(record.database, [gone, place], NOW + AGAIN)
    assert is_behind(record.database, [gone, place], NOW - timedelta(days=1))  # the clock was set back
    gone.path.mkdir()
    second = marked(record)
    assert [each.trouble for each in export(record.database, [gone, place], NOW + AGAIN)] == [None, None]
    assert texts(gone.path) == [second.text]
    assert texts(place.path) == [first.text, second.text]


@pytest.mark.parametrize("call", ["open", "write", "fsync", "fchmod", "close"])
@pytest.mark.parametrize("trouble", [errno.ENOSPC, errno.EIO, errno.EDQUOT, errno.EROFS])
def test_a_full_or_broken_disk_is_survived(
    record: Record, place: Folder, monkeypatch: pytest.MonkeyPatch, call: str, trouble: int
) -> None:
    made = marked(record)
    genuine: Callable[..., object] = getattr(os, call)

    def fails(*given: object, **more: object) -> object:
        if call == "close":
            genuine(*given, **more)
        raise OSError(trouble, "no")

    with monkeypatch.context() as patch:
        patch.setattr(f"app.audit.sealing.places.os.{call}", fails)
        try:
            place.put(made)
        except OSError as error:
            assert error.errno == trouble  # noqa: PT017 - any other error is a failure by itself
    place.put(made)
    assert place.holds(made)
    assert record.verify(checkpoints=[place.path]).finding is Finding.INTACT


def test_a_disk_that_fills_within_the_file_leaves_a_torn_one_behind(
    record: Record, place: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = marked(record)
    genuine = os.write
    for taken in (0, 1, 100):
        left = [taken]

        def fills(file: int, data: bytes, left: list[int] = left) -> int:
            if not left[0]:
                raise OSError(errno.ENOSPC, "full")
            written = genuine(file, data[: left[0]])
            left[0] -= written
            return written

        with monkeypatch.context() as patch:
            patch.setattr("app.audit.sealing.places.os.write", fills)
            with pytest.raises(OSError, match="full"):
                place.put(made)
        assert not place.holds(made)
    place.put(made)
    assert sorted(len(text) for text in texts(place.path)) == [0, 1, 100, len(made.text)]
    assert record.verify(checkpoints=[place.path]).finding is Finding.INTACT


def test_a_place_with_something_else_under_every_name_refuses(record: Record, place: Folder) -> None:
    made = marked(record)
    for number in ("", *(f".{i}" for i in range(2, 10))):
        (place.path / f"{made.name}{number}.txt").write_text("something else\n")
    with pytest.raises(PlaceRefuses):
        place.put(made)
    assert export(record.database, [place], NOW)[0].trouble == "PlaceRefuses"


def test_a_link_is_not_followed(record: Record, place: Folder, tmp_path: Path) -> None:
    made = marked(record)
    (place.path / f"{made.name}.txt").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(FileNotFoundError):
        place.put(made)
    assert not (tmp_path / "elsewhere").exists()


def test_after_an_older_copy_was_put_back_both_stories_stand_there(record: Record, place: Folder) -> None:
    record.disarm()
    marked(record)
    copy = record.copy()
    lost = marked(record)
    export(record.database, [place], NOW)
    record.put_back({**copy, PLACE.name: record.copy()[PLACE.name]})
    again = marked(record)
    assert again.size == lost.size
    assert again.root != lost.root
    export(record.database, [place], NOW)
    marked(record)
    export(record.database, [place], NOW)
    assert lost.text in texts(place.path)
    assert len(texts(place.path)) >= 2
    assert record.verify(beside=False, checkpoints=[place.path]).finding is Finding.ALTERED


#: Adds, seals, makes and takes away, as fast as it can, until it is killed.
_BUSY = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from app.audit.sealing import export, make_checkpoint
from app.audit.sealing.places import Folder
from app.crypto import Vault
from tests.audit.record import open_record
url, folder = sys.argv[1], Path(sys.argv[2])
keys = dict(keyring_file=Path(sys.argv[3]) / "keyring.json", keystore_url=f"sqlite:///{Path(sys.argv[3]) / 'keys.db'}")
with open_record(url, Vault.open_from(**keys), folder) as record:
    print("begun", flush=True)
    while True:
        record.add(7)
        record.seal()
        make_checkpoint(record.database, record.vault, datetime.now(UTC))
        export(record.database, [Folder(folder / "kept")], datetime.now(UTC))
"""


def _killed(url: str, folder: Path, keys: Path, after: float) -> None:
    words = (sys.executable, "-c", _BUSY, url, str(folder), str(keys))
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).resolve().parents[2]) as busy:
        assert busy.stdout is not None
        assert busy.stdout.readline() == "begun\n"
        time.sleep(after)
        busy.send_signal(signal.SIGKILL)


@pytest.mark.parametrize("kills", [2, pytest.param(30, marks=pytest.mark.soak)])
def test_kill_9_while_checkpoints_are_made_and_taken_away(
    record: Record, place: Folder, kills: int, request: pytest.FixtureRequest
) -> None:
    keys = Path(request.getfixturevalue("vault_folder"))
    url = record.attacker.url.render_as_string(hide_password=False)
    chance = random.Random(kills)
    for _ in range(kills):
        _killed(url, record.seals.parent, keys, chance.uniform(0.02, 0.5))
        export(record.database, [place], datetime.now(UTC))
        now = datetime.now(UTC)
        verdict = record.verify(checkpoints=[place.path], now=now)
        assert verdict.finding is Finding.INTACT, verdict
    marked(record)
    export(record.database, [place], datetime.now(UTC))
    verdict = record.verify(checkpoints=[place.path], now=datetime.now(UTC))
    assert verdict.finding is Finding.INTACT
    assert verdict.given >= verdict.checkpoints - 1 > 0
