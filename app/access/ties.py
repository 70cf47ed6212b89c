"""Ties between people or partners and subjects: written by the rooms that know why, read by every scope."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, bindparam, false, insert, or_, select, update
from sqlalchemy.orm import Mapped
from sqlmodel import Session, col

from app.access.actor import Actor
from app.access.grants import Reach
from app.access.model import Tie, Walled
from app.access.walls import outside
from app.db import UtcTime, new_id

#: The moment at which a statement runs, also one that was built long before.
_NOW: Final = bindparam("tied_at", callable_=lambda: datetime.now(UTC), type_=UtcTime())
#: A tie that holds now. One with an end ends by itself at that moment: no job has to come by.
_HOLDS: Final = and_(col(Tie.until_at).is_(None), or_(col(Tie.ends_at).is_(None), col(Tie.ends_at) > _NOW))


@dataclass(frozen=True, slots=True)
class Held:
    """A person's tie: until when, and by which help, for one that ends by itself."""

    account_id: UUID
    ends_at: datetime | None
    help_id: UUID | None


def tie_person(session: Session, account_id: UUID, subject_ids: Iterable[UUID], now: datetime) -> None:
    """Open a tie from a person to each subject, from ``now``."""
    _open(session, [{"account_id": account_id, "partner_id": None, "subject_id": each} for each in subject_ids], now)


def tie_for_a_time(
    session: Session, help_id: UUID, account_id: UUID, subject_ids: Iterable[UUID], now: datetime, ends_at: datetime
) -> None:
    """Open a helper's tie to each subject from ``now`` to ``ends_at``; ``help_id`` names what it was given by."""
    holder = {"account_id": account_id, "partner_id": None, "help_id": help_id, "ends_at": ends_at}
    _open(session, [holder | {"subject_id": each} for each in subject_ids], now)


def untie_help(session: Session, help_id: UUID, now: datetime) -> None:
    """End what a helper was tied to by ``help_id``, at once; whatever else ties them stays."""
    session.execute(update(Tie).where(col(Tie.help_id) == help_id, col(Tie.until_at).is_(None)).values(until_at=now))


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


def untie_everything(session: Session, account_id: UUID, now: datetime) -> None:
    """End every open tie of a person, whatever it is to and whatever it came from."""
    session.execute(
        update(Tie).where(col(Tie.account_id) == account_id, col(Tie.until_at).is_(None)).values(until_at=now)
    )


def untie_all(session: Session, subject_ids: Iterable[UUID], now: datetime) -> None:
    """End every open tie of these subjects: nobody reaches them any more but by a permission over all records."""
    session.execute(
        update(Tie).where(col(Tie.subject_id).in_(list(subject_ids)), col(Tie.until_at).is_(None)).values(until_at=now)
    )


def within(actor: Actor, reach: Reach, subject: ColumnElement[UUID] | Mapped[UUID]) -> ColumnElement[bool]:
    """The condition that every scope of tied subjects starts from: is the subject in this column within reach now?

    ALL is every subject; PARTNER those tied to the actor's organization; ASSIGNED and OWN those tied to the person.
    Whatever the reach, what the actor is walled off from is not in it.
    """
    if reach is Reach.ALL:
        return outside(actor, subject)
    if reach is Reach.PARTNER:
        if actor.partner_id is None:
            return false()
        # An organization's tie has no end of its own, so the index answers alone.
        held = select(col(Tie.subject_id)).where(col(Tie.until_at).is_(None))
        return and_(subject.in_(held.where(col(Tie.partner_id) == actor.partner_id)), outside(actor, subject))
    held = select(col(Tie.subject_id)).where(_HOLDS, col(Tie.account_id) == actor.id)
    return and_(subject.in_(held), outside(actor, subject))


def people_tied(session: Session, subject_ids: Iterable[UUID]) -> frozenset[tuple[UUID, UUID]]:
    """Who is tied now to which of these subjects: pairs of a person and a subject."""
    rows = session.execute(
        select(col(Tie.account_id), col(Tie.subject_id)).where(
            _HOLDS, col(Tie.account_id).is_not(None), col(Tie.subject_id).in_(list(subject_ids))
        )
    )
    return frozenset((row.account_id, row.subject_id) for row in rows)


def people_with_times(session: Session, subject_id: UUID) -> list[Held]:
    """Who is tied to this subject now and whom no wall keeps away from it, and until when."""
    apart = select(col(Walled.account_id)).where(col(Walled.subject_id) == subject_id, col(Walled.lifted_at).is_(None))
    rows = session.execute(
        select(col(Tie.account_id), col(Tie.ends_at), col(Tie.help_id))
        .where(_HOLDS, col(Tie.subject_id) == subject_id, col(Tie.account_id).is_not(None))
        .where(col(Tie.account_id).not_in(apart))
        .order_by(col(Tie.from_at))
    )
    return [Held(*row) for row in rows]


def is_tied(session: Session, account_id: UUID, subject_id: UUID) -> bool:
    """True when this person is tied to the subject now (a person on a case takes no part in paying it)."""
    found = select(col(Tie.id)).where(col(Tie.account_id) == account_id, col(Tie.subject_id) == subject_id, _HOLDS)
    return session.execute(found).first() is not None


def holds_any(session: Session, account_id: UUID) -> bool:
    """True when this person is tied to anything now; a wall hides a tie from them and does not end it."""
    return (
        session.execute(select(col(Tie.id)).where(col(Tie.account_id) == account_id, _HOLDS).limit(1)).first()
        is not None
    )


def _open(session: Session, holders: Sequence[Mapping[str, object]], now: datetime) -> None:
    unending: dict[str, object] = {"from_at": now, "until_at": None, "ends_at": None, "help_id": None}
    session.execute(insert(Tie), [unending | dict(holder) | {"id": new_id()} for holder in holders])
