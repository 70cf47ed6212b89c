"""A record of its own on each engine, without the rest of the application, and somebody who owns the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.crypto import Vault, init_keyring, init_keystore
from tests.audit.record import Record, make_tables, open_record
from tests.postgres import PostgresServer


def make_vault(folder: Path) -> Vault:
    """A fresh installation's vault."""
    url = f"sqlite:///{folder / 'keys.db'}"
    init_keyring(folder / "keyring.json")
    init_keystore(keyring_file=folder / "keyring.json", keystore_url=url)
    return Vault.open_from(keyring_file=folder / "keyring.json", keystore_url=url)


@pytest.fixture(scope="session")
def vault_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where keyring and keystore of that installation lie."""
    return tmp_path_factory.mktemp("vault")


@pytest.fixture(scope="session")
def vault(vault_folder: Path) -> Iterator[Vault]:
    """The installation whose record is under test."""
    vault = make_vault(vault_folder)
    yield vault
    vault.close()


@pytest.fixture(scope="session")
def other_vault(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Vault]:
    """Somebody else's installation: what a forger without the keys can make."""
    vault = make_vault(tmp_path_factory.mktemp("other"))
    yield vault
    vault.close()


@contextmanager
def fresh_record(engine: str, request: pytest.FixtureRequest, folder: Path, vault: Vault) -> Iterator[Record]:
    """An empty record on the engine."""
    if engine == "sqlite":
        url = f"sqlite:///{folder / 'record.db'}"
        make_tables(url)
        with open_record(url, vault, folder) as record:
            yield record
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    server.create_template("audit_record", make_tables)
    url = server.clone("audit_record")
    try:
        with open_record(url, vault, folder) as record:
            yield record
    finally:
        server.drop(url)


@pytest.fixture
def record(engine_name: str, request: pytest.FixtureRequest, tmp_path: Path, vault: Vault) -> Iterator[Record]:
    """An empty record, for one test."""
    with fresh_record(engine_name, request, tmp_path, vault) as made:
        yield made


#: Sizes of the seals of a filled record: one event, few, and more; the long version has 200 events.
SHORT = (1, 3, 5, 1, 4, 2, 4)
LONG = (1, 9, 2, 5, 3, 7, 4, 9) * 5


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(("sqlite", SHORT), id="sqlite"),
        pytest.param(("postgresql", SHORT), id="postgresql"),
        pytest.param(("sqlite", LONG), id="sqlite-long", marks=pytest.mark.soak),
        pytest.param(("postgresql", LONG), id="postgresql-long", marks=pytest.mark.soak),
    ],
)
def pristine(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, vault: Vault
) -> Iterator[Record]:
    """One record for a whole module, with seals and with events that are not sealed; tests put it back."""
    engine, sizes = request.param
    with fresh_record(engine, request, tmp_path_factory.mktemp("pristine"), vault) as made:
        made.fill(sizes)
        yield made
