"""Finding one person, hold or erasure through its scope, for the verbs and for the door that asks before them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlmodel import col

from app.access.grants import Permission
from app.applicants.model import Applicant
from app.bonds.model import Bond
from app.bonds.rules import OPEN as OPEN_BONDS
from app.cases.model import Case
from app.disbursements.model import Disbursement
from app.errors import NotFound
from app.intake.model import Application
from app.retention.model import Erasure, Hold
from app.retention.rules import IN_FLIGHT, HoldScope, Matter, matter_of
from app.retention.scope import visible_erasures, visible_holds, within
from app.work import Work

#: The one lock that holds and erasures take turns by, on PostgreSQL. On SQLite there is one writer anyhow.
_TURN: Final = 0x616D_7061_726F_3132


@dataclass(frozen=True, slots=True)
class Target:
    """Whom a hold or an erasure is about, and by which of their cases it was named, if by one."""

    applicant_id: UUID
    case_id: UUID | None


def take_turn(work: Work) -> None:
    """Until this transaction ends no other sets a hold or erases: whoever comes second sees what the first did."""
    if work.session.connection().dialect.name == "postgresql":
        work.session.execute(select(func.pg_advisory_xact_lock(_TURN)))


def target(
    work: Work,
    permission: Permission,
    *,
    applicant_id: UUID | None = None,
    case_id: UUID | None = None,
    reference: str | None = None,
) -> Target:
    """The person that is meant. Raises NotFound when they are absent, erased, or out of the permission's reach."""
    reach = work.allow(permission)
    named: ColumnElement[bool]
    if case_id is not None:
        named = col(Applicant.id).in_(select(col(Case.applicant_id)).where(col(Case.id) == case_id))
    elif applicant_id is not None:
        named = col(Applicant.id) == applicant_id
    else:
        named = or_(
            col(Applicant.reference) == reference,
            col(Applicant.id).in_(select(col(Case.applicant_id)).where(col(Case.reference) == reference)),
            col(Applicant.id).in_(select(col(Application.applicant_id)).where(col(Application.reference) == reference)),
        )
    found = select(col(Applicant.id)).where(named, within(work.actor, reach))
    row = work.session.execute(found).one_or_none()
    if row is None:
        raise NotFound
    if case_id is None and reference is not None:
        case_id = work.session.execute(select(col(Case.id)).where(col(Case.reference) == reference)).scalar()
    return Target(row.id, case_id)


def hold_for(work: Work, permission: Permission, hold_id: UUID) -> Any:
    """A hold the actor may use this permission on, locked where the Work writes. Raises NotFound."""
    reach = work.allow(permission)
    statement = select(
        col(Hold.id),
        col(Hold.scope),
        col(Hold.applicant_id),
        col(Hold.set_by_id),
        col(Hold.lift_asked_by_id),
        col(Hold.lifted_at),
    ).where(col(Hold.id) == hold_id, visible_holds(work.actor, reach))
    return _one(work, statement)


def erasure_for(work: Work, permission: Permission, erasure_id: UUID) -> Any:
    """An erasure the actor may use this permission on, locked where the Work writes. Raises NotFound."""
    reach = work.allow(permission)
    statement = select(
        col(Erasure.id),
        col(Erasure.applicant_id),
        col(Erasure.status),
        col(Erasure.cause),
        col(Erasure.retention_class),
        col(Erasure.asked_by_id),
        col(Erasure.notice_until),
    ).where(col(Erasure.id) == erasure_id, visible_erasures(work.actor, reach))
    return _one(work, statement)


def liftable(work: Work, hold_id: UUID) -> None:
    """For the door: the actor may lift this hold. Raises NotFound."""
    hold_for(work, Permission.HOLD_LIFT, hold_id)


def approvable(work: Work, erasure_id: UUID) -> None:
    """For the door: the actor may approve this erasure. Raises NotFound."""
    erasure_for(work, Permission.ERASURE_APPROVE, erasure_id)


def withdrawable(work: Work, erasure_id: UUID) -> None:
    """For the door: the actor may take back this erasure. Raises NotFound."""
    erasure_for(work, Permission.ERASURE_REQUEST, erasure_id)


def is_held(work: Work, applicant_id: UUID) -> bool:
    """Whether any hold stands that keeps this person's data, whoever may see it."""
    standing = select(held(col(Applicant.id))).where(col(Applicant.id) == applicant_id)
    return bool(work.session.execute(standing).scalar_one())


def held(applicant: Any) -> ColumnElement[bool]:
    """The condition that a standing hold keeps the person in this column."""
    return exists().where(
        col(Hold.lifted_at).is_(None),
        or_(col(Hold.scope) == HoldScope.EVERYTHING, col(Hold.applicant_id) == applicant),
    )


def matters_of(work: Work, applicant_ids: Iterable[UUID]) -> dict[UUID, list[Matter]]:
    """Every application of these people with its case: what it is kept as, and since when."""
    ids = list(applicant_ids)
    rows = work.session.execute(
        select(
            col(Application.applicant_id),
            col(Application.status),
            col(Application.decided_at),
            col(Case.status).label("case_status"),
            col(Case.closed_on),
        )
        .outerjoin(Case, col(Case.id) == col(Application.case_id))
        .where(col(Application.applicant_id).in_(ids))
    )
    found: dict[UUID, list[Matter]] = {each: [] for each in ids}
    for row in rows:
        decided_on: date | None = row.decided_at.astimezone(UTC).date() if row.decided_at else None
        found[row.applicant_id].append(matter_of(row.status, decided_on, row.case_status, row.closed_on))
    return found


def payments_in_flight(work: Work, case_ids: Sequence[UUID]) -> int:
    """How many payments on these cases are still on their way: out, or as bonds that only their obligor gets back."""
    payments = select(func.count()).where(
        col(Disbursement.case_id).in_(case_ids), col(Disbursement.status).in_(IN_FLIGHT)
    )
    bonds = select(func.count()).where(col(Bond.case_id).in_(case_ids), col(Bond.status).in_(OPEN_BONDS))
    return sum(int(work.session.execute(count).scalar_one()) for count in (payments, bonds))


def cases_of(work: Work, applicant_id: UUID) -> list[UUID]:
    """The person's cases, locked where the Work writes: nothing is written on them before it ends."""
    statement = select(col(Case.id)).where(col(Case.applicant_id) == applicant_id).order_by(col(Case.id))
    return list(work.session.execute(statement.with_for_update() if work.writes else statement).scalars())


def _one(work: Work, statement: Any) -> Any:
    row = work.session.execute(statement.with_for_update() if work.writes else statement).one_or_none()
    if row is None:
        raise NotFound
    return row
