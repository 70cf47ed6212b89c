"""The keystore's own tables, apart from the data: own metadata, own versioned DDL, own file or PostgreSQL schema.

It is not part of the data's migrations, because data and keys are backed up, restored and moved separately.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Connection,
    Engine,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Uuid,
    func,
    inspect,
    select,
    text,
)
from sqlalchemy.schema import CreateSchema

from app.crypto.refusals import KeysUnavailable

#: The PostgreSQL schema of the keystore. On SQLite the keystore is a file of its own and has no schema.
SCHEMA: Final = "keystore"
_ADVISORY_LOCK: Final = 0x616D_7061_726F  # "amparo": one process migrates, the others wait

#: A subject has one key that seals, and at most one more that only opens.
_CURRENT: Final = "retiring_since IS NULL"
_RETIRING: Final = "retiring_since IS NOT NULL"

metadata = MetaData(schema=SCHEMA)

version = Table("version", metadata, Column("number", Integer, nullable=False))

#: One row: whose keys these are, and the root key that wraps them.
installation = Table(
    "installation",
    metadata,
    Column("one", Integer, primary_key=True, autoincrement=False),
    Column("id", Uuid, nullable=False),
    Column("root_id", Uuid, nullable=False),
    CheckConstraint("one = 1", name="ck_installation_one"),
)

#: The key that wraps the subjects' keys. ``wrapped`` is null once it is destroyed.
epoch = Table(
    "epoch",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("root_id", Uuid, nullable=False),
    Column("wrapped", LargeBinary),
    Column("made_at", BigInteger, nullable=False),  # times are seconds since 1970, UTC
    Column("destroyed_at", BigInteger),
)

#: Keys of the whole installation, each kind in versions: digests, blind indexes, signing.
purpose_key = Table(
    "purpose_key",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("version", Integer, nullable=False),
    Column("root_id", Uuid, nullable=False),
    Column("wrapped", LargeBinary, nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Index("uq_purpose_key_kind_version", "kind", "version", unique=True),
)

#: One random key per subject, wrapped under an epoch's key; two while it is renewed, of which one retires, see
#: renewal.py. ``seals`` is a sampled count, see subjects.py.
subject_key = Table(
    "subject_key",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("subject_id", Uuid, nullable=False),
    Column("epoch", Integer, ForeignKey(epoch.c.number), nullable=False),
    Column("wrapped", LargeBinary, nullable=False),
    Column("seals", BigInteger, nullable=False),
    Column("retiring_since", BigInteger),
    Column("compromised_at", BigInteger),
    Index(
        "uq_subject_key_subject_id",
        "subject_id",
        unique=True,
        sqlite_where=text(_CURRENT),
        postgresql_where=text(_CURRENT),
    ),
    Index(
        "uq_subject_key_retiring",
        "subject_id",
        unique=True,
        sqlite_where=text(_RETIRING),
        postgresql_where=text(_RETIRING),
    ),
    Index("ix_subject_key_epoch", "epoch"),
)

#: Whose keys were destroyed, and when: data that was put back from an older copy does not bring them back.
destroyed_subject = Table(
    "destroyed_subject",
    metadata,
    Column("subject_id", Uuid, primary_key=True),
    Column("at", BigInteger, nullable=False),
)


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One transaction on the keystore; on SQLite it has the write lock from its beginning. Commits at the end."""
    with engine.connect() as connection:
        options: dict[str, Any] = {"writes": True}
        if engine.dialect.name == "postgresql":
            options["isolation_level"] = "READ COMMITTED"  # the engine itself reads without a transaction
        with connection.execution_options(**options).begin():
            yield connection


