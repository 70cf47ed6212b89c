"""Ties between people or partners and subjects: written by the rooms that know why, read by every scope."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, false, insert, select, true, update
from sqlalchemy.orm import Mapped
from sqlmodel import Session, col

from app.access.actor import Actor
from app.access.grants import Reach
from app.access.model import Tie
from app.db import new_id


def tie_person(session: Session, account_id: UUID, subject_ids: Iterable[UUID], now: datetime) -> None:
    """Open a tie from a person to each subject, from ``now``."""
    _open(session, [{"account_id": account_id, "partner_id": None, "subject_id": each} for each in subject_ids], now)


def tie_partner(session: Session, partner_id: UUID, subject_ids: Iterable[UUID], now: datetime) -> None:
    """Open a tie from a partner organization to each subject, from ``now``."""
    _open(session, [{"account_id": None, "partner_id": partner_id, "subject_id": each} for each in subject_ids], now)


def untie_person(session: Session, account_id: UUID, subject_ids: Iterable[UUID], now: datetime) -> None:
    """End a person's open ties; access ends at once, for every later request and every running list."""
    session.execute(
        update(Tie)
        .where(
            col(Tie.account_id) == account_id,
            col(Tie.subject_id).in_(list(subject_ids)),
            col(Tie.until_at).is_(None),
        )
        .values(until_at=now)
    )


def untie_all(session: Session, subject_ids: Iterable[UUID], now: datetime) -> None:
    """End every open tie of these subjects: nobody reaches them any more but by a permission over all records."""
    session.execute(
        update(Tie).where(col(Tie.subject_id).in_(list(subject_ids)), col(Tie.until_at).is_(None)).values(until_at=now)
    )


def within(actor: Actor, reach: Reach, subject: ColumnElement[UUID] | Mapped[UUID]) -> ColumnElement[bool]:
    """The condition that every scope of tied subjects starts from: is the subject in this column within reach now?

    ALL is every subject; PARTNER those tied to the actor's organization; ASSIGNED and OWN those tied to the person.
    """
    if reach is Reach.ALL:
        return true()
    held = select(col(Tie.subject_id)).where(col(Tie.until_at).is_(None))
    if reach is Reach.PARTNER:
        if actor.partner_id is None:
            return false()
        return subject.in_(held.where(col(Tie.partner_id) == actor.partner_id))
    return subject.in_(held.where(col(Tie.account_id) == actor.id))


def people_tied(session: Session, subject_ids: Iterable[UUID]) -> frozenset[tuple[UUID, UUID]]:
    """Who is tied now to which of these subjects: pairs of a person and a subject."""
    rows = session.execute(
        select(col(Tie.account_id), col(Tie.subject_id)).where(
            col(Tie.until_at).is_(None), col(Tie.account_id).is_not(None), col(Tie.subject_id).in_(list(subject_ids))
        )
    )
    return frozenset((row.account_id, row.subject_id) for row in rows)


def is_tied(session: Session, account_id: UUID, subject_id: UUID) -> bool:
    """True when this person is tied to the subject now (a person on a case takes no part in paying it)."""
    found = select(col(Tie.id)).where(
        col(Tie.account_id) == account_id, col(Tie.subject_id) == subject_id, col(Tie.until_at).is_(None)
    )
    return session.execute(found).first() is not None


def _open(session: Session, holders: list[dict[str, UUID | None]], now: datetime) -> None:
    rows = [{"id": new_id(), "from_at": now, "until_at": None, **holder} for holder in holders]
    session.execute(insert(Tie), rows)
