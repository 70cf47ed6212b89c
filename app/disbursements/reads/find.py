"""Finding one disbursement through its scope, and how the actor stands to it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, select
from sqlmodel import col

from app.access.grants import Permission, Reach
from app.access.ties import within
from app.disbursements.model import Disbursement, DisbursementStep
from app.disbursements.rules import (
    Content,
    DisbursementStatus,
    Part,
    Standing,
    Verb,
    digest_of,
    is_the_payee,
    took_part,
)
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
    on_the_case: bool
    is_payee: bool
    changed_account: bool
    content: Content
    approvals: int
    approvals_needed: int
    #: The account as it was when the payment was asked for; None in rows of an older version.
    account_hash: bytes | None
    parts: tuple[Part, ...]
    account_changed_at: datetime | None

    @property
    def version(self) -> int:
        return self.content.version

    @property
    def account_changed(self) -> bool:
        """Whether the payee's account is another one than when the payment was asked for."""
        return self.account_hash is not None and self.account_hash != self.content.account_hash

    def standing(self, verb: Verb, partner_id: UUID | None) -> Standing:
        """How the actor, who belongs to this organization, stands to this verb."""
        return Standing(
            took_part(verb, self.parts, self.version),
            self.on_the_case,
            partner_id,
            self.payee_partner_id,
            self.is_payee,
            self.changed_account,
        )


def find(work: Work, permission: Permission, disbursement_id: UUID) -> FoundDisbursement:
    """A disbursement that the actor may use this permission on. Raises NotFound for every other."""
    reach = work.allow(permission)
    row = work.session.execute(
        _FOUND.add_columns(within(work.actor, Reach.ASSIGNED, col(Disbursement.case_id)).label("on_the_case")).where(
            col(Disbursement.id) == disbursement_id, visible(work.actor, reach)
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    return FoundDisbursement(
        id=row.id,
        case_id=row.case_id,
        award_id=row.award_id,
        fund_id=row.fund_id,
        allocation_id=row.allocation_id,
        amount=row.amount,
        status=row.status,
        bank_reference=row.bank_reference,
        released_on=row.released_on,
        settled_on=row.settled_on,
        payee_partner_id=row.partner_id,
        time_zone=row.time_zone,
        on_the_case=row.on_the_case,
        is_payee=is_the_payee(work.actor.name, row.name),
        changed_account=row.account_changed_by == work.actor.id,
        content=_content(row),
        approvals=row.approvals or 0,
        approvals_needed=row.approvals_needed or 1,
        account_hash=row.account_hash,
        parts=_parts(work, disbursement_id),
        account_changed_at=row.account_changed_at,
    )


_FOUND: Final[Select[*tuple[Any, ...]]] = (
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
        col(Disbursement.payee_id),
        col(Disbursement.method),
        col(Disbursement.memo),
        col(Disbursement.version),
        col(Disbursement.approvals),
        col(Disbursement.approvals_needed),
        col(Disbursement.account_hash),
        col(Payee.name),
        col(Payee.account),
        col(Payee.account_changed_by),
        col(Payee.account_changed_at),
    )
    .join(Award, col(Award.id) == col(Disbursement.award_id))
    .join(Fund, col(Fund.id) == col(Disbursement.fund_id))
    .join(Payee, col(Payee.id) == col(Disbursement.payee_id))
)


def _content(row: Any) -> Content:
    return Content(
        disbursement_id=row.id,
        version=row.version or 1,
        payee_id=row.payee_id,
        account_hash=digest_of(row.account),
        amount=int(row.amount),
        method=row.method,
        fund_id=row.fund_id,
        case_id=row.case_id,
        memo_hash=digest_of(row.memo),
    )


def _parts(work: Work, disbursement_id: UUID) -> tuple[Part, ...]:
    rows = work.session.execute(
        select(col(DisbursementStep.verb), col(DisbursementStep.duty), col(DisbursementStep.version)).where(
            col(DisbursementStep.disbursement_id) == disbursement_id, col(DisbursementStep.actor_id) == work.actor.id
        )
    )
    return tuple(Part(verb, duty, version or 1) for verb, duty, version in rows)


def readable(work: Work, disbursement_id: UUID) -> None:
    """For the door: the actor may see this disbursement. Raises NotFound."""
    find(work, Permission.DISBURSEMENT_READ, disbursement_id)
