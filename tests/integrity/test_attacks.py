"""Kinds of direct edits by the database's owner, each on every table that carries MACs: every one is found."""

import random
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Table, UniqueConstraint

from app.audit.verifying.rows import verify_rows
from app.db import WITNESSED
from app.money import Money
from tests.integrity.attacker import TABLES, Attacker, Row, another, changeable, table
from tests.story import whole_way
from tests.world import World


@pytest.fixture
def attacker(world: World) -> Iterator[Attacker]:
    """The owner of a database in which every table has at least three honest rows."""
    whole_way(world)
    found = Attacker(world)
    found.furnish(3, random.Random(7))
    assert findings(world) == []
    yield found
    found.engine.dispose()


def findings(world: World) -> list[tuple[str, str]]:
    """Table and reason of each finding, in the order of tables."""
    verdict = verify_rows(world.services.database, world.services.vault)
    return sorted((each.table, each.reason.name) for each in verdict.faults)


def say(figure: str) -> None:
    """A figure for whoever runs the tests with -s."""
    sys.stdout.write(f"\n{figure}\n")


def covered(of: Table) -> list[str]:
    return [each.name for each in of.columns if each.name not in WITNESSED[of.name] | {"row_mac"}]


def _deleted(attacker: Attacker, of: Table, rows: list[Row]) -> None:
    attacker.remove(of, rows[0])


def _emptied(attacker: Attacker, of: Table, rows: list[Row]) -> None:
    for row in rows:
        attacker.remove(of, row)


def _swapped(attacker: Attacker, of: Table, rows: list[Row]) -> None:
    """Two rows of one table take each other's contents, MACs and all, and keep their ids."""
    keys = {each.name for each in of.primary_key}
    one, two = ({name: value for name, value in row.items() if name not in keys} for row in rows[:2])
    attacker.change(of, rows[0], **{name: value for name, value in two.items() if _may(of, name)})
    attacker.change(of, rows[1], **{name: value for name, value in one.items() if _may(of, name)})


def _may(of: Table, name: str) -> bool:
    """SQLite keeps its unique indexes; what stands in one is not swapped, which leaves more to be found."""
    return not any(name in index.columns for index in of.indexes if index.unique) and name not in {
        column.name
        for constraint in of.constraints
        if isinstance(constraint, UniqueConstraint)
        for column in constraint.columns
    }


def _foreign_mac(attacker: Attacker, of: Table, rows: list[Row]) -> None:
    attacker.change(of, rows[0], row_mac=rows[1]["row_mac"])


def _no_mac(attacker: Attacker, of: Table, rows: list[Row]) -> None:
    attacker.change(of, rows[0], row_mac=None)


def _mac_cut(attacker: Attacker, of: Table, rows: list[Row]) -> None:
    attacker.change(of, rows[0], row_mac=rows[0]["row_mac"][:9])


def _stamp_later(attacker: Attacker, of: Table, rows: list[Row]) -> None:
    mac = rows[0]["row_mac"]
    attacker.change(of, rows[0], row_mac=(int.from_bytes(mac[:8], "big") + 1).to_bytes(8, "big") + mac[8:])


def _invented(attacker: Attacker, of: Table, rows: list[Row]) -> None:
    attacker.add(of, _anew(of, rows[0]) | {"row_mac": None})


def _copied(attacker: Attacker, of: Table, rows: list[Row]) -> None:
    """A copy of a row under a new key, with the MAC of the first."""
    attacker.add(of, _anew(of, rows[0]))


def _other(name: str) -> Callable[[Row], Any]:
    """Another word of the column's own list."""

    def choose(row: Row) -> Any:
        of = next(each for each in TABLES if {name, *row} == {each.name for each in each.columns})
        return another(of.columns[name], row[name], random.Random(2))

    return choose


def _anew(of: Table, row: Row) -> Row:
    chance = random.Random(3)
    fresh = {
        name: another(of.columns[name], value, chance)
        for name, value in row.items()
        if name in {each.name for each in of.primary_key} or not _may(of, name)
    }
    return row | fresh


