"""The second wall, looked at without the application: as the role that serves, by the driver alone."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import create_engine, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import IntegrityError
from sqlalchemy.pool import NullPool
from sqlalchemy.types import TypeEngine

from app import tables
from app.access.grants import Permission, Role
from app.access.policies import POLICIES
from app.access.rows import TO_WRITE
from app.access.sights import DOOR, OPERATOR, of_person
from app.db import metadata, open_database
from app.installation import migrate
from app.policing import gaps
from app.sight import NOTHING, OPTION, Sight
from app.staff.reads.people import works_on_cases
from app.web.gate import NOBODY
from tests.postgres import OWNER, SERVING, PostgresServer, as_user
from tests.retention.stage import OF_A_PERSON
from tests.story import said, whole_way
from tests.world import NORTH, SOUTH, World, installation_on_postgres, running

tables.load_all()

#: What everybody who is signed in may read: which funds there are, for what and on which terms, what the government
#: asks for, and the seals over the record, which tell of nobody. No one may add to it or change it.
SHARED: Final = {
    "fund",
    "allocation",
    "programme",
    "fund_terms",
    "fee_schedule",
    "index_key",
    "alembic_version",
    "audit_leaf",
    "audit_seal",
    "audit_tile",
    "audit_checkpoint",
}
#: Digests of who failed to prove who they are, and of questions to browsers: they name nobody and no organization.
NAMELESS: Final = {"challenge", "sign_in_failure"}
#: What an organization sees of these tables are its own rows and those of nobody: counted with the condition.
OWN: Final = {
    "partner": "id = %(partner)s",
    "account": "partner_id IS NULL OR partner_id = %(partner)s",
    "account_role": "account_id IN (SELECT id FROM account WHERE partner_id IS NULL OR partner_id = %(partner)s)",
    "sign_in_session": "account_id IN (SELECT id FROM account WHERE partner_id = %(partner)s)",
}
SETTINGS: Final = ("sees", "actor_id", "partner_id", "key")
#: Roles that look at records, or at none.
LOOKING: Final = (Role.AUDITOR, Role.SYSTEM_ADMINISTRATOR)
VERBS: Final = ("SELECT", "INSERT", "UPDATE", "DELETE")


@pytest.fixture(scope="module")
def walked(postgres: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """An installation in which one case has gone the whole way, at an intake desk and at one legal partner."""
    settings = installation_on_postgres(postgres, tmp_path_factory.mktemp("walked"))
    try:
        with running(settings) as world:
            whole_way(world)
            fill_the_rest(world)
            yield world
    finally:
        postgres.drop(settings.database)


def fill_the_rest(world: World) -> None:
    """A row of the legal partner's in every table that the way left empty: an empty table would prove nothing.

    The rows mean nothing, so what the tables check of themselves is dropped first. Policies are not.
    """
    wall = Wall(world.services.settings.database)
    known = {"partner_id": world.partners[NORTH], "account_id": world.people["attorney"]}
    for table in ("case", "applicant", "application", "disbursement", "award", "sign_in_session", "fund"):
        known[f"{table}_id"] = wall.all_rows(table)[0]["id"]
    known |= {"subject_id": known["case_id"], "session_id": known["sign_in_session_id"]}
    with wall.connect("postgres") as connection:
        connection.execute("SET session_replication_role = replica")  # neither triggers nor foreign keys
        checks = connection.execute(
            "SELECT conrelid::regclass::text, conname FROM pg_constraint"
            " WHERE contype = 'c' AND connamespace = 'public'::regnamespace"
        ).fetchall()
        for table, name in checks:
            connection.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        for each in metadata.sorted_tables:
            if wall.count(connection, each.name) == 0:
                row = {column.name: known.get(column.name, of_type(column.type)) for column in each.columns}
                connection.execute(inserted(each.name, row), list(row.values()))


def of_type(kind: TypeEngine[Any]) -> Any:
    """Any value that a column of this type takes."""
    values = {
        "UUID": uuid4(),
        "TIMESTAMP WITH TIME ZONE": datetime.now(UTC),
        "DATE": date(2026, 1, 1),
        "BYTEA": b"x",
        "BOOLEAN": False,
        "INTEGER": 1,
        "BIGINT": 1,
        "JSON": "[]",
    }
    return values.get(kind.compile(postgresql.dialect()), "x")  # type: ignore[no-untyped-call]  # SQLAlchemy's own


def inserted(table: str, row: dict[str, Any]) -> sql.Composed:
    return sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
        sql.Identifier(table),
        sql.SQL(", ").join(map(sql.Identifier, row)),
        sql.SQL(", ").join(sql.Placeholder() * len(row)),
    )


@dataclass(frozen=True)
class Wall:
    """The database by the driver alone: as the serving role, and as the superuser whom nothing binds."""

    url: str

    def connect(self, user: str) -> "psycopg.Connection[Any]":
        return psycopg.connect(as_user(self.url, user).replace("+psycopg", ""), autocommit=True)

    def all_rows(self, table: str) -> list[dict[str, Any]]:
        with self.connect("postgres") as everything:
            cursor = everything.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(table)))
            names = [each.name for each in cursor.description or ()]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def count(self, connection: "psycopg.Connection[Any]", table: str, condition: str = "true", **values: Any) -> int:
        query = sql.SQL("SELECT count(*) FROM {} WHERE {}").format(sql.Identifier(table), sql.SQL(condition))
        found = connection.execute(query, values).fetchone()
        assert found is not None
        return int(found[0])


@pytest.fixture(scope="module")
def wall(walked: World) -> Wall:
    return Wall(walked.services.settings.database)


def say(connection: "psycopg.Connection[Any]", sight: Sight | None, *, local: bool = True) -> None:
    """Give the settings by hand; None leaves them as a fresh connection has them."""
    for name in SETTINGS if sight is not None else ():
        connection.execute("SELECT set_config(%s, %s, %s)", (f"app.{name}", getattr(sight, name), local))


def of_south(world: World) -> Sight:
    return of_person(world.actor("attorney2"))


def all_tables() -> list[str]:
    return sorted({*metadata.tables, "alembic_version"})


# -- Declared whole ---------------------------------------------------------------------------------------------------
def test_every_table_is_declared_and_nothing_else() -> None:
    assert sorted(POLICIES) == all_tables()


def test_the_catalogue_is_as_declared(wall: Wall) -> None:
    with wall.connect("postgres") as connection:
        tables_found = connection.execute(
            "SELECT relname, relrowsecurity, relforcerowsecurity, relowner::regrole::text FROM pg_class"
            " WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace"
        ).fetchall()
        assert {each[0] for each in tables_found} == set(all_tables())
        assert {each[1:] for each in tables_found} == {(True, True, OWNER)}
        roles = connection.execute(
            "SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = ANY (%s)", [[OWNER, SERVING]]
        )
        assert set(roles.fetchall()) == {(False, False)}
        views = connection.execute(
            "SELECT relname FROM pg_class WHERE relkind IN ('v', 'm') AND relnamespace = 'public'::regnamespace"
            " AND NOT coalesce(reloptions, '{}') && ARRAY['security_invoker=true', 'security_invoker=on']"
        ).fetchall()
        assert views == [], "a view without security_invoker shows what its owner sees"
        definers = connection.execute(
            "SELECT proname FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace"
        ).fetchall()
        assert definers == []


def test_the_serving_role_has_the_least_grants(wall: Wall) -> None:
    with wall.connect(SERVING) as connection:
        for table in all_tables():
            held = {
                verb
                for verb in (*VERBS, "TRUNCATE", "REFERENCES", "TRIGGER")
                if connection.execute("SELECT has_table_privilege(%s, %s)", [f'"{table}"', verb]).fetchone() == (True,)
            }
            policy = POLICIES[table]
            parts = (policy.read, policy.add, policy.change, policy.remove)
            assert held == {verb for verb, part in zip(VERBS, parts, strict=True) if part is not None}, table
    for table in ("audit_event", "audit_leaf", "audit_seal", "ledger_entry", "disbursement_step", "access_review"):
        assert POLICIES[table].change is None
        assert POLICIES[table].remove is None


def test_a_migration_again_changes_nothing_and_a_gap_is_found_and_closed(walked: World) -> None:
    settings = walked.services.settings
    engine = create_engine(settings.owner_database, poolclass=NullPool)
    try:
        with engine.connect() as connection:
            assert not gaps(connection)
        with engine.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE tie NO FORCE ROW LEVEL SECURITY")
            connection.exec_driver_sql("DROP POLICY amparo_read ON applicant")
            connection.exec_driver_sql("CREATE POLICY mine ON partner USING (true)")
            connection.exec_driver_sql("COMMENT ON FUNCTION amparo_colleagues() IS 'another'")
            connection.exec_driver_sql("CREATE TABLE forgotten (id int)")
            connection.exec_driver_sql(f"GRANT TRUNCATE, UPDATE ON audit_event TO {SERVING}")
            found = gaps(connection)
        assert found.unprotected == ("forgotten", "tie")
        assert found.undeclared == ("forgotten",)
        assert set(found.differing) >= {"applicant", "partner", "tie", "passkey"}, (
            "who asks a function is named with it"
        )
        assert "award" not in found.differing
        assert found.too_much == ("audit_event",)
        migrate(settings)
        with engine.begin() as connection:
            assert gaps(connection).undeclared == ("forgotten",)
            connection.exec_driver_sql("DROP TABLE forgotten")
            assert not gaps(connection)
    finally:
        engine.dispose()


# -- Every table, every verb, every way of being nobody or somebody else ----------------------------------------------
@pytest.mark.parametrize("who", ["unset", "empty", "other partner"])
def test_a_statement_without_the_application_gets_no_foreign_row(walked: World, wall: Wall, who: str) -> None:
    sight = {"unset": None, "empty": NOTHING, "other partner": of_south(walked)}[who]
    for table in all_tables():
        if table in NAMELESS and who == "other partner":
            continue
        rows = wall.all_rows(table)
        assert rows, f"{table} is empty, which proves nothing"
        with wall.connect(SERVING) as connection, connection.transaction():
            say(connection, sight)
            expected = 0
            if who == "other partner":
                expected = len(rows) if table in SHARED else 0
                if table in OWN:
                    with wall.connect("postgres") as everything:
                        expected = wall.count(everything, table, OWN[table], partner=walked.partners[SOUTH])
            assert wall.count(connection, table) == expected, table
        assert changed(wall, sight, table) == 0, table
        refused_to_add(wall, sight, table, next(row for row in rows if foreign_to(walked, row)))


def changed(wall: Wall, sight: Sight | None, table: str) -> int:
    """How many foreign rows an update and a deletion of everything reach; a refusal is none."""
    foreign = {
        "partner": "id <> %(partner)s",
        "account": "partner_id IS DISTINCT FROM %(partner)s",
        "account_role": "account_id NOT IN (SELECT id FROM account WHERE partner_id = %(partner)s)",
        "sign_in_session": "account_id NOT IN (SELECT id FROM account WHERE partner_id = %(partner)s)",
    }.get(table, "true")
    values = {"partner": sight.partner_id if sight and sight.partner_id else "00000000-0000-0000-0000-000000000000"}
    reached = 0
    with wall.connect("postgres") as connection:
        columns = connection.execute(sql.SQL("SELECT * FROM {} LIMIT 0").format(sql.Identifier(table))).description
    first = sql.Identifier((columns or [])[-1].name)
    for verb in ("UPDATE {} SET {} = {} WHERE ", "DELETE FROM {} WHERE "):
        query = sql.SQL(verb).format(
            *([sql.Identifier(table), first, first] if "SET" in verb else [sql.Identifier(table)])
        )
        with wall.connect(SERVING) as connection:
            try:
                with connection.transaction(force_rollback=True):
                    say(connection, sight)
                    reached += connection.execute(query + sql.SQL(foreign), values).rowcount
            except psycopg.errors.InsufficientPrivilege:
                continue
    return reached


# -- Words for reading and words for writing --------------------------------------------------------------------------
def test_no_word_for_reading_writes() -> None:
    """A policy that writes asks for a word of those who decide, whatever the words for seeing the same rows are."""
    writing = {
        (name, part): condition
        for name, policy in POLICIES.items()
        for part in ("add", "change", "becomes", "remove")
        if (condition := getattr(policy, part)) is not None
    }
    assert len(writing) > 100
    assert [where for where, condition in writing.items() if any(f"'{word}'" in condition for word in TO_WRITE)] == []
    looking = [of_person(replace(NOBODY, roles=frozenset({role}))).sees.split() for role in LOOKING]
    assert all({"deciding", "working"}.isdisjoint(words) for words in looking)


@pytest.mark.parametrize("who", ["auditor", "reading token"])
def test_who_may_only_look_changes_nothing_by_a_smuggled_statement(walked: World, wall: Wall, who: str) -> None:
    """An auditor sees every record, a token for reading those of its organization: no statement of theirs changes one.

    What is left is somebody's own: their account, sessions, links, questions that they saved.
    """
    actor = walked.actor("auditor")
    if who == "reading token":
        reading = frozenset(each for each in Permission if each.partition(".")[2] in ("read", "access"))
        actor = replace(walked.actor("attorney"), scopes=reading)
    sight, own = of_person(actor), {}
    for table in all_tables():
        if table in NAMELESS:
            continue
        names = wall.all_rows(table)[0].keys()
        whose = next((each for each in ("account_id", "owner_id", "actor_id") if each in names), None)
        own[table] = "id = %(actor)s" if table == "account" else f"{whose} = %(actor)s" if whose else "false"
    assert {table for table, rows in written(wall, sight, own).items() if rows} == set()


def written(wall: Wall, sight: Sight, own: dict[str, str]) -> dict[str, int]:
    """How many rows that are not somebody's own an update or a deletion of everything reaches, by table."""
    reached = dict.fromkeys(own, 0)
    for table, condition in own.items():
        column = list(wall.all_rows(table)[0])[-1]
        for verb in ("UPDATE {0} SET {1} = {1} WHERE NOT ({2})", "DELETE FROM {0} WHERE NOT ({2})"):
            query = sql.SQL(verb).format(sql.Identifier(table), sql.Identifier(column), sql.SQL(condition))
            with wall.connect(SERVING) as connection:
                try:
                    with connection.transaction(force_rollback=True):
                        say(connection, sight)
                        reached[table] += connection.execute(query, {"actor": sight.actor_id}).rowcount
                except psycopg.errors.InsufficientPrivilege:
                    continue
    return reached


