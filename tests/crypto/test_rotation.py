"""Changing the root, the epoch and the signing key while everything stays readable, whatever interrupts it."""

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, update

from app.crypto import KeysUnavailable, Vault, rotation, schema
from app.crypto.keyring import FileKeyring
from app.crypto.keystore import Keystore
from tests.crypto.conftest import Installation
from tests.crypto.records import Records, forget_all


class Kill(Exception):
    """The process ends here."""


def test_a_new_epoch_moves_every_subject(installation: Installation) -> None:
    vault = installation.open()
    records = Records(vault, 20)
    assert vault.rotate_epoch() == 2
    status = vault.status()
    assert (status.epoch, status.epochs, status.subjects, status.subjects_waiting) == (2, 1, 32, 0)
    records.add(vault, 20)
    records.check(vault)
    forget_all(vault, records)
    records.check(vault)
    records.check(installation.open())


def test_the_old_epoch_is_destroyed(installation: Installation) -> None:
    installation.open().rotate_epoch()
    columns = schema.epoch.c
    with installation.keystore().reading() as connection:
        old = connection.execute(select(columns.wrapped, columns.destroyed_at).where(columns.number == 1)).one()
    assert old.wrapped is None
    assert abs(old.destroyed_at - time.time()) < 60


def test_a_running_process_follows(installation: Installation) -> None:
    """Another process changes epoch and root while this one goes on with what it has in memory."""
    running, operator = installation.open(), installation.open()
    records = Records(running, 3)
    operator.rotate_epoch()
    operator.rotate_root()
    records.add(running, 20)  # uses up its reserve, then makes keys in the new epoch
    forget_all(running, records)
    records.check(running)
    records.check(installation.open())
    assert running.rotate_epoch() == 3
    assert running.rotate_root() == installation.provider().roots()[0]
    assert list(running._subjects._epochs._ciphers) == [2]  # not needed since, so not read
    forget_all(running, records)
    records.check(running)
    assert list(running._subjects._epochs._ciphers) == [3]
    assert installation.open().status().subjects_waiting == 0