#: Words, table, and what the row is made to say.
SCENES: list[tuple[str, str, dict[str, Any]]] = [
    ("an administrator's role for oneself", "account_role", {"role": _other("role")}),
    ("somebody else's organization", "account", {"partner_id": None}),
    ("a suspended person works again", "account", {"status": _other("status")}),
    ("a password that one knows", "account", {"password_hash": "$argon2id$v=19$m=65536"}),
    ("a program becomes a person", "account", {"machine": lambda row: not row["machine"]}),
    ("a session of another account", "sign_in_session", {"account_id": lambda _: uuid4()}),
    ("a session that never ends", "sign_in_session", {"ends_at": datetime(2099, 1, 1, tzinfo=UTC)}),
    ("a session as if with a passkey", "sign_in_session", {"methods": "passkey verified"}),
    ("a token that may do everything", "token", {"scopes": None}),
    ("a passkey of one's own", "passkey", {"public_key": b"a public key of one's own"}),
    ("a passkey's counter set back", "passkey", {"counter": 0}),
    ("a program's scopes widened", "client", {"scopes": "applicant.reveal"}),
    ("a program's secret of one's own", "client_secret", {"digest": b"x" * 32}),
    ("an identity provider of one's own", "identity_provider", {"issuer": "https://id.example.net"}),
    ("a suspended organization works again", "partner", {"active": lambda row: not row["active"]}),
    ("a tie that does not end", "tie", {"ends_at": datetime(2099, 1, 1, tzinfo=UTC), "until_at": None}),
    ("a case in other hands", "tie", {"subject_id": lambda _: uuid4()}),
    ("a wall is lifted", "walled", {"lifted_at": datetime(2026, 1, 1, tzinfo=UTC)}),
    ("a case of another organization", "case", {"partner_id": lambda _: uuid4()}),
    ("another attorney is assigned", "assignment", {"attorney_id": lambda _: uuid4()}),
    ("temporary help goes on", "temporary_help", {"ends_at": datetime(2099, 1, 1, tzinfo=UTC)}),
    ("an emergency opening was reviewed", "glass_opening", {"reviewed_by": lambda _: uuid4()}),
    ("a hold is lifted", "hold", {"lifted_at": datetime(2026, 1, 1, tzinfo=UTC)}),
    ("an erasure is approved", "erasure", {"approved_by_id": lambda _: uuid4()}),
    ("an award grows", "award", {"amount": lambda row: Money(int(row["amount"]) + 100_000)}),
    ("a payment grows", "disbursement", {"amount": lambda row: Money(int(row["amount"]) * 10)}),
    ("a payment to somebody else", "disbursement", {"payee_id": lambda _: uuid4()}),
    ("a payee with another account", "payee", {"account": b"an account of one's own"}),
    ("somebody else approved", "disbursement_step", {"actor_id": lambda _: uuid4()}),
    ("an entry of another amount", "ledger_entry", {"amount": lambda row: Money(int(row["amount"]) + 1)}),
    ("an entry to another account", "ledger_entry", {"credit_account_id": lambda _: uuid4()}),
    ("a conflict that was none", "conflict_check", {"checked_by_id": lambda _: uuid4()}),
    ("a rule's exception is granted", "override", {"decided_by_id": lambda _: uuid4()}),
    ("consent that was not given", "application", {"consent_share": lambda row: not row["consent_share"]}),
]

KINDS: dict[str, Callable[[Attacker, Table, list[Row]], Any]] = {
    each.__name__.strip("_"): each
    for each in (_deleted, _emptied, _swapped, _foreign_mac, _no_mac, _mac_cut, _stamp_later, _invented, _copied)
}