def _first_tables(connection: Connection) -> None:
    postgresql = connection.dialect.name == "postgresql"
    uuid, octets, prefix = ("UUID", "BYTEA", f"{SCHEMA}.") if postgresql else ("CHAR(32)", "BLOB", "")
    tables = {
        "installation": (
            f"one INTEGER NOT NULL PRIMARY KEY, id {uuid} NOT NULL, root_id {uuid} NOT NULL,"
            " CONSTRAINT ck_installation_one CHECK (one = 1)"
        ),
        "epoch": (
            f"number INTEGER NOT NULL PRIMARY KEY, root_id {uuid} NOT NULL, wrapped {octets},"
            " made_at BIGINT NOT NULL, destroyed_at BIGINT"
        ),
        "purpose_key": (
            f"id {uuid} NOT NULL PRIMARY KEY, kind VARCHAR(20) NOT NULL, version INTEGER NOT NULL,"
            f" root_id {uuid} NOT NULL, wrapped {octets} NOT NULL, made_at BIGINT NOT NULL"
        ),
        "subject_key": (
            f"id {uuid} NOT NULL PRIMARY KEY, subject_id {uuid} NOT NULL,"
            f" epoch INTEGER NOT NULL REFERENCES {prefix}epoch (number),"
            f" wrapped {octets} NOT NULL, seals BIGINT NOT NULL"
        ),
    }
    for name, columns in tables.items():
        connection.exec_driver_sql(f"CREATE TABLE {prefix}{name} ({columns})")
    for statement in (
        f"UNIQUE INDEX uq_purpose_key_kind_version ON {prefix}purpose_key (kind, version)",
        f"UNIQUE INDEX uq_subject_key_subject_id ON {prefix}subject_key (subject_id)",
        f"INDEX ix_subject_key_epoch ON {prefix}subject_key (epoch)",
    ):
        connection.exec_driver_sql(f"CREATE {statement}")


def _destroyed_subjects(connection: Connection) -> None:
    postgresql = connection.dialect.name == "postgresql"
    uuid, prefix = ("UUID", f"{SCHEMA}.") if postgresql else ("CHAR(32)", "")
    create = f"CREATE TABLE {prefix}destroyed_subject (subject_id {uuid} NOT NULL PRIMARY KEY, at BIGINT NOT NULL)"
    connection.exec_driver_sql(create)


def _two_keys_of_one_subject(connection: Connection) -> None:
    prefix = f"{SCHEMA}." if connection.dialect.name == "postgresql" else ""
    for column in ("retiring_since", "compromised_at"):
        connection.exec_driver_sql(f"ALTER TABLE {prefix}subject_key ADD COLUMN {column} BIGINT")
    connection.exec_driver_sql(f"DROP INDEX {prefix}uq_subject_key_subject_id")
    for name, those in (("uq_subject_key_subject_id", _CURRENT), ("uq_subject_key_retiring", _RETIRING)):
        create = f"CREATE UNIQUE INDEX {name} ON {prefix}subject_key (subject_id) WHERE {those}"
        connection.exec_driver_sql(create)


#: Step n brings the keystore from version n to n + 1. A step is never changed once it is released.
_STEPS: Final[tuple[Callable[[Connection], None], ...]] = (
    _first_tables,
    _destroyed_subjects,
    _two_keys_of_one_subject,
)


def migrate_keystore(engine: Engine) -> int:
    """Bring the keystore's tables to this program's version and give it; doing it again changes nothing.

    ``engine`` is one of ``keystore_engine``. Raises KeysUnavailable when a newer program made the keystore.
    """
    with writing(engine) as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_LOCK})
            connection.execute(CreateSchema(SCHEMA, if_not_exists=True))
        version.create(connection, checkfirst=True)
        present = connection.execute(select(func.max(version.c.number))).scalar() or 0
        _refuse_newer(present)
        for number, step in enumerate(_STEPS[present:], start=present + 1):
            step(connection)
            connection.execute(version.insert().values(number=number))
    return len(_STEPS)


def is_current(engine: Engine) -> bool | None:
    """Whether the tables are this program's: None when there are none, False when they wait for a migration.

    Raises KeysUnavailable when a newer program made the keystore.
    """
    with engine.connect() as connection:
        schema = SCHEMA if connection.dialect.name == "postgresql" else None
        if not inspect(connection).has_table(version.name, schema=schema):
            return None
        present = connection.execute(select(func.max(version.c.number))).scalar() or 0
    _refuse_newer(present)
    return present == len(_STEPS)


def _refuse_newer(present: int) -> None:
    if present > len(_STEPS):
        raise KeysUnavailable("A newer Amparo made this keystore. Start that version, or restore the backup before it.")
