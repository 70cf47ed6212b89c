"""The database: version, shape, guards, durability, and who it lets in."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from app.doctor.rules.findings import Finding, problem, warning

_OLDEST: Final = {"sqlite": (3, 40), "postgresql": (15,)}
_NAMES: Final = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
#: Seconds that two clocks may differ before signatures, sessions and deadlines do.
_SKEW: Final = 5.0
#: Connections of the keystore, beside the pool of the data.
_KEYSTORE_CONNECTIONS: Final = 4


@dataclass(frozen=True, slots=True)
class ShapeFacts:
    """What both engines have.

    ``lost`` names the tables that are not there, ``missing`` the guards (triggers) that are not, or are switched off.
    """

    engine: str
    version: tuple[int, ...]
    revision: str | None
    head: str
    revision_known: bool
    lost: tuple[str, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SqliteFacts:
    journal_mode: str
    intact: bool
    network: str | None  # the kind of network file system it lies on


@dataclass(frozen=True, slots=True)
class PostgresFacts:
    superuser: bool
    owns: tuple[str, ...]  # tables that the connected user owns
    open_rows: tuple[str, ...]  # tables whose row-level security is not as declared
    unsafe: tuple[str, ...]  # settings that lose what was acknowledged
    logs_values: tuple[str, ...]  # settings that put statements into the server's log
    encoding: str
    encrypted: bool
    over_network: bool
    connections: int  # that ordinary users may open
    pool_size: int
    skew: float  # seconds the server's clock is ahead of ours


def judge_shape(facts: ShapeFacts) -> Iterator[Finding]:
    """Version, migrations and guards."""
    name, oldest = _NAMES[facts.engine], _OLDEST[facts.engine]
    if facts.version < oldest:
        yield problem(
            "database.old",
            f"{name} {_dotted(facts.version)} is older than {_dotted(oldest)}.",
            "Statements that the product needs are not there, and it gets no repairs any more.",
            f"Install {name} {_dotted(oldest)} or newer.",
        )
    if facts.revision is None:
        yield problem(
            "database.empty",
            "The database has no tables of Amparo.",
            "The service can not run.",
            "Check AMPARO_DATABASE_URL; for a new installation run `amparo init`, else restore the backup.",
        )
        return
    if facts.revision != facts.head and facts.revision_known:
        yield problem(
            "database.behind",
            f"The database is at {facts.revision}, and this version needs {facts.head}.",
            "Pages would fail, and the proxy is told that the service is not ready.",
            "Stop the service, make a backup, run `amparo migrate`, start it.",
        )
    if not facts.revision_known:
        yield problem(
            "database.ahead",
            f"The database is at {facts.revision}, which this version does not know.",
            "A newer Amparo was here. This one could damage what it wrote.",
            "Start that newer version, or restore the backup from before the upgrade.",
        )
    if facts.lost:
        yield problem(
            "database.incomplete",
            f"The database lacks {len(facts.lost)} of its tables: {', '.join(facts.lost[:5])}.",
            "What stood in them is gone, and the pages that show it fail.",
            "Stop the service and restore the newest backup.",
        )
    if facts.missing:
        yield problem(
            "guards.missing",
            f"The database lacks {len(facts.missing)} of its guards: {', '.join(facts.missing[:5])}.",
            "Entries of the ledger and of the record could be changed without anybody being refused.",
            "Find out who removed them, run `amparo audit verify` and `amparo ledger verify`, restore from a backup.",
        )


def judge_sqlite(facts: SqliteFacts) -> Iterator[Finding]:
    """What is particular to a file."""
    if not facts.intact:
        yield problem(
            "database.damaged",
            "SQLite finds its own file damaged.",
            "Records may be lost already, and every further change can lose more.",
            "Stop the service, keep a copy of the folder, and restore the newest backup that passes this check.",
        )
    if facts.journal_mode != "wal":
        yield warning(
            "database.journal",
            f"The database keeps its journal as {facts.journal_mode}, not as wal.",
            "Readers and writers wait for one another. Some tool has changed the file.",
            "Start the service once: it sets the mode again. Then find out which tool opened the file.",
        )
    if facts.network is not None:
        yield problem(
            "database.network_disk",
            f"The database lies on a network file system ({facts.network}).",
            "Locks do not hold there, and SQLite's log breaks: the file will be damaged.",
            "Move AMPARO_DATA_DIR to a local disk, or use PostgreSQL.",
        )


def judge_postgres(facts: PostgresFacts) -> Iterator[Finding]:
    """What is particular to a server."""
    yield from _power(facts)
    yield from _rows(facts)
    yield from _durability(facts)
    if facts.encoding != "UTF8":
        yield problem(
            "database.encoding",
            f"The database is encoded as {facts.encoding}.",
            "Names of partners and places that it can not write are refused.",
            "Make a new database with ENCODING 'UTF8' and restore the backup into it.",
        )
    if facts.over_network and not facts.encrypted:
        yield problem(
            "database.unencrypted",
            "The connection to the database is not encrypted.",
            "Whoever listens between the two machines reads references, amounts and statuses.",
            "Switch ssl on in the server and add ?sslmode=verify-full to the address.",
        )
    if facts.pool_size + _KEYSTORE_CONNECTIONS > facts.connections:
        yield problem(
            "database.connections",
            f"One process may open {facts.pool_size + _KEYSTORE_CONNECTIONS} connections,"
            f" and the server has {facts.connections}.",
            "Requests would be refused when many people work.",
            "Raise max_connections of the server, or lower AMPARO_POOL_SIZE.",
        )
    if abs(facts.skew) > _SKEW:
        yield problem(
            "clock.differs",
            f"The clocks of this machine and of the database differ by {abs(facts.skew):.0f} seconds.",
            "Sessions, deadlines and the order of the record depend on the clock.",
            "Let both machines follow a time server (systemctl enable --now systemd-timesyncd).",
        )


def _power(facts: PostgresFacts) -> Iterator[Finding]:
    if facts.superuser:
        yield problem(
            "database.superuser",
            "The service connects to PostgreSQL as a superuser, or as one whom row-level security does not bind.",
            "A fault in one statement could read every organization's rows, or switch off every guard.",
            "Make a user for the service without any attribute and put it into the address of the database.",
        )
    elif facts.owns:
        yield warning(
            "database.owner",
            f"The service connects as the owner of its tables ({', '.join(facts.owns[:3])}, ...).",
            "An owner can drop the guards that keep the ledger and the record from being changed.",
            "Let one user own and migrate the tables and another one serve: see the page on PostgreSQL.",
        )


def _rows(facts: PostgresFacts) -> Iterator[Finding]:
    if facts.open_rows:
        yield problem(
            "database.rows_open",
            f"Row-level security is not as this version declares it: {', '.join(facts.open_rows[:5])}.",
            "A fault in one statement could show an organization the rows of another, or hide rows from their own.",
            "Run `amparo migrate` as the owner of the tables. Find out who changed them, if it was not an upgrade.",
        )


def _durability(facts: PostgresFacts) -> Iterator[Finding]:
    if facts.unsafe:
        yield problem(
            "database.forgets",
            f"The server may forget what it has confirmed: {', '.join(facts.unsafe)}.",
            "After a power cut payments and decisions that people saw saved would be gone.",
            "Set fsync, full_page_writes and synchronous_commit to on, and reload the server.",
        )
    if facts.logs_values:
        yield warning(
            "database.logs_statements",
            f"The server writes statements to its log: {', '.join(facts.logs_values)}.",
            "E-mail addresses of staff, amounts and references would lie there in clear, outside every promise.",
            "Set log_statement to none and log_min_duration_statement to -1 for this database.",
        )


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))