def test_who_works_on_cases_changes_no_colleague(walked: World, wall: Wall) -> None:
    """An attorney sees who works beside them, and makes nobody an administrator by a statement."""
    actor = walked.actor("attorney")
    for table, own in (("account", "id"), ("account_role", "account_id"), ("sign_in_session", "account_id")):
        assert written(wall, of_person(actor), {table: f"{own} = %(actor)s"}) == {table: 0}
    given = {"account_id": actor.id, "role": "partner_administrator"}
    for who, refused in (("attorney", True), ("partner_admin", False)):
        with wall.connect(SERVING) as connection, connection.transaction(force_rollback=True):
            say(connection, of_person(walked.actor(who)))
            expected = pytest.raises(psycopg.errors.InsufficientPrivilege) if refused else nullcontext()
            with expected:
                connection.execute(inserted("account_role", given), list(given.values()))


def foreign_to(world: World, row: dict[str, Any]) -> bool:
    """A row that names neither the other partner nor its people."""
    its_own = {world.partners[SOUTH], *(world.people[each] for each in ("attorney2", "partner_admin2", "other_intake"))}
    return its_own.isdisjoint(value for value in row.values() if isinstance(value, UUID))


def refused_to_add(wall: Wall, sight: Sight | None, table: str, row: dict[str, Any]) -> None:
    """A copy of somebody else's row is refused for what it is, before anything else could be said about it."""
    if table == "ledger_entry":
        row = {name: value for name, value in row.items() if name != "number"}
    if "status" in row and table in ("award", "disbursement"):
        row = row | {"status": "requested" if table == "award" else "draft"}
    if table == "ledger_account":
        row = row | {"balance": 0, "last_entry": 0}
    if table == "fund_terms":
        row = row | {"unlock_asked_by": None}
    values = [psycopg.types.json.Json(each) if isinstance(each, (list, dict)) else each for each in row.values()]
    with wall.connect(SERVING) as connection, connection.transaction(force_rollback=True):
        say(connection, sight)
        # Some tables have a guard that speaks before the wall does.
        refusals = (psycopg.errors.InsufficientPrivilege, psycopg.errors.RaiseException)
        with pytest.raises(refusals, match=r"row-level security|permission denied|begins"):
            connection.execute(inserted(table, row), values)


