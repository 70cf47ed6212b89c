"""A fresh installation of keys on each engine, and one kept for the tests that only seal and open."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from app.crypto import Vault, init_keyring, init_keystore
from app.crypto.keyring import FileKeyring
from app.crypto.keystore import Keystore, keystore_engine
from tests.postgres import PostgresServer


@dataclass
class Installation:
    """A keyring file and a keystore; what is opened here is closed with the test."""

    keyring: Path
    url: str
    stack: ExitStack = field(repr=False)

    def open(self) -> Vault:
        vault = Vault.open_from(keyring_file=self.keyring, keystore_url=self.url)
        self.stack.callback(vault.close)
        return vault

    def provider(self) -> FileKeyring:
        return FileKeyring(self.keyring)

    def keystore(self) -> Keystore:
        keystore = Keystore(keystore_engine(self.url))
        self.stack.callback(keystore.engine.dispose)
        return keystore

    @property
    def file(self) -> Path:
        """The keystore's SQLite file."""
        return Path(self.url.removeprefix("sqlite:///"))


def make_installation(folder: Path, url: str, stack: ExitStack) -> Installation:
    init_keyring(folder / "root.json")
    init_keystore(keyring_file=folder / "root.json", keystore_url=url)
    return Installation(folder / "root.json", url, stack)


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a keystore that nobody has made yet, on each engine."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'keys.db'}"
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    server.create_template("keystore_empty", lambda _url: None)
    url = server.clone("keystore_empty")
    yield url
    server.drop(url)


@pytest.fixture
def installation(empty_url: str, tmp_path: Path) -> Iterator[Installation]:
    """A new installation on each engine."""
    with ExitStack() as stack:
        yield make_installation(tmp_path, empty_url, stack)


@pytest.fixture
def sqlite_installation(tmp_path: Path) -> Iterator[Installation]:
    """A new installation whose keystore is a file, for what concerns files."""
    with ExitStack() as stack:
        yield make_installation(tmp_path, f"sqlite:///{tmp_path / 'keys.db'}", stack)


@pytest.fixture
def vault(installation: Installation) -> Vault:
    """The vault of a new installation, on each engine."""
    return installation.open()


@pytest.fixture(scope="module")
def lasting_vault(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Vault]:
    """One vault for all tests of a module, where the engine does not matter."""
    folder = tmp_path_factory.mktemp("lasting")
    with ExitStack() as stack:
        yield make_installation(folder, f"sqlite:///{folder / 'keys.db'}", stack).open()
