"""The keyring file: made once, readable by its owner only, never half-written, never replaced by mistake."""

import json
import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from app.crypto import KeysUnavailable, init_keyring, keyring_file
from app.crypto.keyring import FileKeyring

LABEL = b"a place"
KEY = bytes(range(32))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "keys" / "root.json"


@pytest.fixture
def made(path: Path) -> Path:
    init_keyring(path)
    return path


@pytest.fixture
def open_umask() -> Iterator[None]:
    """An account whose new files are readable by everybody."""
    before = os.umask(0)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def edit(path: Path, change: Callable[[dict[str, Any]], object]) -> None:
    document = json.loads(path.read_bytes())
    change(document)
    path.write_text(json.dumps(document))


@pytest.mark.usefixtures("open_umask")
def test_only_its_owner_reads_it(path: Path) -> None:
    installation = init_keyring(path)
    assert mode(path) == 0o600
    assert mode(path.parent) == 0o700
    assert FileKeyring(path).installation == installation
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


def test_it_is_never_made_a_second_time(made: Path) -> None:
    before = made.read_bytes()
    with pytest.raises(KeysUnavailable, match=r"^There is a keyring at .* already\. It is kept as it is\.$"):
        init_keyring(made)
    assert made.read_bytes() == before
    assert [entry.name for entry in made.parent.iterdir()] == [made.name]


def test_two_keyrings_have_nothing_in_common(tmp_path: Path) -> None:
    paths = [tmp_path / "a", tmp_path / "b"]
    assert init_keyring(paths[0]) != init_keyring(paths[1])
    keys = [json.loads(path.read_bytes())["roots"][0]["key"] for path in paths]
    assert keys[0] != keys[1]


def test_a_missing_one_says_what_to_do(path: Path) -> None:
    with pytest.raises(KeysUnavailable, match=r"There is no keyring at .*\. Run `amparo init`.*restore it"):
        FileKeyring(path)


@pytest.mark.parametrize("open_to", [0o640, 0o604, 0o660, 0o620, 0o601, 0o644, 0o777])
def test_one_open_to_others_is_refused(made: Path, open_to: int) -> None:
    made.chmod(open_to)
    with pytest.raises(KeysUnavailable, match=r"can be read by others than its owner\. Run `chmod 600 "):
        FileKeyring(made)


@pytest.mark.parametrize("closed", [0o600, 0o400])
def test_one_that_only_its_owner_reads_is_taken(made: Path, closed: int) -> None:
    made.chmod(closed)
    assert FileKeyring(made).roots()


def test_a_folder_in_its_place_is_refused(path: Path) -> None:
    path.mkdir(parents=True, mode=0o700)
    with pytest.raises(KeysUnavailable, match="can not be read: Is a directory"):
        FileKeyring(path)


def test_every_cut_is_noticed(made: Path) -> None:
    whole = made.read_bytes().rstrip()
    for length in range(len(whole)):
        made.write_bytes(whole[:length])
        with pytest.raises(KeysUnavailable, match="is damaged"):
            FileKeyring(made)


def test_every_flip_is_noticed(made: Path) -> None:
    whole = made.read_bytes().rstrip()
    original = json.loads(whole)
    for position in range(len(whole)):
        made.write_bytes(whole[:position] + bytes([whole[position] ^ 1]) + whole[position + 1 :])
        try:
            FileKeyring(made)
        except KeysUnavailable as refusal:
            assert "Restore it from its backup" in str(refusal)  # noqa: PT017 - a flip may also leave it as it was
        else:
            assert json.loads(made.read_bytes()) == original


@pytest.mark.parametrize(
    "change",
    [
        lambda document: document.update(installation=str(uuid4())),
        lambda document: document.update(format="amparo-keyring/2"),
        lambda document: document.update(keystore_made=True),
        lambda document: document.update(roots=[]),
        lambda document: document["roots"][0].update(id=str(uuid4())),
        lambda document: document["roots"][0].update(key="AAAA"),
        lambda document: document.pop("check"),
        lambda document: document.update(more=1),
    ],
    ids="installation format keystore_made roots root_id key check more".split(),
)
def test_every_change_is_noticed(made: Path, change: Callable[[dict[str, Any]], object]) -> None:
    edit(made, change)
    with pytest.raises(KeysUnavailable, match="is damaged"):
        FileKeyring(made)