def test_a_row_read_just_before_its_epoch_ends_is_read_again(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer, reader = installation.open(), installation.open()
    records = Records(writer, 1)
    read = reader._keystore.subjects
    turns: list[Callable[[], Any]] = [writer.rotate_epoch]

    def overtaken(subject_ids: list[Any]) -> Any:
        rows = read(subject_ids)
        if turns:
            turns.pop()()
        return rows

    monkeypatch.setattr(reader._keystore, "subjects", overtaken)
    records.check(reader)
    assert not turns


@pytest.mark.parametrize("batches", [0, 1, 2])
def test_an_interrupted_epoch_is_finished(
    installation: Installation, monkeypatch: pytest.MonkeyPatch, batches: int
) -> None:
    vault = installation.open()
    records = Records(vault, 32)
    real, done = rotation._rewrap_subjects, 0

    def killed(*arguments: Any) -> int:
        nonlocal done
        if done == batches:
            raise Kill
        done += 1
        return real(*arguments)

    with monkeypatch.context() as patched:
        patched.setattr(rotation, "_rewrap_subjects", killed)
        with pytest.raises(Kill):
            rotation.rotate_epoch(vault._keystore, vault._provider, batch=10)
    status = vault.status()
    assert (status.epoch, status.epochs, status.subjects_waiting) == (2, 2, 32 - 10 * batches)
    records.add(vault, 1)
    forget_all(vault, records)
    records.check(vault)
    records.check(installation.open())
    assert vault.rotate_epoch() == 2  # goes on, and does not begin another
    assert (vault.status().epochs, vault.status().subjects_waiting) == (1, 0)
    records.check(installation.open())
    records.add(vault, 16)
    assert list(vault._subjects._epochs._ciphers) == [2]  # the destroyed one is gone from memory too


def test_a_key_that_does_not_open_keeps_its_epoch(installation: Installation) -> None:
    vault = installation.open()
    records = Records(vault, 2)
    damaged = vault.new_subject()
    columns = schema.subject_key.c
    keystore = installation.keystore()
    with keystore.writing() as connection:
        whole = connection.execute(select(columns.wrapped).where(columns.subject_id == damaged)).scalar_one()
        change = update(schema.subject_key).where(columns.subject_id == damaged)
        connection.execute(change.values(wrapped=whole[:-1] + bytes([whole[-1] ^ 1])))
    with pytest.raises(KeysUnavailable, match=r"does not open under its epoch; no epoch was destroyed"):
        vault.rotate_epoch()
    assert vault.status().epochs == 2
    records.check(installation.open())
    with keystore.writing() as connection:
        connection.execute(change.values(wrapped=whole))
    assert vault.rotate_epoch() == 2
    records.check(installation.open())


def test_a_key_made_in_the_old_epoch_at_the_last_moment_keeps_it(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It can not happen while everybody holds still as agreed; if it did, nothing would be lost."""
    vault = installation.open()
    vault.new_subject()
    monkeypatch.setattr(rotation, "_rewrap_subjects", lambda *_: 0)
    with pytest.raises(KeysUnavailable, match=r"still belong to an older epoch, which was kept"):
        vault.rotate_epoch()
    assert vault.status().epochs == 2


def test_a_new_root_opens_everything(installation: Installation) -> None:
    vault = installation.open()
    records = Records(vault, 5)
    old = vault.status().root_id
    new = vault.rotate_root()
    assert new != old
    assert vault.status().root_id == new
    assert installation.provider().roots() == (new,)
    records.check(vault)
    records.check(installation.open())


@pytest.mark.parametrize("moment", ["before_keystore", "in_keystore", "before_keyring"])
def test_an_interrupted_root_is_finished(
    installation: Installation, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    vault = installation.open()
    records = Records(vault, 5)
    old = vault.status().root_id

    def killed(*_: object) -> None:
        raise Kill

    with monkeypatch.context() as patched:
        if moment == "before_keystore":
            patched.setattr(rotation, "_rewrap_under", killed)
        elif moment == "in_keystore":
            patched.setattr(Keystore, "purposes", killed)
        else:
            patched.setattr(FileKeyring, "keep_only", killed)
        with pytest.raises(Kill):
            vault.rotate_root()
    half = installation.open()
    records.check(half)
    assert half.status().roots == 2
    assert (half.status().root_id == old) is (moment != "before_keyring")
    pending = installation.provider().roots()[-1]
    assert half.rotate_root() == pending  # goes on, and does not begin another
    assert installation.provider().roots() == (pending,)
    records.check(installation.open())


def test_epoch_and_root_are_changed_under_fire(installation: Installation) -> None:
    vault, operator = installation.open(), installation.open()
    records = [Records(vault, 1) for _ in range(4)]
    failures: list[BaseException] = []
    ended = threading.Event()

    def work(mine: Records) -> None:
        try:
            while not ended.is_set():
                mine.add(vault, 3)
                forget_all(vault, mine)
                mine.check(vault)
        except BaseException as failure:  # noqa: BLE001 - told to the test below
            failures.append(failure)

    threads = [threading.Thread(target=work, args=(mine,)) for mine in records]
    for thread in threads:
        thread.start()
    try:
        for _ in range(4):
            operator.rotate_epoch()
            operator.rotate_root()
    finally:
        ended.set()
        for thread in threads:
            thread.join(60)
    assert not failures
    last = installation.open()
    for mine in records:
        mine.check(last)
    assert (last.status().epoch, last.status().roots) == (5, 1)


def test_a_new_signing_key_leaves_the_old_one_for_checking(installation: Installation) -> None:
    vault = installation.open()
    records = Records(vault, 1)
    old_id, old_key = vault.signing_key_id, vault.public_key()
    new_id = vault.rotate_signing()
    assert vault.signing_key_id == new_id != old_id
    assert vault.public_key() == vault.public_key(new_id) != old_key
    assert vault.public_keys() == {old_id: old_key, new_id: vault.public_key()}
    assert Vault.verify(vault.public_key(), b"next", vault.sign(b"next"))
    reopened = installation.open()
    assert reopened.signing_key_id == new_id
    records.check(reopened)


def residue(file: Path) -> bytes:
    return b"".join(path.read_bytes() for path in file.parent.glob(f"{file.name}*"))


def test_nothing_of_an_old_epoch_stays_in_the_file(sqlite_installation: Installation) -> None:
    vault = sqlite_installation.open()
    records = Records(vault, 200)
    keystore = sqlite_installation.keystore()
    with keystore.reading() as connection:
        wrapped = [key.wrapped for key in keystore.subjects([cell.subject_id for cell, _ in records.sealed])]
        wrapped += [key.wrapped for key in keystore.epochs(connection)]
    before = residue(sqlite_installation.file)
    assert sum(blob in before for blob in wrapped) == 201
    vault.rotate_epoch()
    after = residue(sqlite_installation.file)
    assert sum(blob in after for blob in wrapped) == 0
    records.check(sqlite_installation.open())


def test_every_subject_is_counted(installation: Installation) -> None:
    vault = installation.open()
    Records(vault, 40)
    assert rotation.rotate_epoch(vault._keystore, vault._provider, batch=7) == 2
    with installation.keystore().reading() as connection:
        total = connection.execute(select(func.count()).where(schema.subject_key.c.epoch == 2)).scalar_one()
    assert total == vault.status().subjects == 48