# -- The traps --------------------------------------------------------------------------------------------------------
def test_who_looks_after_the_machine_sees_no_record_of_a_person(walked: World, wall: Wall) -> None:
    sight = of_person(walked.actor("admin"))
    words = ["person", "partners", "staff", "managing", "staffing", "providing", "reviewing"]
    assert sight.sees.split() == words
    money = {"ledger_account", "ledger_entry", "disbursement_step"}
    of_people = {*OF_A_PERSON, *money, "erasure", "temporary_help", "audit_event"}
    with wall.connect(SERVING) as connection, connection.transaction():
        say(connection, sight)
        # Who looks after staff sees that the glass was broken, and by whom.
        assert {each for each in of_people if wall.count(connection, each)} == {"glass_opening"}
        assert wall.count(connection, "tie") == len(wall.all_rows("tie")) > 0
        assert connection.execute("UPDATE tie SET id = id").rowcount == 0
    with walked.act_as("admin", writes=False) as work:
        work.allow(Permission.STAFF_MANAGE)
        assert works_on_cases(work, walked.people["attorney"])
    assert said(walked.admin.get("/retention/waiting"))["noticed"] == 0


def test_what_a_helper_was_tied_to_is_seen_until_the_tie_ends(walked: World, wall: Wall) -> None:
    tie = {"subject_id": wall.all_rows("case")[0]["id"], "account_id": walked.people["attorney2"], "help_id": uuid4()}
    seen = []
    for left in (timedelta(hours=1), timedelta(seconds=-1)):
        now = datetime.now(UTC)
        row = tie | {"id": uuid4(), "from_at": now - timedelta(days=1), "ends_at": now + left}
        with wall.connect("postgres") as connection, connection.transaction(force_rollback=True):
            connection.execute(inserted("tie", row), list(row.values()))
            connection.execute(f"SET LOCAL ROLE {SERVING}")
            say(connection, of_south(walked))
            seen.append(wall.count(connection, "case"))
    assert seen == [1, 0]