def test_what_the_owner_of_the_database_changes_is_found(attacker: Attacker) -> None:
    """Every kind of edit in every table, every column of every table, and states that were true once."""
    before = attacker.snapshot()
    edits = sum(_found_of_kind(attacker, kind, before) for kind in KINDS)
    edits += _found_of_columns(attacker, before)
    scenes = _found_of_scenes(attacker, before)
    assert findings(attacker.world) == [], "everything was put back"
    edits += _found_of_older(attacker, before)
    kinds = len(KINDS) + len(SCENES) + 4
    say(f"{kinds} kinds, {edits + scenes} edits in {len(TABLES)} tables: all of them found")
    assert kinds >= 30


def _found_of_kind(attacker: Attacker, kind: str, before: dict[str, list[Row]]) -> int:
    """One kind of edit, in every table at once; a role has nothing to swap, and its copy is a role invented."""
    struck = {of.name for of in TABLES if of.name != "account_role" or kind not in ("swapped", "copied")}
    for name in struck:
        KINDS[kind](attacker, table(name), before[name])
    assert {name for name, _ in findings(attacker.world)} == struck, kind
    for name in struck:
        attacker.put(table(name), before[name])
    return len(struck)


def _found_of_columns(attacker: Attacker, before: dict[str, list[Row]]) -> int:
    """One column of one row is changed, in every table at once; then the next column."""
    chance = random.Random(1)
    count = 0
    for place in range(max(len(covered(each)) for each in TABLES)):
        struck = []
        for of in TABLES:
            if place >= len(covered(of)):
                continue
            name, row = covered(of)[place], chance.choice(before[of.name])
            value = another(of.columns[name], row[name], chance)
            if value != row[name]:  # a word of a list of one has no other
                attacker.change(of, row, **{name: value})
                struck.append(of)
        assert {name for name, _ in findings(attacker.world)} == {each.name for each in struck}
        count += len(struck)
        for of in struck:
            attacker.put(of, before[of.name])
    return count


def _found_of_scenes(attacker: Attacker, before: dict[str, list[Row]]) -> int:
    """What somebody would want who owns the database; scenes in different tables are looked at together."""
    waiting = list(SCENES)
    while waiting:
        together = {name: (words, name, values) for words, name, values in reversed(waiting)}
        for _, name, values in together.values():
            row = before[name][0]
            said = {each: value(row) if callable(value) else value for each, value in values.items()}
            attacker.change(table(name), row, **said)
        assert {name for name, _ in findings(attacker.world)} == set(together), together
        for name in together:
            attacker.put(table(name), before[name])
        waiting = [each for each in waiting if each not in together.values()]
    return len(SCENES)


def _found_of_older(attacker: Attacker, before: dict[str, list[Row]]) -> int:
    """A whole row as it truly was, with the MAC that it truly had: put back, worked on from there, deleted, doubled."""
    chance = random.Random(5)
    changed = [of for of in TABLES if changeable(of) is not None]
    attacker.worked(chance)
    now = attacker.snapshot()
    for of in changed:
        attacker.put(of, before[of.name])
    assert findings(attacker.world) == sorted((of.name, "OLDER") for of in changed)
    attacker.worked(chance)
    forked = {name for name, reason in findings(attacker.world) if reason == "FORKED"}
    assert forked == {of.name for of in changed}
    for of in changed:
        attacker.put(of, now[of.name])
    return 2 * len(changed) + _found_of_deleted(attacker)


def _found_of_deleted(attacker: Attacker) -> int:
    """A role that the program took away comes back whole; a payment's entry stands there twice."""
    role, entry = table("account_role"), table("ledger_entry")
    row = attacker.rows(role)[0]
    with attacker.honest.begin() as connection:
        connection.execute(role.delete().where(role.c.account_id == row["account_id"]))
    attacker.add(role, row)
    attacker.add(entry, attacker.rows(entry)[0] | {"number": 900})
    found = findings(attacker.world)
    assert ("account_role", "AGAIN") in found
    assert ("ledger_entry", "TWICE") in found
    return 2
