"""An installation: its keyring, its keystore and its database, made once and brought up to date at each upgrade."""

from collections.abc import Sequence

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

from app.access.sights import OPERATOR
from app.audit.sealing.rows import are_old, take_rows
from app.config import Environment, Settings
from app.crypto import Access, Secret, Vault, init_keyring, init_keystore, keystore_engine, migrate_keystore
from app.db import open_database
from app.policing import admit, admit_to_keystore
from app.revision import MIGRATIONS


def make(settings: Settings) -> None:
    """Make the keyring, the keystore and the database of a new installation.

    Raises KeysUnavailable when there is a keyring already: nothing is ever overwritten.
    """
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    access = access_of(settings)
    init_keyring(settings.keyring, access)
    init_keystore(keyring_file=settings.keyring, keystore_url=settings.owner_keystore, access=access)
    migrate(settings)


def migrate(settings: Settings) -> None:
    """Bring the database and the keystore to this version's shape; a second run changes nothing."""
    engine = keystore_engine(settings.owner_keystore)
    try:
        migrate_keystore(engine)
    finally:
        engine.dispose()
    command.upgrade(alembic_config(settings.owner_database), "head")
    serving, owner = make_url(settings.database).username, make_url(settings.owner_database).username
    if serving is not None and serving != owner:
        _admit(settings, serving)
    _take_rows(settings)


def _take_rows(settings: Settings) -> None:
    """Rows of an older version get their MACs. A newer database needs no key for this, and opens none."""
    database = open_database(settings, settings.owner_database)
    try:
        with database.connect(OPERATOR) as connection:
            if not are_old(connection):
                return
        vault = open_vault(settings)
        try:
            take_rows(database, vault)
        finally:
            vault.close()
    finally:
        database.engine.dispose()


def _admit(settings: Settings, serving: str) -> None:
    """Let the role that serves use what the owner has made: rows within their policies, and the wrapped keys."""
    for address, grant in ((settings.owner_database, admit), (settings.owner_keystore, admit_to_keystore)):
        engine = create_engine(address, poolclass=NullPool, hide_parameters=True, isolation_level="AUTOCOMMIT")
        try:
            with engine.connect() as connection:
                grant(connection, serving)
        finally:
            engine.dispose()


def alembic_config(database_url: str) -> Config:
    """Alembic's configuration for this database; there is no alembic.ini to disagree with the settings."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    config.attributes["database_url"] = database_url
    return config


def access_of(settings: Settings) -> Access:
    """How this machine gets to its root key, wherever that is."""
    return Access(
        production=settings.environment is Environment.PRODUCTION,
        passphrase_file=settings.keyring_passphrase,
        pkcs11_module=settings.pkcs11_module,
        pkcs11_token=settings.pkcs11_token,
        pkcs11_pin_file=settings.pkcs11_pin,
        kms_key=settings.kms_key,
        kms_region=settings.kms_region,
        kms_endpoint=settings.kms_endpoint,
        patience=settings.key_patience_seconds,
    )


def open_vault(settings: Settings, secrets: Sequence[Secret] = ()) -> Vault:
    """The installation's vault; ``secrets`` are what people tell to open a sealed one.

    Raises KeysUnavailable with a sentence for the operator, KeysSealed when something must be told first.
    """
    return Vault.open_from(
        keyring_file=settings.keyring,
        keystore_url=settings.keystore,
        prepare_statements=settings.prepare_statements,
        access=access_of(settings),
        secrets=secrets,
    )