def test_the_owner_sees_nothing_either_without_saying_who(wall: Wall) -> None:
    with wall.connect(OWNER) as connection:
        assert [table for table in all_tables() if wall.count(connection, table)] == []


def test_a_setting_that_was_local_is_empty_afterwards_and_breaks_nothing(walked: World, wall: Wall) -> None:
    with wall.connect(SERVING) as connection:
        with connection.transaction():
            say(connection, of_person(walked.actor("attorney")))
            assert wall.count(connection, "case") == 1
        left = connection.execute("SELECT current_setting('app.partner_id', true)").fetchone()
        assert left == ("",), "this is the trap: it is not unset any more"
        assert [table for table in all_tables() if wall.count(connection, table)] == []


def test_a_plain_view_shows_everything_and_an_invokers_view_does_not(wall: Wall) -> None:
    with wall.connect("postgres") as connection, connection.transaction(force_rollback=True):
        connection.execute('CREATE VIEW plain AS SELECT id FROM "case"')
        connection.execute('CREATE VIEW careful WITH (security_invoker = true) AS SELECT id FROM "case"')
        connection.execute(f"GRANT SELECT ON plain, careful TO {SERVING}")
        connection.execute(f"SET LOCAL ROLE {SERVING}")
        assert wall.count(connection, "careful") == 0
        assert wall.count(connection, "plain") == 1, "why a view without security_invoker fails the test above"


