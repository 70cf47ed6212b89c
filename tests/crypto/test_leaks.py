"""Neither a key nor a value shows in a representation, an exception, a log, or anything on the disk."""

import base64
import copy
import logging
import pickle
import subprocess
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy.exc import DBAPIError

from app.crypto import (
    Cell,
    Group,
    IndexKind,
    KeyExhausted,
    KeysUnavailable,
    MacPurpose,
    UnknownSubject,
    Unopenable,
    harden_process,
    keystore_engine,
    wrapping,
)
from app.crypto.derivation import HoldsKeys
from app.crypto.roots.root import octets
from tests.crypto.conftest import Installation
from tests.disk import contents_of
from tests.postgres import PostgresServer

CANARY = "Xochiquétzal-Canary-7719"


def forms(secret: bytes) -> list[bytes]:
    """How bytes can turn up in a text: raw, hexadecimal, base64, as Python prints them, as a list of numbers."""
    return [
        secret,
        secret.hex().encode(),
        base64.b64encode(secret),
        base64.urlsafe_b64encode(secret).rstrip(b"="),
        repr(secret)[2:-1].encode(),
        str(list(secret))[1:-1].encode(),
    ]


class Opened:
    """An installation at work, and every key that it has in memory."""

    def __init__(self, installation: Installation) -> None:
        self.vault = installation.open()
        self.provider = installation.provider()
        self.keystore = installation.keystore()
        self.cell = Cell("applicant", "identity_sealed", uuid4(), self.vault.new_subject())
        self.blob = self.vault.seal(self.cell, Group.IDENTITY, CANARY)
        self.root_keys = [octets(root.entry.details["key"]) for root in self.provider.described()]
        self.keys = [*self.root_keys, *self._epochs(), *self._purposes(), *self._subjects()]
        assert len(self.keys) == 1 + 1 + 3 + 16
        assert {len(key) for key in self.keys} == {32}

    def _epochs(self) -> list[bytes]:
        with self.keystore.reading() as connection:
            epochs = self.keystore.epochs(connection)
        installation = self.provider.installation
        return [
            self.provider.unwrap(epoch.root_id, epoch.wrapped, wrapping.epoch_label(installation, epoch.number))
            for epoch in epochs
        ]

    def _purposes(self) -> list[bytes]:
        with self.keystore.reading() as connection:
            rows = self.keystore.purposes(connection)
        installation = self.provider.installation
        return [
            self.provider.unwrap(
                row.root_id, row.wrapped, wrapping.purpose_label(installation, row.kind, row.version, row.id)
            )
            for row in rows
        ]

    def _subjects(self) -> list[bytes]:
        subjects = self.vault._subjects
        return [keys._key for keys in (*subjects._opened.values(), *subjects._reserve)]

    def objects(self) -> Iterator[Any]:
        """Every object of the room that can reach a key, wrapped or not."""
        vault = self.vault
        with self.keystore.reading() as connection:
            yield from self.keystore.epochs(connection)
            yield from self.keystore.purposes(connection)
        yield from self.keystore.subjects([self.cell.subject_id])
        yield from (vault, vault._provider, vault._keystore, vault._subjects, vault._subjects._epochs, vault._purposes)
        yield from (vault._purposes.blind, vault._purposes.macs, vault._purposes.signer, vault.status(), self.cell)
        yield from vault._subjects._opened.values()
        yield from (self.provider._contents, *self.provider._contents.roots)


@pytest.fixture
def opened(installation: Installation) -> Opened:
    return Opened(installation)


def test_no_representation_shows_a_key(opened: Opened) -> None:
    secrets = [form for key in opened.keys for form in forms(key)]
    with opened.keystore.reading() as connection:
        secrets += [form for epoch in opened.keystore.epochs(connection) for form in forms(epoch.wrapped)]
    shown = [text.encode() for thing in opened.objects() for text in (repr(thing), str(thing), f"{[thing]}")]
    assert len(shown) > 50
    assert [text for text in shown for secret in secrets if secret in text] == []


def test_no_refusal_shows_a_value_or_a_cause(opened: Opened) -> None:
    vault, cell = opened.vault, opened.cell
    stranger = Cell("applicant", "identity_sealed", uuid4(), uuid4())
    refused: list[BaseException] = []
    for act in (
        lambda: vault.open(cell, Group.NOTES, opened.blob),
        lambda: vault.open(stranger, Group.NOTES, opened.blob),
        lambda: vault.open(cell, Group.IDENTITY, opened.blob[:-1]),
        lambda: vault.open(cell, Group.IDENTITY, CANARY.encode()),
        lambda: vault.seal(stranger, Group.NOTES, CANARY),
        lambda: vault.seal(cell, Group.NOTES, {CANARY}),
        lambda: vault.seal(cell, Group.NOTES, [CANARY, float("nan")]),
        lambda: vault.blind(IndexKind.A_NUMBER, CANARY),
        lambda: vault.blind(IndexKind.EMAIL, f"{CANARY}@example.org"),
    ):
        with pytest.raises((Unopenable, UnknownSubject, TypeError, ValueError)) as refusal:
            act()
        refused.append(refusal.value)
    for said in refused:
        text = "".join(traceback.format_exception_only(said)) + repr(said) + repr(said.args)
        assert "anary" not in text
        assert (said.__cause__, said.__context__) == (None, None)
    assert len({str(said) for said in refused if isinstance(said, Unopenable)}) == 1
    assert {type(said) for said in refused[:4]} == {Unopenable}


