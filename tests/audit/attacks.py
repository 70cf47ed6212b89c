"""The eleven attacks of somebody who owns the database, each at one position of the record.

They go past the guards (triggers, foreign keys) and are as clever as their knowledge allows: who has no key repairs
everything that needs none; who has the keys repairs everything. Positions count from 1.
"""

import hashlib
import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from app.audit.rules import COVERED, Outcome, merkle_root, message, plain
from app.audit.rules.seals import NOTHING_BEFORE, Head, Seal, leaf
from app.crypto import MacPurpose, Vault
from app.db import new_id
from tests.audit.record import EVENT, LEAF, SEAL, Copy, Record, varied_event

#: What each column of an event is changed to.
CHANGES: dict[str, Callable[[Any], Any]] = {
    "at": lambda value: value.replace(microsecond=(value.microsecond + 1) % 1_000_000),
    "action": lambda value: f"{value}x",
    "outcome": lambda value: Outcome.DONE if value == Outcome.REFUSED else Outcome.REFUSED,
    "actor_id": lambda _: new_id(),
    "session_id": lambda value: new_id() if value is None else None,
    "object_type": lambda _: None,
    "object_id": lambda _: None,
    "subject_id": lambda value: new_id() if value is None else None,
    "groups": lambda value: "" if value else "notes",
    "purpose": lambda value: None if value else "intake",
    "count": lambda value: 0 if value is None else None,
    "request_id": lambda _: "",
    "details": lambda value: value.replace("}", ' "x":1}') if value != "{}" else "{ }",
}


def ids_in_order(connection: Connection) -> list[Any]:
    """The events' ids by position."""
    return list(connection.execute(select(LEAF.c.event_id).order_by(LEAF.c.position)).scalars())


def place(connection: Connection, ids: list[Any]) -> None:
    """Let these events stand at the positions from 1 on, and nothing else."""
    connection.execute(delete(LEAF))
    connection.execute(insert(LEAF), [{"position": i, "event_id": each} for i, each in enumerate(ids, start=1)])


def edit(connection: Connection, event_id: Any, column: str) -> None:
    """Change one column of one event."""
    value = connection.execute(select(EVENT.c[column]).where(EVENT.c.id == event_id)).scalar_one()
    connection.execute(update(EVENT).where(EVENT.c.id == event_id).values({column: CHANGES[column](value)}))


def delete_one(connection: Connection, position: int) -> None:
    """An event and its position disappear."""
    event_id = ids_in_order(connection)[position - 1]
    connection.execute(delete(LEAF).where(LEAF.c.position == position))
    connection.execute(delete(EVENT).where(EVENT.c.id == event_id))


def delete_and_renumber(connection: Connection, position: int) -> None:
    """An event disappears and those after it move up."""
    ids = ids_in_order(connection)
    connection.execute(delete(EVENT).where(EVENT.c.id == ids.pop(position - 1)))
    place(connection, ids)


def swap(connection: Connection, position: int) -> None:
    """An event and its neighbour change places."""
    ids = ids_in_order(connection)
    one, other = (position - 1, position) if position < len(ids) else (position - 2, position - 1)
    ids[one], ids[other] = ids[other], ids[one]
    place(connection, ids)


def insert_one(connection: Connection, position: int) -> None:
    """A made-up event with a made-up MAC appears, and the others move down."""
    ids = ids_in_order(connection)
    genuine = connection.execute(select(EVENT).where(EVENT.c.id == ids[position - 1])).one()
    forged = genuine._asdict() | {"id": new_id(), "mac": genuine.mac[:2] + secrets.token_bytes(32)}
    connection.execute(insert(EVENT), forged)
    ids.insert(position - 1, forged["id"])
    place(connection, ids)