def test_what_tells_of_foreign_rows_are_random_references_and_addresses_of_staff(wall: Wall) -> None:
    """A unique constraint looks past every policy, so it may only stand on what says nothing, or is known anyway."""
    telling = re.compile(
        r"reference|digest|challenge|nonce|email|name|subject|tombstone|id$|^(number|position|key|kind|size)$"
    )
    with wall.connect("postgres") as connection:
        found = connection.execute(
            "SELECT c.relname, array_agg(a.attname::text) FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid"
            " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY (i.indkey)"
            " WHERE i.indisunique AND NOT i.indisprimary AND c.relnamespace = 'public'::regnamespace"
            " GROUP BY i.indexrelid, c.relname"
        ).fetchall()
    assert found
    known = SHARED  # a collision there tells what everybody may read
    assert [each for each in found if each[0] not in known and not any(map(telling.search, each[1]))] == []


def test_who_asks_may_be_told_by_any_statement_so_injection_is_not_what_this_wall_is_for(
    walked: World, wall: Wall
) -> None:
    """Shown, so that nobody counts on it: two smuggled statements are one too many for this wall."""
    with wall.connect(SERVING) as connection, connection.transaction():
        say(connection, of_south(walked))
        assert wall.count(connection, "case") == 0
        say(connection, of_person(walked.actor("attorney")))
        assert wall.count(connection, "case") == 1


