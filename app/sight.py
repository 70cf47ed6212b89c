"""As whom the database is asked: on PostgreSQL every statement goes with who asks, and row-level security obeys it.

A sight is four transaction-local settings. They travel in one round trip with the first statement of a transaction
(and with every statement outside one), so whatever somebody left behind on a pooled connection is overwritten before
a row is read. A statement that nobody gave a sight goes with NOTHING, which sees no row of any table.
"""

from dataclasses import dataclass
from typing import Any, Final

from psycopg.pq import TransactionStatus
from sqlalchemy import Connection, Engine, event

#: The execution option of a connection or a statement that holds its Sight.
OPTION: Final = "sight"
#: Where a driver's connection keeps what was said in its running transaction.
_SAID: Final = "amparo_sight"


@dataclass(frozen=True, slots=True)
class Sight:
    """``sees`` are words that the policies know, with spaces between; ``key`` is the digest that the gate looks up."""

    sees: str = ""
    actor_id: str = ""
    partner_id: str = ""
    key: str = ""


NOTHING: Final = Sight()

#: The last parameter of set_config makes it local to the transaction. Names stand in app/access/policies/ again.
_SAY: Final = (
    "SELECT set_config('app.sees', %s, true), set_config('app.actor_id', %s, true),"
    " set_config('app.partner_id', %s, true), set_config('app.key', %s, true)"
)


def say(connection: Any, sight: Sight) -> None:
    """Tell a psycopg connection, for its running transaction, as whom it is asked."""
    connection.execute(_SAY, (sight.sees, sight.actor_id, sight.partner_id, sight.key))


def attend(engine: Engine) -> None:
    """Let every statement of this PostgreSQL engine go with the sight of its connection or its own."""
    event.listen(engine, "do_execute", _execute)
    event.listen(engine, "do_executemany", _execute_many)
    # What was said ends with the transaction, and may end with a savepoint.
    for name in ("begin", "commit", "rollback", "rollback_savepoint"):
        event.listen(engine, name, _forget)


def _forget(connection: Connection, *_: Any) -> None:
    vars(connection.connection.dbapi_connection).pop(_SAID, None)


def _unsaid(cursor: Any, context: Any) -> Sight | None:
    """The sight that has to be said before this statement; None when the running transaction knows it."""
    if cursor.connection.info.transaction_status is TransactionStatus.INERROR:
        # PostgreSQL takes nothing but a rollback now, which needs no sight. The next statement says it again.
        return None
    sight: Sight = context.execution_options.get(OPTION, NOTHING)
    if not cursor.connection.autocommit and vars(cursor.connection).get(_SAID) == sight:
        return None
    return sight


def _execute(cursor: Any, statement: str, parameters: Any, context: Any) -> bool | None:
    sight = _unsaid(cursor, context)
    if sight is None:
        return None
    connection = cursor.connection
    # One round trip for BEGIN, the settings and the statement; without a transaction they share an implicit one.
    with connection.pipeline():
        say(connection, sight)
        cursor.execute(statement, parameters)
    vars(connection)[_SAID] = sight
    return True


def _execute_many(cursor: Any, _statement: str, _parameters: Any, context: Any) -> None:
    sight = _unsaid(cursor, context)
    if sight is None:
        return
    if cursor.connection.autocommit:
        raise RuntimeError("many rows outside a transaction would go without a sight")
    say(cursor.connection, sight)
    vars(cursor.connection)[_SAID] = sight