def reseal(connection: Connection, first: int, sign: Vault | None, keep_bounds: bool = True) -> None:
    """Make roots, chain and signatures from seal ``first`` on fit what stands in the record now.

    ``sign`` signs with its own key; without one the old signatures stay.
    """
    ids = ids_in_order(connection)
    macs = {row.id: row.mac for row in connection.execute(select(EVENT.c.id, EVENT.c.mac))}
    previous, ended = NOTHING_BEFORE, 0
    for row in connection.execute(select(SEAL).order_by(SEAL.c.number)).all():
        begin, end = row.first_position, min(row.last_position, len(ids))
        if not keep_bounds:
            begin, end = ended + 1, ended + max(1, min(end, len(ids)) - begin + 1)
        seal = Seal(
            Head(row.number, row.sealed_at, begin, end, row.root, previous, row.key_id),
            row.signature,
        )
        if row.number >= first:
            root = merkle_root([leaf(each, macs[each]) for each in ids[begin - 1 : end]])
            head = Head(row.number, row.sealed_at, begin, end, root, previous, row.key_id)
            seal = Seal(head, sign.sign(head.signed_text().encode()) if sign else row.signature)
            connection.execute(
                update(SEAL)
                .where(SEAL.c.number == row.number)
                .values(first_position=begin, last_position=end, root=root, previous=previous, signature=seal.signature)
            )
        previous, ended = seal.digest(), end


def seal_of(connection: Connection, position: int) -> int:
    """The number of the seal that covers a position."""
    return int(
        connection.execute(
            select(SEAL.c.number).where(SEAL.c.first_position <= position, SEAL.c.last_position >= position)
        ).scalar_one()
    )


def rehash_edit(connection: Connection, position: int, forger: Vault) -> None:
    """Edit without the keys, then repair all that needs none and sign with a key of one's own."""
    event_id = ids_in_order(connection)[position - 1]
    edit(connection, event_id, "action")
    row = connection.execute(select(EVENT).where(EVENT.c.id == event_id)).one()
    mac = row.mac[:2] + hashlib.sha256(message(plain(row._asdict()))).digest()
    connection.execute(update(EVENT).where(EVENT.c.id == event_id).values(mac=mac))
    reseal(connection, seal_of(connection, position), forger)


def rehash_delete(connection: Connection, position: int, forger: Vault) -> None:
    """Delete and renumber without the keys; every MAC that is left is genuine, the signatures are not."""
    number = seal_of(connection, position)
    delete_and_renumber(connection, position)
    reseal(connection, number, forger, keep_bounds=False)


def rewrite(connection: Connection, position: int, vault: Vault, sign: Vault | None) -> None:
    """Edit with the MAC key, and chain again; with ``sign`` the signing key too."""
    event_id = ids_in_order(connection)[position - 1]
    edit_with_key(connection, event_id, vault)
    reseal(connection, seal_of(connection, position), sign)


def edit_with_key(connection: Connection, event_id: Any, vault: Vault) -> None:
    """Edit an event and give it its right MAC."""
    edit(connection, event_id, "action")
    row = connection.execute(select(EVENT).where(EVENT.c.id == event_id)).one()
    mac = vault.mac(MacPurpose.AUDIT, message(plain(row._asdict())))
    connection.execute(update(EVENT).where(EVENT.c.id == event_id).values(mac=mac))


def truncate_from(connection: Connection, position: int) -> int:
    """Cut the record off before the seal that covers the position, cleanly; gives that seal's number."""
    number = seal_of(connection, position)
    first = connection.execute(select(SEAL.c.first_position).where(SEAL.c.number == number)).scalar_one()
    kept = select(LEAF.c.event_id).where(LEAF.c.position < first)
    connection.execute(delete(EVENT).where(EVENT.c.id.not_in(kept)))
    connection.execute(delete(LEAF).where(LEAF.c.position >= first))
    connection.execute(delete(SEAL).where(SEAL.c.number >= number))
    return number


def delete_event(connection: Connection, position: int) -> None:
    """An event disappears, its position stays."""
    connection.execute(delete(EVENT).where(EVENT.c.id == ids_in_order(connection)[position - 1]))


def delete_position(connection: Connection, position: int) -> None:
    """An event loses its position."""
    connection.execute(delete(LEAF).where(LEAF.c.position == position))


