"""An installation with its root key in each place, and what can go wrong with each: what the one suite runs over."""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from app.crypto import Access, NewRoot, Place, Secret, Vault, init_keyring, init_keystore
from app.crypto.keyring import FileKeyring
from app.crypto.roots import in_environment, in_shares, with_passphrase

PASSPHRASE = "correct horse battery staple"
Fault = Callable[[], AbstractContextManager[object]]


class Stage:
    """One installation whose root is in one place. ``faults`` by name, with what the refusal must say."""

    place: Place

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, stack: ExitStack) -> None:
        self.folder, self.monkeypatch, self.stack = folder, monkeypatch, stack
        self.keyring, self.url = folder / "keys" / "root.json", f"sqlite:///{folder / 'keys.db'}"
        self.access = Access(production=False, patience=0.4)
        self.faults: dict[str, tuple[Fault, str]] = {}
        self.secrets: tuple[Secret, ...] = ()
        self.new = NewRoot(self.place)
        self.prepare()
        self.make()

    def prepare(self) -> None:
        """Get the place ready and say what can go wrong with it."""

    def make(self) -> None:
        init_keyring(self.keyring, self.access, self.new)
        init_keystore(keyring_file=self.keyring, keystore_url=self.url, access=self.access)

    def open(self) -> Vault:
        vault = Vault.open_from(
            keyring_file=self.keyring, keystore_url=self.url, access=self.access, secrets=self.secrets
        )
        self.stack.callback(vault.close)
        return vault

    def provider(self) -> FileKeyring:
        provider = FileKeyring(self.keyring, self.access)
        for secret in self.secrets:
            provider.unlock(secret)
        return provider

    def gone(self, path: Path) -> Fault:
        @contextmanager
        def fault() -> Iterator[None]:
            away = path.with_name(path.name + "-away")
            path.rename(away)
            yield
            away.rename(path)

        return fault

    def content(self, path: Path, other: str) -> Fault:
        @contextmanager
        def fault() -> Iterator[None]:
            before = path.read_text()
            path.write_text(other)
            yield
            path.write_text(before)

        return fault


class FileStage(Stage):
    place = Place.FILE

    def prepare(self) -> None:
        self.faults = {
            "down": (self.gone(self.keyring), "There is no keyring at"),
            "wrong key": (self._foreign, "one of them belongs elsewhere"),
        }

    @contextmanager
    def _foreign(self) -> Iterator[None]:
        other = self.folder / "other" / "root.json"
        if not other.exists():
            init_keyring(other)
        before = self.keyring.read_bytes()
        self.keyring.write_bytes(other.read_bytes())
        yield
        self.keyring.write_bytes(before)


class PassphraseStage(Stage):
    place = Place.PASSPHRASE

    def prepare(self) -> None:
        file = self.folder / "passphrase"
        self.monkeypatch.setattr(with_passphrase, "_MEMORY", 8 * 1024)  # the real cost is looked at once
        file.write_text(PASSPHRASE + "\n")
        self.access = replace(self.access, passphrase_file=file)
        self.new = NewRoot(self.place, Secret(passphrase=PASSPHRASE))
        self.faults = {
            "down": (self.gone(file), "The passphrase can not be read from .* AMPARO_KEYRING_PASSPHRASE_FILE"),
            "empty": (self.content(file, "\n"), "is empty"),
            "wrong key": (self.content(file, "correct horse battery stable"), "not the passphrase of this keyring"),
        }


class SharesStage(Stage):
    place = Place.SHARES

    def prepare(self) -> None:
        self.words = in_shares.split(os.urandom(32), shares=5, needed=3)
        self.new = NewRoot(self.place, Secret(shares=self.words))
        self.faults = {
            "down": (self._telling(()), "This installation is sealed. Run `amparo keys unseal`"),
            "too few": (self._telling((Secret(shares=self.words[:2]),)), "2 different shares were typed, and 3 are"),
            "one twice": (self._telling((Secret(shares=(*self.words[:2], self.words[1])),)), "2 different shares"),
        }

    def make(self) -> None:
        """A new installation begins with a file; its root is then moved onto paper."""
        init_keyring(self.keyring, self.access)
        init_keystore(keyring_file=self.keyring, keystore_url=self.url, access=self.access)
        self.open().rotate_root(self.new)
        self.secrets = (Secret(shares=self.words[1:4]),)

    def _telling(self, secrets: tuple[Secret, ...]) -> Fault:
        @contextmanager
        def fault() -> Iterator[None]:
            before, self.secrets = self.secrets, secrets
            yield
            self.secrets = before

        return fault


class EnvironmentStage(Stage):
    place = Place.ENVIRONMENT

    def prepare(self) -> None:
        self._set(in_environment.fresh_value())
        self.faults = {
            "down": (self._value(""), "is not 32 bytes in base64"),
            "wrong key": (self._value(in_environment.fresh_value()), "holds another key than this keyring needs"),
            "production": (self._production, "In production no root key is read from AMPARO_ROOT_KEY"),
        }

    def _set(self, value: str) -> None:
        self.monkeypatch.setenv(in_environment.VARIABLE, value)

    def _value(self, other: str) -> Fault:
        @contextmanager
        def fault() -> Iterator[None]:
            before = os.environ[in_environment.VARIABLE]
            self._set(other)
            yield
            self._set(before)

        return fault

    @contextmanager
    def _production(self) -> Iterator[None]:
        before, self.access = self.access, replace(self.access, production=True)
        yield
        self.access = before