def test_a_value_that_is_no_longer_json_does_not_open(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    for trouble in (ValueError(CANARY), RecursionError(CANARY)):

        def fail(_: bytes, trouble: Exception = trouble) -> None:
            raise trouble

        monkeypatch.setattr("app.crypto.vault.unpad", fail)
        with pytest.raises(Unopenable) as refusal:
            opened.vault.open(opened.cell, Group.IDENTITY, opened.blob)
        assert (refusal.value.__cause__, refusal.value.__context__) == (None, None)


@pytest.mark.parametrize("refusal", [Unopenable, KeyExhausted, UnknownSubject])
def test_refusals_take_no_words(refusal: type[Exception]) -> None:
    with pytest.raises(TypeError):
        refusal(CANARY)


def test_a_database_error_shows_no_parameter(opened: Opened) -> None:
    row = opened.keystore.subjects([opened.cell.subject_id])[0]
    with pytest.raises(DBAPIError) as trouble, opened.keystore.writing() as connection:
        opened.keystore.add_subjects(connection, [row, row])
    assert "hidden due to hide_parameters" in str(trouble.value)
    assert not any(form in str(trouble.value).encode() for form in forms(row.wrapped))


def test_nothing_is_logged(installation: Installation, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, logger="sqlalchemy"):
        opened = Opened(installation)
        opened.vault.open(opened.cell, Group.IDENTITY, opened.blob)
        opened.vault.rotate_epoch()
        opened.vault.rotate_root()
    logged = caplog.text.encode()
    assert b"SELECT" in logged
    assert CANARY.encode() not in logged
    assert not any(form in logged for key in opened.keys for form in forms(key))


def test_no_key_and_no_value_is_on_the_disk(
    opened: Opened, installation: Installation, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    vault = opened.vault
    for number in range(40):
        cell = Cell("applicant", "identity_sealed", uuid4(), vault.new_subject())
        vault.seal(cell, Group.IDENTITY, f"{CANARY}-{number}")
        vault.blind(IndexKind.EMAIL, f"{CANARY}-{number}@example.org".lower())
        vault.mac(MacPurpose.PASSWORD_PEPPER, CANARY.encode())
    vault.rotate_epoch()
    folders = [tmp_path]
    if opened.keystore.engine.dialect.name == "postgresql":
        server: PostgresServer = request.getfixturevalue("postgres")
        with opened.keystore.reading() as connection:
            connection.exec_driver_sql("CHECKPOINT")
        folders.append(server.folder / "data")
    found = {path: data for path, data in contents_of(*folders) if path != installation.keyring}
    # What is looked for would be found: the wrapped keys are there.
    wrapped = opened.keystore.subjects([opened.cell.subject_id])[0].wrapped
    assert any(wrapped in data for data in found.values())
    secrets = [CANARY.encode(), *(form for key in opened.keys for form in forms(key))]
    assert [path.name for path, data in found.items() if any(secret in data for secret in secrets)] == []
    keyring = installation.keyring.read_bytes()
    assert CANARY.encode() not in keyring
    others = [key for key in opened.keys if key not in opened.root_keys]
    assert not any(form in keyring for key in others for form in forms(key))


def test_what_holds_keys_is_not_copied(opened: Opened) -> None:
    bearers = [thing for thing in opened.objects() if isinstance(thing, HoldsKeys)]
    assert len({type(thing) for thing in bearers}) == 11
    for thing in bearers:
        for attempt in (pickle.dumps, copy.copy, copy.deepcopy):
            with pytest.raises(TypeError, match="neither pickled nor copied"):
                attempt(thing)


def test_a_process_with_keys_leaves_no_core() -> None:
    program = (
        "import ctypes, resource\n"
        "from app.crypto import harden_process\n"
        "harden_process()\n"
        "print(resource.getrlimit(resource.RLIMIT_CORE), ctypes.CDLL(None).prctl(3))\n"
    )
    shown = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert shown == "(0, 0) 0\n" if sys.platform == "linux" else shown.startswith("(0, 0)")


def test_a_system_that_refuses_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    class Refusing:
        @staticmethod
        def prctl(*_: object) -> int:
            return -1

    monkeypatch.setattr("app.crypto.process.ctypes.CDLL", lambda *_, **__: Refusing)
    monkeypatch.setattr("app.crypto.process.resource.setrlimit", lambda *_: None)
    monkeypatch.setattr("app.crypto.process.sys.platform", "linux")
    with pytest.raises(OSError, match="stays readable by others"):
        harden_process()


def test_an_address_shows_no_password() -> None:
    with pytest.raises(KeysUnavailable) as said:
        keystore_engine(f"mysql://amparo:{CANARY}@localhost/keys")
    assert "anary" not in str(said.value)
    assert "anary" not in repr(keystore_engine(f"postgresql+psycopg://amparo:{CANARY}@localhost/keys"))
