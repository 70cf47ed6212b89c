"""Ethical walls: who is kept away from a matter, whatever their role. They beat every grant and every tie."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Uuid, insert, or_, select, type_coerce, update
from sqlalchemy.orm import Mapped
from sqlmodel import Session, col

from app.access.actor import Actor
from app.access.model import Walled
from app.db import new_id


def outside(actor: Actor, subject: ColumnElement[UUID] | Mapped[UUID]) -> ColumnElement[bool]:
    """The condition that no wall stands between the actor and the subject in this column.

    Every scope of a matter's rows has it, through ``ties.within`` or by itself. The walls of one person are a look
    into a small index, once a statement.
    """
    return subject.not_in(_behind(actor))


def outside_if_any(actor: Actor, subject: ColumnElement[UUID | None] | Mapped[UUID | None]) -> ColumnElement[bool]:
    """The same for a column that may be empty: what is about no subject is behind no wall."""
    return or_(subject.is_(None), type_coerce(subject, Uuid()).not_in(_behind(actor)))


def inside(actor: Actor, subject: ColumnElement[UUID] | Mapped[UUID]) -> ColumnElement[bool]:
    """The condition that a wall stands between the actor and the subject, for figures that leave its name out."""
    return subject.in_(_behind(actor))


def behind(session: Session, actor: Actor, subject_ids: Iterable[UUID]) -> frozenset[UUID]:
    """Of these subjects, those that the actor is walled off from."""
    found = _behind(actor).where(col(Walled.subject_id).in_(list(subject_ids)))
    return frozenset(session.execute(found).scalars())


def walled_from(session: Session, account_id: UUID, subject_id: UUID) -> bool:
    """True when a wall stands between this person and the subject now."""
    found = _standing().where(col(Walled.account_id) == account_id, col(Walled.subject_id) == subject_id)
    return session.execute(found).first() is not None


def has_any(session: Session, account_id: UUID) -> bool:
    """True when a wall stands around anything for this person: most people have none, and need no further look."""
    return session.execute(_standing().where(col(Walled.account_id) == account_id).limit(1)).first() is not None


def put_up(session: Session, wall_id: UUID, account_id: UUID, subject_ids: Iterable[UUID]) -> None:
    """Keep a person away from these subjects, from this moment."""
    _keep(session, [(wall_id, account_id)], subject_ids)


def extend(session: Session, known_id: UUID, subject_id: UUID) -> None:
    """A new subject of a matter (a new case) stands behind every wall around the one that is known."""
    walls = session.execute(
        select(col(Walled.wall_id), col(Walled.account_id)).where(
            col(Walled.subject_id) == known_id, col(Walled.lifted_at).is_(None)
        )
    )
    _keep(session, [(row.wall_id, row.account_id) for row in walls], (subject_id,))


def take_down(session: Session, wall_id: UUID, now: datetime) -> None:
    """Let the person reach again what their role and their ties reach."""
    session.execute(
        update(Walled).where(col(Walled.wall_id) == wall_id, col(Walled.lifted_at).is_(None)).values(lifted_at=now)
    )


def _standing() -> Select[UUID]:
    return select(col(Walled.subject_id)).where(col(Walled.lifted_at).is_(None))


def _behind(actor: Actor) -> Select[UUID]:
    return _standing().where(col(Walled.account_id) == actor.id)


def _keep(session: Session, walls: Iterable[tuple[UUID, UUID]], subject_ids: Iterable[UUID]) -> None:
    rows = [
        {"id": new_id(), "wall_id": wall_id, "account_id": account_id, "subject_id": each, "lifted_at": None}
        for wall_id, account_id in walls
        for each in subject_ids
    ]
    if rows:
        session.execute(insert(Walled), rows)
