"""One request: who asks, in which transaction, at which moment. The door opens it, and commits it once or never."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection
from sqlalchemy.sql.base import Executable
from sqlmodel import Session

from app.access.actor import Actor
from app.access.grants import Permission, Reach
from app.config import Files, Originator
from app.crypto import Vault
from app.db import Table, insertion
from app.errors import Denied, Refusal, Stale
from app.rows import taken


class Undecided(Exception):
    """A Work ended without asking for a permission, or changed rows and recorded nothing."""


#: The execution option of a statement that is executed after all others of its Work.
LAST: Final = "last"

#: A statement and its rows, to be executed when the Work ends.
Deferred = tuple[Executable, list[dict[str, Any]]]


class WatchedSession(Session):
    """A session that remembers whether a statement changed rows, so that a change without a record is refused.

    Rows are columns here and never entities: statements go straight to the connection, past the unit of work.
    """

    changed = False
    _core: Connection | None = None

    def execute(self, statement: Any, params: Any = None, **more: Any) -> Any:
        if statement.is_dml:
            self.changed = True
        if self._core is None:
            self._core = self.connection()
        return self._core.execute(statement, params, **more)


@dataclass(slots=True)
class Work:
    """What an endpoint is handed.

    ``writes`` tells whether the transaction may change rows. A reading Work that must leave a trace (a list that was
    seen, a group that was opened) keeps its statements in ``later``; they are committed before the answer leaves.
    """

    session: WatchedSession
    actor: Actor
    vault: Vault
    now: datetime
    writes: bool
    request_id: str
    key: str | None = None
    route: str = ""
    if_match: str | None = None
    language: str = "en"
    #: How many times the usual budgets (audit/rules/budgets.py) this installation allows.
    budget_factor: int = 1
    #: Where documents lie; None where a Work has nothing to do with them.
    files: Files | None = None
    #: As whom ACH files are sent; None where that is not set up.
    originator: Originator | None = None
    decided: bool = False
    recorded: int = 0
    replayed: bool = False
    later: list[Deferred] = field(default_factory=list)
    on_refusal: list[Deferred] = field(default_factory=list)
    #: Takes what this Work wrote into its last event; `record` gives it.
    carry: Callable[[str], None] | None = None

    def allow(self, permission: Permission) -> Reach:
        """Ask whether the actor may do this, and learn how far it reaches.

        Raises Denied when none of the actor's roles has the permission.
        """
        self.decided = True
        reach = self.actor.reach(permission)
        if reach is None:
            raise Denied
        return reach

    def expect(self, version: int) -> None:
        """Hold the record's version against ``If-Match``; raises Stale when somebody changed it in between."""
        if self.if_match is not None and self.if_match != etag(version):
            raise Stale

    def insert(self, table: type[Table], **row: Any) -> None:
        """Put one row into a table."""
        self.session.execute(insertion(table), row)

    def defer(self, statement: Executable, row: Mapping[str, Any]) -> dict[str, Any]:
        """Leave a row to be written when the Work ends; rows of one statement travel together. Gives it back."""
        kept = dict(row)
        for known, rows in self.later:
            if known is statement:
                rows.append(kept)
                break
        else:
            self.later.append((statement, [kept]))
        return kept

    def finish(self) -> None:
        """Refuse an undecided or unrecorded Work; then write what was deferred, when this transaction may write.

        Raises Undecided, which the door answers with 500 after rolling everything back.
        """
        if not self.decided:
            raise Undecided("this Work asked for no permission")
        if self.session.changed and not self.recorded:
            raise Undecided("this Work changed rows and recorded nothing")
        if self.writes:
            # The record goes last: its last event carries the MACs of every row that was written before.
            self.flush([each for each in self.later if not each[0].get_execution_options().get(LAST)])
            if self.carry is not None and (rows := taken(self.session.connection())):
                self.carry(rows)
            self.flush([each for each in self.later if each[0].get_execution_options().get(LAST)])

    def flush(self, statements: Sequence[Deferred]) -> None:
        """Execute deferred statements in the session's transaction."""
        carry_out(self.session.connection(), statements)


def claiming(statement: Executable, refusal: Callable[[], Refusal]) -> Executable:
    """A deferred statement of which exactly one may succeed: each of its rows must change a row, else ``refusal``."""
    return statement.execution_options(refusal=refusal)


def carry_out(connection: Connection, statements: Sequence[Deferred]) -> None:
    """Execute deferred statements in one transaction. Raises the refusal of a claim that came too late."""
    for statement, rows in statements:
        refusal = statement.get_execution_options().get("refusal")
        if refusal is None:
            connection.execute(statement, rows)
            continue
        for row in rows:
            if connection.execute(statement, row).rowcount != 1:
                raise refusal()


def etag(version: int) -> str:
    """The entity tag of a record's version, as it stands in ``ETag`` and ``If-Match``."""
    return f'"{version}"'