def edit_at(connection: Connection, position: int, column: str) -> None:
    """Change one column of the event at a position."""
    edit(connection, ids_in_order(connection)[position - 1], column)


def edit_waiting(connection: Connection, which: int, column: str) -> None:
    """Change one column of an event that is not sealed yet."""
    edit(connection, unsealed_ids(connection)[which], column)


def rewrite_waiting(connection: Connection, which: int, vault: Vault) -> None:
    """Edit an event that is not sealed yet, with the MAC key."""
    edit_with_key(connection, unsealed_ids(connection)[which], vault)


def cut_waiting(connection: Connection, many: int) -> None:
    """The last events that are not sealed yet disappear."""
    connection.execute(delete(EVENT).where(EVENT.c.id.in_(unsealed_ids(connection)[-many:])))


def cut_events(connection: Connection, position: int) -> None:
    """Events and positions from one on disappear, the seals stay."""
    gone = ids_in_order(connection)[position - 1 :]
    connection.execute(delete(LEAF).where(LEAF.c.position >= position))
    connection.execute(delete(EVENT).where(EVENT.c.id.in_(gone)))


def cut_seals(connection: Connection, number: int, leaves_from: int | None = None) -> None:
    """Seals from one on disappear, and the positions from ``leaves_from`` on; the events stay."""
    connection.execute(delete(SEAL).where(SEAL.c.number >= number))
    if leaves_from is not None:
        connection.execute(delete(LEAF).where(LEAF.c.position >= leaves_from))


def add_event(connection: Connection, event: dict[str, Any]) -> None:
    """An event appears that has no position."""
    connection.execute(insert(EVENT), event)


def add_position(connection: Connection, position: int, event: dict[str, Any]) -> None:
    """An event stands at a position that no seal covers; it is made when it is not there."""
    if connection.execute(select(EVENT.c.id).where(EVENT.c.id == event["id"])).first() is None:
        add_event(connection, event)
    connection.execute(insert(LEAF).values(position=position, event_id=event["id"]))


def waiting_of(copy: Copy) -> list[dict[str, Any]]:
    """The events that wait for their seal in a copy of the record."""
    sealed = {row["event_id"] for row in copy["audit_leaf"]}
    return [row for row in copy["audit_event"] if row["id"] not in sealed]


def cut_and_edit(connection: Connection, cut: int, edited: int) -> None:
    """Two things at once."""
    truncate_from(connection, cut)
    edit_at(connection, edited, "action")


def delete_seal(connection: Connection, number: int) -> None:
    """One seal disappears."""
    connection.execute(delete(SEAL).where(SEAL.c.number == number))


def change_seal(connection: Connection, number: int, column: str, change: Callable[[Any], Any]) -> None:
    """One column of a seal is changed."""
    value = connection.execute(select(SEAL.c[column]).where(SEAL.c.number == number)).scalar_one()
    connection.execute(update(SEAL).where(SEAL.c.number == number).values({column: change(value)}))


def set_bound(connection: Connection, number: int, bound: int) -> None:
    """A seal claims to cover up to a position."""
    connection.execute(update(SEAL).where(SEAL.c.number == number).values(last_position=bound))


def empty(connection: Connection) -> None:
    """Everything disappears."""
    for table in (EVENT, LEAF, SEAL):
        connection.execute(delete(table))


def say(connection: Connection, statement: str) -> None:
    """Any statement at all."""
    connection.exec_driver_sql(statement)


def unsealed_ids(connection: Connection) -> list[Any]:
    """The events that wait for their seal."""
    sealed = select(LEAF.c.event_id)
    return list(connection.execute(select(EVENT.c.id).where(EVENT.c.id.not_in(sealed)).order_by(EVENT.c.id)).scalars())


def forged_event(record: Record) -> dict[str, Any]:
    """An event that nobody recorded, with a MAC of the right form."""
    row = varied_event(record.vault, 1)
    return row | {"mac": row["mac"][:2] + secrets.token_bytes(32), "at": datetime.now(UTC)}


COLUMNS = tuple(name for name in COVERED if name != "id")
