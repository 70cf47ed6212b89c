"""An installation: its keyring, its keystore and its database, made once and brought up to date at each upgrade."""

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

from app.config import Settings
from app.crypto import Vault, init_keyring, init_keystore, keystore_engine, migrate_keystore
from app.policing import admit, admit_to_keystore
from app.revision import MIGRATIONS


def make(settings: Settings) -> None:
    """Make the keyring, the keystore and the database of a new installation.

    Raises KeysUnavailable when there is a keyring already: nothing is ever overwritten.
    """
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    init_keyring(settings.keyring)
    init_keystore(keyring_file=settings.keyring, keystore_url=settings.owner_keystore)
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


def open_vault(settings: Settings) -> Vault:
    """The installation's vault. Raises KeysUnavailable with a sentence for the operator."""
    return Vault.open_from(
        keyring_file=settings.keyring,
        keystore_url=settings.keystore,
        prepare_statements=settings.prepare_statements,
    )
