"""Finding one disbursement through its scope, and how the actor stands to it."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import exists, select
from sqlmodel import col

from app.access.grants import Permission, Reach
from app.access.ties import within
from app.disbursements.model import Disbursement, DisbursementStep
from app.disbursements.rules import DisbursementStatus
from app.disbursements.scope import visible
from app.errors import NotFound
from app.funds.model import Award, Fund, Payee
from app.money import Money
from app.work import Work


@dataclass(frozen=True, slots=True)
class FoundDisbursement:
    """What a verb needs to know of a disbursement before it moves it, and how the actor stands to it."""

    id: UUID
    case_id: UUID
    award_id: UUID
    fund_id: UUID
    allocation_id: UUID
    amount: Money
    status: DisbursementStatus
    bank_reference: str | None
    released_on: date | None
    settled_on: date | None
    payee_partner_id: UUID | None
    time_zone: str
    took_part: bool
    on_the_case: bool


def find(work: Work, permission: Permission, disbursement_id: UUID) -> FoundDisbursement:
    """A disbursement that the actor may use this permission on. Raises NotFound for every other."""
    reach = work.allow(permission)
    row = work.session.execute(
        select(
            col(Disbursement.id),
            col(Disbursement.case_id),
            col(Disbursement.award_id),
            col(Disbursement.fund_id),
            col(Award.allocation_id),
            col(Disbursement.amount),
            col(Disbursement.status),
            col(Disbursement.bank_reference),
            col(Disbursement.released_on),
            col(Disbursement.settled_on),
            col(Payee.partner_id),
            col(Fund.time_zone),
            exists().where(
                col(DisbursementStep.disbursement_id) == col(Disbursement.id),
                col(DisbursementStep.actor_id) == work.actor.id,
                col(DisbursementStep.duty).is_not(None),
            ),
            within(work.actor, Reach.ASSIGNED, col(Disbursement.case_id)),
        )
        .join(Award, col(Award.id) == col(Disbursement.award_id))
        .join(Fund, col(Fund.id) == col(Disbursement.fund_id))
        .join(Payee, col(Payee.id) == col(Disbursement.payee_id))
        .where(col(Disbursement.id) == disbursement_id, visible(work.actor, reach))
    ).one_or_none()
    if row is None:
        raise NotFound
    return FoundDisbursement(*row)


def readable(work: Work, disbursement_id: UUID) -> None:
    """For the door: the actor may see this disbursement. Raises NotFound."""
    find(work, Permission.DISBURSEMENT_READ, disbursement_id)
