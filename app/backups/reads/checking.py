"""After a restore: does everything that is there open, add up, and stand as it was recorded?"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Column, Connection, LargeBinary, Table, func, inspect, or_, select
from sqlmodel import col

from app import tables
from app.access.sights import OPERATOR
from app.applicants.model import Applicant
from app.audit.rules.verdict import Reason
from app.audit.verifying import verify as verify_record
from app.audit.verifying.rows import verify_rows
from app.bonds.reads.verify import verify as verify_ledger
from app.config import Settings
from app.crypto import Cell, Group, Unopenable, Vault, keystore_engine
from app.crypto.tracing import SHORTEST, key_of, subjects_of_keys
from app.db import Database, metadata
from app.work import WatchedSession

#: Rows of one query, and as many keys as the vault fetches at once.
_CHUNK: Final = 1_000
#: Places that are named one by one when something does not open there.
_NAMED: Final = 5


@dataclass(slots=True)
class Check:
    """What was found. ``wrong`` are sentences; there is nothing wrong when there are none."""

    tables: int = 0
    rows: int = 0
    people: int = 0
    erased: int = 0
    opened: int = 0
    closed: list[str] = field(default_factory=list)
    entries: int = 0
    events: int = 0
    seals: int = 0
    wrong: list[str] = field(default_factory=list)

    def lines(self) -> list[str]:
        """For the person at the machine."""
        return [
            f"Rows: {self.rows} in {self.tables} tables. People: {self.people}, and {self.erased} who are erased.",
            f"Sealed values that open: {self.opened}. That do not: {len(self.closed)}.",
            f"Ledger: {self.entries} entries. Record: {self.events} events under {self.seals} seals.",
            *(f"WRONG: {each}" for each in self.wrong),
        ]


def check(settings: Settings, database: Database, vault: Vault, now: datetime) -> Check:
    """Look at everything. Takes as long as opening every sealed value once."""
    found = Check()
    _envelopes(settings, database, vault, found)
    with database.connect(OPERATOR) as connection, WatchedSession(bind=connection) as session:
        ledger = verify_ledger(session)
    found.entries = ledger.entries
    if not ledger.intact:
        codes = sorted({fault.code for fault in ledger.faults})
        found.wrong.append(f"The ledger is not intact ({', '.join(codes)}): see `amparo ledger verify`.")
    record = verify_record(database, vault, None, now)
    found.events, found.seals = record.events, record.seals
    # What had not been sealed yet when the backup was made is sealed when the service starts.
    if record.fault is not None and record.fault.reason is not Reason.NOT_SEALED:
        found.wrong.append(f"The record is not intact: {record.lines()[0]}")
    if (rows := verify_rows(database, vault)).faults:
        found.wrong.append(f"{len(rows.faults)} rows are not what is on record of them: see `amparo verify`.")
    return found


def _envelopes(settings: Settings, database: Database, vault: Vault, found: Check) -> None:
    tables.load_all()
    keystore = keystore_engine(settings.keystore, prepare_statements=settings.prepare_statements)
    try:
        owners = subjects_of_keys(keystore)
    finally:
        keystore.dispose()
    with database.look(OPERATOR) as connection:
        present = set(inspect(connection).get_table_names())
        if lost := sorted(set(metadata.tables) - present):
            found.wrong.append(f"Tables are not there: {', '.join(lost)}.")
        for name in sorted(present & set(metadata.tables)):
            table = metadata.tables[name]
            found.tables += 1
            found.rows += int(connection.execute(select(func.count()).select_from(table)).scalar_one())
            columns = [each for each in table.columns if isinstance(each.type, LargeBinary)]
            if columns and "id" in table.columns:
                _of_table(connection, table, columns, _Opening(vault, owners, found))
        living = select(func.count()).where(col(Applicant.erased_at).is_(None))
        found.people = int(connection.execute(living).scalar_one())
        erased = select(func.count()).where(col(Applicant.erased_at).is_not(None))
        found.erased = int(connection.execute(erased).scalar_one())
    if found.closed:
        named = ", ".join(found.closed[:_NAMED])
        found.wrong.append(
            f"{len(found.closed)} sealed values do not open, in {named}. Is this today's keystore?"
            " If it is, the backup holds what it can not hold."
        )


class _Opening:
    """Opens values by the key id at their head. A column has one group, which is found at its first value."""

    def __init__(self, vault: Vault, owners: dict[UUID, UUID], found: Check) -> None:
        self._vault, self._owners, self._found = vault, owners, found
        self._groups: dict[str, Group] = {}

    def prepare(self, values: list[bytes]) -> None:
        keys = (key_of(value) for value in values)
        self._vault.preload({self._owners[key] for key in keys if key in self._owners})

    def open(self, table: str, column: str, row_id: UUID, value: bytes) -> None:
        key = key_of(value)
        if key is None:
            return
        subject = self._owners.get(key)
        if subject is not None and self._opens(Cell(table, column, row_id, subject), value):
            self._found.opened += 1
        else:
            self._found.closed.append(f"{table}.{column} {row_id}")

    def _opens(self, cell: Cell, value: bytes) -> bool:
        known = self._groups.get(cell.column)
        for group in sorted(Group, key=lambda each: each is not known):
            try:
                self._vault.open(cell, group, value)
            except Unopenable:
                continue
            self._groups[cell.column] = group
            return True
        return False


def _of_table(connection: Connection, table: Table, columns: list[Column[Any]], opening: _Opening) -> None:
    for rows in _sealed_rows(connection, table, columns):
        opening.prepare([value for row in rows for value in row[1:] if value])
        for row in rows:
            for column, value in zip(columns, row[1:], strict=True):
                if value:
                    opening.open(table.name, column.name, row[0], bytes(value))


def _sealed_rows(connection: Connection, table: Table, columns: list[Column[Any]]) -> Iterator[list[Any]]:
    sealed = or_(*(func.length(column) >= SHORTEST for column in columns))
    statement = select(table.c.id, *columns).where(sealed).order_by(table.c.id).limit(_CHUNK)
    rows = list(connection.execute(statement))
    while rows:
        yield rows
        rows = list(connection.execute(statement.where(table.c.id > rows[-1][0])))
