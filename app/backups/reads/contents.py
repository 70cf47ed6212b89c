"""What a database holds, for the manifest and for comparing: rows of each table, and the record's last seal."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Engine, create_engine, func, inspect, select, table, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.pool import NullPool

from app import revision
from app.audit.reads import last_seal
from app.backups.rules import Contents, Unusable
from app.config import Settings
from app.policing import gaps

_UNBOUND: Final = text("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
_SERVER: Final = text("SELECT current_setting('server_version_num')::int / 10000")
_EXPORT: Final = text("SELECT pg_export_snapshot()")


def sqlite_file(address: str) -> Path | None:
    """The file of an SQLite address; None for a server."""
    url = make_url(address)
    return Path(url.database).absolute() if url.get_backend_name() == "sqlite" and url.database else None


def documents_folder(settings: Settings) -> Path:
    """Where the files of documents lie."""
    return settings.files.folder


def on_file(file: Path) -> Engine:
    """A database file that nobody writes to, only looked at."""
    url = URL.create("sqlite", database=f"file:{file}", query={"mode": "ro", "uri": "true"})
    return create_engine(url, poolclass=NullPool, hide_parameters=True)


def on_server(address: str) -> Engine:
    """A server as its operator sees it: every row, whoever the user is."""
    options = "-c timezone=UTC -c app.sees=operator -c lock_timeout=8000"
    return create_engine(
        address,
        poolclass=NullPool,
        hide_parameters=True,
        isolation_level="REPEATABLE READ",
        connect_args={"options": options, "prepare_threshold": None},
    )


def of_data(connection: Connection) -> tuple[str, Contents]:
    """The shape of the tables and what is in them, as this connection's one state has it."""
    shape = revision.current(connection)
    if shape is None:
        raise Unusable("There is no Amparo in this database: check AMPARO_DATABASE_URL, or run `amparo init`.")
    seal = last_seal(connection)
    schema = "public" if connection.dialect.name == "postgresql" else None
    names = [name for name in inspect(connection).get_table_names(schema=schema) if not name.startswith("sqlite_")]
    rows = {name: _count(connection, name) for name in sorted(names)}
    return shape, Contents(rows, 0 if seal is None else seal.head.number, "" if seal is None else seal.line())


def of_keys(connection: Connection) -> tuple[str, Contents]:
    """The version of the keystore and how much is in it; the wrapped keys themselves are not looked at."""
    schema = "keystore" if connection.dialect.name == "postgresql" else None
    present = set(inspect(connection).get_table_names(schema=schema))
    if "version" not in present:
        raise Unusable("There is no keystore here: check AMPARO_KEYSTORE_URL, or run `amparo init`.")
    rows = {name: _count(connection, name, schema) for name in sorted(present) if not name.startswith("sqlite_")}
    return str(rows["version"]), Contents(rows)


def _count(connection: Connection, name: str, schema: str | None = None) -> int:
    return int(connection.execute(select(func.count()).select_from(table(name, schema=schema))).scalar_one())


@contextmanager
def one_state(address: str, *, keys: bool) -> Iterator[tuple[Connection, str]]:
    """A connection that sees one state of a server's database, and the name by which pg_dump takes the same one.

    Raises Unusable when a wall would hide rows from this user.
    """
    engine = on_server(address)
    try:
        with engine.connect() as connection:
            name = str(connection.execute(_EXPORT).scalar_one())
            if not keys and is_bound(connection) and (open_tables := gaps(connection).tables):
                raise Unusable(
                    "Row-level security is not as this version declares it, so rows could be missing from the backup"
                    f" ({', '.join(open_tables[:3])}). Run `amparo migrate` first."
                )
            yield connection, name
    finally:
        engine.dispose()


def is_bound(connection: Connection) -> bool:
    """Whether row-level security binds the connected user."""
    return not connection.execute(_UNBOUND).scalar()


def server_version(connection: Connection) -> int:
    """The major version of the server."""
    return int(connection.execute(_SERVER).scalar_one())


def keystore_is_known(settings: Settings) -> bool:
    """Whether there is a keystore with something in it, whoever's it is."""
    file = sqlite_file(settings.keystore)
    if file is not None and not file.exists():
        return False
    engine = on_file(file) if file is not None else on_server(settings.owner_keystore)
    try:
        with engine.connect() as connection:
            schema = None if file is not None else "keystore"
            return inspect(connection).has_table("version", schema=schema)
    finally:
        engine.dispose()
