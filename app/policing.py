"""Puts app/access/policies/ into a PostgreSQL database, and says how far a database is from it.

A migration of the tables ends with `police` (migrations/env.py): running it again changes nothing. What is already as
declared is not touched, so it takes no lock either.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import astuple, dataclass
from typing import Final

from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

from app.access.policies import FUNCTIONS, POLICIES, Policy
from app.config import UnsafeSettings
from app.db import Database
from app.sight import NOTHING

_MARK: Final = "amparo "
_TABLES: Final = text(
    "SELECT c.oid, c.relname, c.relrowsecurity, c.relforcerowsecurity FROM pg_class c"
    " WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace"
)
_FOUND: Final = text(
    "SELECT c.relname, p.polname, obj_description(p.oid, 'pg_policy') AS mark FROM pg_policy p"
    " JOIN pg_class c ON c.oid = p.polrelid WHERE c.relnamespace = 'public'::regnamespace"
)
_UNBOUND: Final = text("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
_FUNCTION: Final = text("SELECT obj_description(to_regprocedure('public.' || :name), 'pg_proc') AS mark")
_GRANTED: Final = text(
    "SELECT c.relname, a.grantee::regrole::text AS role, array_agg(a.privilege_type::text) AS privileges"
    " FROM pg_class c CROSS JOIN LATERAL aclexplode(c.relacl) AS a"
    " WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace"
    " AND a.grantee <> c.relowner AND a.grantee <> 0 GROUP BY 1, 2"
)


@dataclass(frozen=True, slots=True)
class Gaps:
    """What a database lacks of the second wall: tables that are open, and policies that are missing or others."""

    unprotected: tuple[str, ...]
    undeclared: tuple[str, ...]
    differing: tuple[str, ...]
    too_much: tuple[str, ...]

    @property
    def tables(self) -> tuple[str, ...]:
        """Every table that is not as declared."""
        return tuple(sorted({*self.unprotected, *self.undeclared, *self.differing, *self.too_much}))

    def __bool__(self) -> bool:
        return bool(self.tables)


def refuse_who_is_not_bound(database: Database) -> None:
    """Raises UnsafeSettings when the connected user steps past row-level security: a superuser, or BYPASSRLS.

    A database that can not be reached now is not judged: the service says itself that it is not ready.
    """
    if database.is_sqlite:
        return
    try:
        with database.look(NOTHING) as connection:
            unbound = connection.execute(_UNBOUND).scalar()
    except (OperationalError, TimeoutError):
        return
    if unbound:
        raise UnsafeSettings(
            "AMPARO_DATABASE_URL names a superuser of PostgreSQL, or a user with BYPASSRLS, whom row-level security"
            " does not bind. Give the service a user of its own without attributes: see docs/operating/postgresql.md."
        )


def police(connection: Connection) -> None:
    """Protect every table that is there, as declared. The connected user must own the tables."""
    _police_functions(connection)
    found: dict[str, dict[str, str]] = {}
    for row in connection.execute(_FOUND):
        found.setdefault(row.relname, {})[row.polname] = row.mark or ""
    for table in connection.execute(_TABLES).all():
        name = table.relname
        if not (table.relrowsecurity and table.relforcerowsecurity):
            protect = f'ALTER TABLE "{name}" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY'
            connection.exec_driver_sql(protect)
        for statement in _differences(name, found.get(name, {})):
            connection.exec_driver_sql(statement)
    for name, role, privileges in _excess(connection):
        revoke = f'REVOKE {", ".join(privileges)} ON "{name}" FROM {role}'
        connection.exec_driver_sql(revoke)


def _police_functions(connection: Connection) -> None:
    for name in _other_functions(connection):
        statement = FUNCTIONS[name]
        create = statement.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION", 1)
        comment = f"COMMENT ON FUNCTION {name} IS '{_mark(statement)}'"
        connection.exec_driver_sql(create)
        connection.exec_driver_sql(comment)


def _other_functions(connection: Connection) -> list[str]:
    """The names of the functions that are missing or not as declared."""
    return [
        name
        for name, statement in FUNCTIONS.items()
        if connection.execute(_FUNCTION, {"name": name}).scalar() != _mark(statement)
    ]


def open_up(connection: Connection) -> None:
    """Take the second wall away again, for a database that goes back to an older shape."""
    for row in connection.execute(_FOUND).all():
        drop = f'DROP POLICY "{row.polname}" ON "{row.relname}"'
        connection.exec_driver_sql(drop)
    for function in FUNCTIONS:
        drop = f"DROP FUNCTION IF EXISTS {function}"
        connection.exec_driver_sql(drop)
    for table in connection.execute(_TABLES).all():
        disable = f'ALTER TABLE "{table.relname}" DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY'
        connection.exec_driver_sql(disable)


def admit(connection: Connection, role: str) -> None:
    """Grant the serving role what the policies allow and nothing else. The role must be there."""
    name = connection.dialect.identifier_preparer.quote(role)
    tables = [each.relname for each in connection.execute(_TABLES) if each.relname in POLICIES]
    grants = [f'GRANT {", ".join(_allowed(POLICIES[table]))} ON "{table}" TO {name}' for table in tables]
    for grant in (
        f"GRANT USAGE ON SCHEMA public TO {name}",
        *grants,
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {name}",
    ):
        connection.exec_driver_sql(grant)


def admit_to_keystore(connection: Connection, role: str) -> None:
    """Grant the serving role the keystore's rows: it wraps keys anew and destroys them, and changes no table."""
    name = connection.dialect.identifier_preparer.quote(role)
    for grant in (
        f"GRANT USAGE ON SCHEMA keystore TO {name}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA keystore TO {name}",
    ):
        connection.exec_driver_sql(grant)