# -- In the product ---------------------------------------------------------------------------------------------------
def test_no_way_of_the_product_asks_without_saying_who() -> None:
    """Connections come from Database.connect, look and writing(sight): never from an engine, which sees no row."""
    naked = re.compile(r"\b(engine|looking)\.(connect|begin)\(|\.writing\(\)|Session\((bind=)?\w+(\.\w+)*\.engine\b")
    root = Path(__file__).parents[1] / "app"
    of_its_own = {"app/db.py", "app/installation.py", "app/doctor/reads/database.py"}
    # Keys have a database of their own; a backup asks as the tables' owner, who says that they see every row.
    sources = [path for path in root.rglob("*.py") if not {"crypto", "backups"} & set(path.parts)]
    found = [
        f"{path.relative_to(root.parent)}: {line.strip()}"
        for path in sources
        for line in path.read_text(encoding="utf-8").splitlines()
        if naked.search(line) and str(path.relative_to(root.parent)) not in of_its_own
    ]
    assert len(sources) > 100
    assert found == []


def test_an_engine_by_itself_sees_nothing(walked: World) -> None:
    database = open_database(walked.services.settings)
    try:
        for engine in (database.engine, database.looking):
            with engine.connect() as connection:
                assert [t for t in metadata.tables if connection.execute(text(f'SELECT 1 FROM "{t}"')).first()] == []  # noqa: S608 - names of tables
        with database.connect(OPERATOR) as connection:
            assert connection.execute(text('SELECT count(*) FROM "case"')).scalar() == 1
        with database.look(DOOR) as connection:
            assert connection.execute(text('SELECT count(*) FROM "case"')).scalar() == 0
            assert connection.execute(text("SELECT count(*) FROM account")).scalar()
    finally:
        database.engine.dispose()


def test_a_savepoint_that_is_rolled_back_takes_its_sight_along(walked: World) -> None:
    cases = text('SELECT count(*) FROM "case"')
    north, south = of_person(walked.actor("attorney")), of_south(walked)
    with walked.services.database.connect(south) as connection:
        assert connection.execute(cases).scalar() == 0
        inner = connection.begin_nested()
        assert connection.execute(cases, execution_options={OPTION: north}).scalar() == 1
        inner.rollback()
        assert connection.execute(cases).scalar() == 0
        assert connection.execute(cases, execution_options={OPTION: north}).scalar() == 1
        assert connection.execute(cases).scalar() == 0


def test_a_savepoint_that_failed_is_rolled_back_and_its_sight_said_again(walked: World) -> None:
    cases = text('SELECT count(*) FROM "case"')
    again = text("INSERT INTO alembic_version SELECT version_num FROM alembic_version")
    with walked.services.database.connect(of_person(walked.actor("attorney"))) as connection:
        assert connection.execute(cases).scalar() == 1
        with pytest.raises(IntegrityError), connection.begin_nested():
            connection.execute(again, execution_options={OPTION: OPERATOR})
        assert connection.execute(cases).scalar() == 1
        assert connection.execute(text("SELECT count(*) FROM account WHERE partner_id IS NOT NULL")).scalar() == 3


def poison(world: World, sight: Sight) -> None:
    """Leave another's settings on every connection of the pool, for the session and not for a transaction."""
    engine = world.services.database.engine
    held = [engine.raw_connection() for _ in range(world.services.settings.pool_size)]
    for raw in held:
        say(raw.driver_connection, sight, local=False)  # type: ignore[arg-type]  # psycopg's, behind the pool
        raw.commit()
    for raw in held:
        raw.close()


def ask_poisoned(world: World, times: int) -> None:
    paid = world.attorney.get("/disbursements").json()["items"][0]["id"]
    poison(world, OPERATOR)
    with world.services.database.engine.connect() as connection:
        left = connection.execution_options(**{OPTION: NOTHING}).execute(text('SELECT count(*) FROM "case"')).scalar()
        assert left == 0, "the local setting must win also when it is nobody's"

    def ask(turn: int) -> tuple[int, int, int]:
        if turn % 2:
            own = world.attorney.get(f"/disbursements/{paid}")
            return own.status_code, len(world.attorney.get("/cases").json()["items"]), 1
        foreign = world.attorney2.get(f"/disbursements/{paid}")
        return foreign.status_code, len(world.attorney2.get("/cases").json()["items"]), 0

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(ask, range(times))) == {(200, 1, 1), (404, 0, 0)}


def test_a_poisoned_pool_shows_nobody_a_foreign_row(walked: World) -> None:
    ask_poisoned(walked, 100)


@pytest.mark.soak
def test_a_poisoned_pool_shows_nobody_a_foreign_row_in_ten_thousand_requests(walked: World) -> None:
    ask_poisoned(walked, 5000)