@pytest.mark.parametrize(
    "change",
    [
        lambda document: document.update(roots=[]),
        lambda document: document["roots"][0].update(key="AAAA"),
        lambda document: document["roots"][0].update(key="not base64"),
        lambda document: document.update(installation="nobody"),
    ],
    ids="no_root short_key no_key no_installation".split(),
)
def test_a_good_check_over_bad_contents_is_not_enough(made: Path, change: Callable[[dict[str, Any]], object]) -> None:
    edit(made, change)
    edit(made, lambda document: document.update(check=keyring_file.digest(document)))
    with pytest.raises(KeysUnavailable, match="is damaged"):
        FileKeyring(made)


def test_a_wrapped_key_opens_in_its_place_only(made: Path, tmp_path: Path) -> None:
    provider = FileKeyring(made)
    root = provider.roots()[0]
    wrapped = provider.wrap(root, KEY, LABEL)
    assert len(wrapped) == 60
    assert provider.unwrap(root, wrapped, LABEL) == KEY
    init_keyring(tmp_path / "other")
    other = FileKeyring(tmp_path / "other")
    flipped = wrapped[:-1] + bytes([wrapped[-1] ^ 1])
    for holder, blob, label in (
        (provider, wrapped, b"another place"),
        (provider, wrapped[:-1], LABEL),
        (provider, b"", LABEL),
        (provider, flipped, LABEL),
        (other, wrapped, LABEL),
    ):
        with pytest.raises(KeysUnavailable, match="are not of one installation"):
            holder.unwrap(holder.roots()[0], blob, label)
    with pytest.raises(KeysUnavailable, match=r"which the keyring .* does not hold"):
        other.unwrap(root, wrapped, LABEL)


def test_a_root_is_changed_and_forgotten(made: Path) -> None:
    provider, elsewhere = FileKeyring(made), FileKeyring(made)
    old = provider.roots()[0]
    with provider.rotation():
        new = provider.add_root()
        assert provider.roots() == (old, new) == FileKeyring(made).roots()
        provider.keep_only(new)
    assert provider.roots() == (new,) == FileKeyring(made).roots()
    assert mode(made) == 0o600
    wrapped = provider.wrap(new, KEY, LABEL)
    assert elsewhere.unwrap(new, wrapped, LABEL) == KEY  # a running process reads the file again


def test_the_last_root_is_never_dropped(made: Path) -> None:
    provider = FileKeyring(made)
    before = made.read_bytes()
    with provider.rotation(), pytest.raises(KeysUnavailable, match="was not changed"):
        provider.keep_only(uuid4())
    assert made.read_bytes() == before


def test_a_read_only_folder_is_said(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def read_only(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    provider = FileKeyring(made)
    monkeypatch.setattr(os, "open", read_only)
    with pytest.raises(KeysUnavailable, match=r"can not be written: Permission denied\. The keyring was not changed"):
        provider.note_keystore()


class Fault(OSError):
    """The disk gives up."""


@pytest.mark.parametrize("step", ["fsync", "fdopen"])
def test_a_failing_disk_leaves_the_old_keyring(made: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    provider = FileKeyring(made)
    before = made.read_bytes()
    real = getattr(os, step)

    def fail(descriptor: int, *_: object) -> None:
        if step == "fdopen":
            os.close(descriptor)
        raise Fault(28, "No space left on device")

    with provider.rotation():
        monkeypatch.setattr(os, step, fail)
        with pytest.raises(Fault):
            provider.add_root()
    monkeypatch.setattr(os, step, real)
    assert made.read_bytes() == before
    assert sorted(entry.name for entry in made.parent.iterdir()) == [made.name, f"{made.name}.lock"]


def test_the_new_keyring_is_on_the_disk_before_it_takes_the_place(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    acts: list[str] = []
    fsync, replace = os.fsync, Path.replace

    def noted_fsync(descriptor: int) -> None:
        acts.append("fsync")
        fsync(descriptor)

    def noted_replace(path: Path, target: Path) -> Path:
        acts.append("replace")
        return replace(path, target)

    monkeypatch.setattr(os, "fsync", noted_fsync)
    monkeypatch.setattr(Path, "replace", noted_replace)
    provider = FileKeyring(made)
    with provider.rotation():
        provider.add_root()
    assert acts == ["fsync", "replace", "fsync"]


def test_what_a_killed_process_left_is_removed(made: Path) -> None:
    left_over = made.with_name(f".{made.name}.0123456789abcdef")
    left_over.write_bytes(made.read_bytes())
    with FileKeyring(made).rotation():
        assert not left_over.exists()
    assert FileKeyring(made).roots()