def gaps(connection: Connection) -> Gaps:
    """How far this database is from what is declared."""
    found = {(row.relname, row.polname): row.mark for row in connection.execute(_FOUND)}
    tables = connection.execute(_TABLES).all()
    wanted = {
        (table.relname, name): _mark(statement) for table in tables for name, statement in _statements(table.relname)
    }
    return Gaps(
        tuple(sorted(each.relname for each in tables if not (each.relrowsecurity and each.relforcerowsecurity))),
        tuple(sorted(each.relname for each in tables if each.relname not in POLICIES)),
        tuple(sorted({table for (table, _), _ in found.items() ^ wanted.items()} | _of_functions(connection))),
        tuple(sorted({table for table, _, _ in _excess(connection)})),
    )


def _of_functions(connection: Connection) -> set[str]:
    """The tables whose policies ask a function that is not as declared."""
    others = [name.partition("(")[0] for name in _other_functions(connection)]
    return {
        table
        for table, policy in POLICIES.items()
        if any(name in (condition or "") for name in others for condition in astuple(policy))
    }


def _allowed(policy: Policy) -> list[str]:
    verbs = (("INSERT", policy.add), ("UPDATE", policy.change), ("DELETE", policy.remove))
    return ["SELECT", *(verb for verb, condition in verbs if condition is not None)]


def _excess(connection: Connection) -> Iterator[tuple[str, str, list[str]]]:
    """Privileges of others than the owner that no policy of the table allows: TRUNCATE on any, UPDATE of the record."""
    for row in connection.execute(_GRANTED).all():
        policy = POLICIES.get(row.relname)
        allowed = {"SELECT"} if policy is None else set(_allowed(policy))
        if excess := sorted(set(row.privileges) - allowed):
            yield row.relname, row.role, excess


def _differences(table: str, have: dict[str, str]) -> Iterator[str]:
    """What makes the policies that a table has (name and mark) those that are declared."""
    wanted = dict(_statements(table))
    same = {name for name, statement in wanted.items() if have.get(name) == _mark(statement)}
    for name in have.keys() - same:
        yield f'DROP POLICY "{name}" ON "{table}"'
    for name in wanted.keys() - same:
        yield wanted[name]
        yield f"COMMENT ON POLICY {name} ON \"{table}\" IS '{_mark(wanted[name])}'"


def _statements(table: str) -> Iterator[tuple[str, str]]:
    """Each policy of a table by its name; a table that nobody declared has none, and so shows no row."""
    policy = POLICIES.get(table)
    if policy is None:
        return
    yield "amparo_read", f'CREATE POLICY amparo_read ON "{table}" FOR SELECT USING ({policy.read})'
    if policy.add is not None:
        yield "amparo_add", f'CREATE POLICY amparo_add ON "{table}" FOR INSERT WITH CHECK ({policy.add})'
    if policy.change is not None:
        change = f"FOR UPDATE USING ({policy.change}) WITH CHECK ({policy.becomes})"
        yield "amparo_change", f'CREATE POLICY amparo_change ON "{table}" {change}'
    if policy.remove is not None:
        yield "amparo_remove", f'CREATE POLICY amparo_remove ON "{table}" FOR DELETE USING ({policy.remove})'


def _mark(statement: str) -> str:
    return _MARK + hashlib.sha256(statement.encode()).hexdigest()[:32]
