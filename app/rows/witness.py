"""Who stands by every statement: makes the MACs of what is written, checks them, and remembers them for the record."""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection, case, event, false, or_
from sqlalchemy.sql.elements import BindParameter, False_, Null, True_

from app.crypto import STAMP_BYTES, Vault
from app.db import Database
from app.errors import Altered
from app.rows.states import NOTHING, Shape, Written, shape_of
from app.sight import OPTION

#: The execution option of every connection that holds its Witness.
WITNESS: Final = "witness"
#: Where a driver's connection keeps what its running transaction wrote.
_WRITTEN: Final = "amparo_rows"
_MARKS: Final = "amparo_rows_marks"


class Witness:
    """Makes and checks the MACs of one installation's rows, for every connection of its engine."""

    def __init__(self, vault: Vault, leave: Callable[[Connection, str], None]) -> None:
        """``leave`` puts what a transaction wrote on record when no act of its own did."""
        self._vault = vault
        self._leave = leave
        self._last = 0
        self._turn = threading.Lock()
        self._seen: dict[bytes, tuple[Shape, tuple[Any, ...]]] = {}

    def attend(self, database: Database) -> None:
        """Stand by every statement of this database from now on."""
        for engine in {id(each): each for each in (database.engine, database.looking)}.values():
            engine.update_execution_options(**{WITNESS: self})
        listen = ((self._before, "before_execute"), (self._savepoint, "savepoint"), (self._commit, "commit"))
        for heard, name in listen:
            event.listen(database.engine, name, heard, **({"retval": True} if name == "before_execute" else {}))
        for name in ("begin", "rollback"):
            event.listen(database.engine, name, _forget)
        event.listen(database.engine, "rollback_savepoint", _undo)

    # Checking

    def check(self, shape: Shape, row_mac: Any, values: Sequence[Any]) -> None:
        """Raise Altered when the row is not as it was written."""
        if not self.fits(shape, row_mac, values):
            raise Altered(shape.table.name, shape.id(values))

    def check_part(self, shape: Shape, part: Sequence[Any]) -> None:
        """Check one table's part of a row: what was selected with `witnessed_columns`, in its order."""
        self.check(shape, part[0], part[1:])

    def fits(self, shape: Shape, row_mac: Any, values: Sequence[Any]) -> bool:
        """Whether the MAC is that of these values. A row that was seen before is only compared, which is as safe."""
        if not isinstance(row_mac, bytes):
            return False
        values = tuple(values)
        if self._seen.get(row_mac) == (shape, values):
            return True
        if not shape.row.fits(self._vault, row_mac, values):
            return False
        if len(self._seen) > 5000:
            self._seen.clear()
        self._seen[row_mac] = (shape, values)
        return True

    # Writing

    def _stamp(self, before: bytes) -> bytes:
        """A moment that is later than the row's last, and than every other of this process."""
        with self._turn:
            self._last = max(time.time_ns() // 1000, self._last + 1, int.from_bytes(before, "big") + 1)
            return self._last.to_bytes(STAMP_BYTES, "big")

    def _before(self, connection: Connection, statement: Any, many: Any, one: Any, options: Any) -> Any:
        """Let a statement on a witnessed table carry the MACs of what it writes."""
        if not getattr(statement, "is_dml", False) or (shape := shape_of(statement.table.name)) is None:
            return statement, many, one
        given = [dict(each) for each in (many or [one or {}])]
        if statement.is_insert:
            written = [self._inserted(connection, shape, statement, each) for each in given]
        elif statement.is_delete:
            for each in given:
                self._deleted(connection, shape, statement, each, options)
            return statement, many, one
        else:
            names = {_name(each) for each in _said(statement)} | {
                each for params in given for each in params if each in shape.table.columns
            }
            if not names & set(shape.row.columns):
                return statement, many, one
            if len(given) == 1:
                statement, written = self._updated(connection, shape, statement, given[0], options)
            else:
                statement, written = self._updated_many(connection, shape, statement, given, options)
        return (statement, written, {}) if len(written) > 1 else (statement, [], written[0])

    def first(self, shape: Shape, values: Sequence[Any]) -> tuple[bytes, Written]:
        """The first MAC of a row that had none, and its state for the record."""
        row_mac = shape.row.make(self._vault, self._stamp(NOTHING), values)
        return row_mac, Written.of(shape, values, NOTHING, row_mac)

    def _note(self, connection: Connection, shape: Shape, values: Sequence[Any], before: bytes) -> bytes:
        """Make the MAC of a new state, and remember it until the act's event takes it."""
        row_mac = shape.row.make(self._vault, self._stamp(before), values)
        state = Written.of(shape, values, before, row_mac)
        connection.info.setdefault(_WRITTEN, []).append(state)
        return row_mac

    def _inserted(self, connection: Connection, shape: Shape, statement: Any, params: dict[str, Any]) -> dict[str, Any]:
        if _is_of_many(statement):
            raise TypeError("a witnessed row is inserted by its values, one set for each row")
        fixed = {_name(each): _literal(value, params) for each, value in _said(statement).items()}
        row = shape.completed(fixed | params)
        values = [row.get(name) for name in shape.row.columns]
        row_mac = self._note(connection, shape, values, NOTHING)
        return {name: value for name, value in row.items() if name not in fixed} | {"row_mac": row_mac}

    def _old(
        self, connection: Connection, shape: Shape, statement: Any, params: dict[str, Any], options: Any, *more: Any
    ) -> Sequence[Any]:
        """The rows that the statement will change, held and found to be as they were written."""
        asked = shape.held_in(statement.table).where(*_conditions(statement))
        if more:
            asked = asked.add_columns(*more)
        said = {OPTION: options[OPTION]} if OPTION in options else {}
        rows = connection.execute(asked, params, execution_options=said).all()
        covered = len(shape.row.columns) + 1
        for row in rows:
            self.check(shape, row[0], row[1:covered])
        return rows

    def _deleted(
        self, connection: Connection, shape: Shape, statement: Any, params: dict[str, Any], options: Any
    ) -> None:
        for row in self._old(connection, shape, statement, params, options):
            before = row[0][:STAMP_BYTES]
            state = Written(shape.table.name, shape.key(row[1:]), before, self._stamp(before), NOTHING)
            connection.info.setdefault(_WRITTEN, []).append(state)

    def _new(
        self, connection: Connection, shape: Shape, statement: Any, params: dict[str, Any], options: Any
    ) -> list[tuple[Sequence[Any], bytes]]:
        """The covered values and the MAC of every row as the statement will leave it."""
        fixed: dict[str, Any] = {name: params[name] for name in params if name in shape.table.columns}
        computed: dict[str, Any] = {}
        for each, value in _said(statement).items():
            if isinstance(value, BindParameter | Null | True_ | False_):
                fixed[_name(each)] = _literal(value, params)
            else:
                computed[_name(each)] = value
        labels = [value.label(f"new_{name}") for name, value in computed.items()]
        found: list[tuple[Sequence[Any], bytes]] = []
        for row in self._old(connection, shape, statement, params, options, *labels):
            later = fixed | dict(zip(computed, row[len(shape.row.columns) + 1 :], strict=True))
            values = [later.get(name, old) if name in later else old for name, old in zip(shape.row.columns, row[1:])]  # noqa: B905 - what is computed stands behind
            found.append((values, self._note(connection, shape, values, row[0][:STAMP_BYTES])))
        return found

    def _updated(
        self, connection: Connection, shape: Shape, statement: Any, params: dict[str, Any], options: Any
    ) -> tuple[Any, list[dict[str, Any]]]:
        found = self._new(connection, shape, statement, params, options)
        if len(found) == 1:
            return statement, [params | {"row_mac": found[0][1]}]
        if not found:
            # Nothing to change when it was looked; so nothing is changed, whatever came in between.
            return statement.where(false()), [params]
        if not shape.keys:
            # The database numbers these rows and refuses that they change; if it does not, their old MACs tell.
            return statement, [params]
        macs = case(*((shape.is_row(values), row_mac) for values, row_mac in found))
        # Only those whose MACs were made: what another added in between waits for its own turn.
        only = or_(*(shape.is_row(values) for values, _ in found))
        return statement.where(only).values({shape.table.columns["row_mac"]: macs}), [params]

    def _updated_many(
        self, connection: Connection, shape: Shape, statement: Any, many: list[dict[str, Any]], options: Any
    ) -> tuple[Any, list[dict[str, Any]]]:
        written = []
        for params in many:
            found = self._new(connection, shape, statement, params, options)
            if len(found) != 1:
                raise TypeError("each set of values changes one witnessed row")
            written.append(params | {"row_mac": found[0][1]})
        return statement, written

    # The transaction

    def _savepoint(self, connection: Connection, name: str | None) -> None:
        connection.info.setdefault(_MARKS, {})[name] = len(connection.info.get(_WRITTEN, ()))

    def _commit(self, connection: Connection) -> None:
        if connection.info.get(_WRITTEN):
            self._leave(connection, taken(connection))
        _forget(connection)


def taken(connection: Connection) -> str:
    """What this transaction wrote since it was last asked, as it stands in the record; empty for nothing."""
    states: list[Written] = connection.info.pop(_WRITTEN, [])
    return " ".join(each.text() for each in states)


def witness_of(connection: Connection) -> Witness:
    """Who stands by this connection. Raises KeyError when nobody does."""
    witness: Witness = connection.get_execution_options()[WITNESS]
    return witness


def _forget(connection: Connection, *_: Any) -> None:
    connection.info.pop(_WRITTEN, None)
    connection.info.pop(_MARKS, None)


def _undo(connection: Connection, name: str, *_: Any) -> None:
    del connection.info.get(_WRITTEN, [])[connection.info.get(_MARKS, {}).get(name, 0) :]


# What SQLAlchemy keeps of a statement has no public name. A test tells when a new version keeps it otherwise.


def _said(statement: Any) -> Mapping[Any, Any]:
    return statement._values or {}  # noqa: SLF001 - see above


def _conditions(statement: Any) -> Sequence[Any]:
    return statement._where_criteria  # type: ignore[no-any-return]  # noqa: SLF001 - see above


def _is_of_many(statement: Any) -> bool:
    return bool(statement._multi_values) or statement.select is not None  # noqa: SLF001 - see above


def _name(each: Any) -> str:
    return each if isinstance(each, str) else str(each.name)


def _literal(value: Any, params: Mapping[str, Any]) -> Any:
    """What a statement says of a column. Raises TypeError for what only the database could compute."""
    if isinstance(value, BindParameter):
        return params.get(value.key, value.effective_value)
    if isinstance(value, Null | True_ | False_):
        return {Null: None, True_: True, False_: False}[type(value)]
    raise TypeError("a witnessed row is inserted by values, not by what the database computes")
