"""Finding one run through its scope, and the payments in it as the actor stands to them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from app.access.grants import Permission, Reach
from app.access.ties import within
from app.batches.model import Batch, BatchItem
from app.batches.rules.runs import TO_AN_ACCOUNT, BatchMethod, BatchStatus, Hindrance
from app.batches.scope import visible
from app.cases.model import Case
from app.disbursements.model import Disbursement
from app.disbursements.rules import DisbursementStatus
from app.disbursements.scope import visible as visible_disbursements
from app.errors import NotFound, Refusal
from app.funds.model import Fund, Payee
from app.funds.reads.payees import payable
from app.funds.rules import PayeeKind
from app.money import Money
from app.work import Work


@dataclass(frozen=True, slots=True)
class FoundBatch:
    """What a verb needs to know of a run."""

    id: UUID
    reference: str
    method: BatchMethod
    status: BatchStatus
    effective_on: date
    total: Money
    items: int
    file_modifier: str | None
    digest: str | None
    created_by: UUID
    confirmed_by: UUID | None
    confirmed_at: datetime | None


def find(work: Work, permission: Permission, batch_id: UUID) -> FoundBatch:
    """A run that the actor may use this permission on. Raises NotFound for every other."""
    reach = work.allow(permission)
    row = work.session.execute(
        select(
            col(Batch.id),
            col(Batch.reference),
            col(Batch.method),
            col(Batch.status),
            col(Batch.effective_on),
            col(Batch.total),
            col(Batch.items),
            col(Batch.file_modifier),
            col(Batch.digest),
            col(Batch.created_by),
            col(Batch.confirmed_by),
            col(Batch.confirmed_at),
        ).where(col(Batch.id) == batch_id, visible(reach))
    ).one_or_none()
    if row is None:
        raise NotFound
    return FoundBatch(*row)


def readable(work: Work, batch_id: UUID) -> None:
    """For the door: the actor may see this run. Raises NotFound."""
    find(work, Permission.BATCH_READ, batch_id)


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment that is in a run or may go into one, and how the actor stands to it."""

    id: UUID
    reference: str
    case_id: UUID
    case_reference: str
    fund_id: UUID
    fund: str
    amount: Money
    method: str
    status: DisbursementStatus
    released_on: date | None
    payee_id: UUID
    payee_kind: PayeeKind
    payee_name: str | None
    payee_reference: str
    payee_case_id: UUID | None
    payee_partner_id: UUID | None
    account_end: str | None
    taken: bool
    on_the_case: bool


def _payments(work: Work) -> Select[*tuple[Any, ...]]:
    taken = _in_a_run()
    reach = work.allow(Permission.DISBURSEMENT_READ)
    return (
        select(
            col(Disbursement.id),
            col(Disbursement.reference),
            col(Disbursement.case_id),
            col(Case.reference).label("case_reference"),
            col(Disbursement.fund_id),
            col(Fund.name).label("fund"),
            col(Disbursement.amount),
            col(Disbursement.method),
            col(Disbursement.status),
            col(Disbursement.released_on),
            col(Disbursement.payee_id),
            col(Payee.kind),
            col(Payee.name).label("payee_name"),
            col(Payee.reference).label("payee_reference"),
            col(Payee.case_id).label("payee_case_id"),
            col(Payee.partner_id).label("payee_partner_id"),
            col(Payee.account_end),
            taken,
            within(work.actor, Reach.ASSIGNED, col(Disbursement.case_id)),
        )
        .join(Case, col(Case.id) == col(Disbursement.case_id))
        .join(Fund, col(Fund.id) == col(Disbursement.fund_id))
        .join(Payee, col(Payee.id) == col(Disbursement.payee_id))
        .where(visible_disbursements(work.actor, reach))
        .order_by(col(Disbursement.released_on), col(Disbursement.id))
    )


def payments(work: Work, *which: ColumnElement[bool], limit: int | None = None) -> list[Payment]:
    """The payments in the actor's reach for which all of these are true, by the day of their release."""
    rows = work.session.execute(_payments(work).where(*which).limit(limit)).all()
    return [Payment(*row) for row in rows]


def payments_of(work: Work, batch_id: UUID) -> list[Payment]:
    """The payments of a run that the actor may see, in the run's order."""
    statement = _payments(work).join(BatchItem, col(BatchItem.disbursement_id) == col(Disbursement.id))
    rows = work.session.execute(
        statement.where(col(BatchItem.batch_id) == batch_id).order_by(None).order_by(col(BatchItem.position))
    )
    return [Payment(*row) for row in rows]


def released(method: BatchMethod, fund_ids: Collection[UUID]) -> tuple[ColumnElement[bool], ...]:
    """The payments of this method from these funds that are on their way and in no run."""
    return (
        col(Disbursement.status) == DisbursementStatus.RELEASED,
        col(Disbursement.method) == method.value,
        col(Disbursement.fund_id).in_(fund_ids),
        ~_in_a_run(),
    )


def _in_a_run() -> ColumnElement[bool]:
    item = aliased(BatchItem)  # apart from the items that a statement may list
    return exists().where(col(item.disbursement_id) == col(Disbursement.id), col(item.active))


def hindrance(work: Work, payment: Payment, method: BatchMethod, *, taken: bool = False) -> Hindrance | None:
    """What keeps this payment out of a run of this method that the actor makes or confirms; None when nothing does.

    ``taken`` says that it is in the run already.
    """
    partner = work.actor.partner_id
    found = {
        Hindrance.NOT_RELEASED: payment.status is not DisbursementStatus.RELEASED,
        Hindrance.OTHER_METHOD: payment.method != method.value,
        Hindrance.IN_A_RUN: payment.taken and not taken,
        Hindrance.NO_ACCOUNT: method in TO_AN_ACCOUNT and payment.account_end is None,
        Hindrance.ON_THE_CASE: payment.on_the_case,
        Hindrance.OF_THE_PAYEE: partner is not None and partner == payment.payee_partner_id,
    }
    first = next((each for each, stands in found.items() if stands), None)
    if first is not None:
        return first
    return None if _is_payable(work, payment.payee_id) else Hindrance.NOT_PAYABLE


def _is_payable(work: Work, payee_id: UUID) -> bool:
    try:
        payable(work, payee_id)
    except Refusal:
        return False
    return True


def funds_of(payments: Sequence[Payment]) -> dict[str, Money]:
    """What these payments come to, by the name of the fund."""
    sums: dict[str, int] = {}
    for each in payments:
        sums[each.fund] = sums.get(each.fund, 0) + each.amount
    return {name: Money(cents) for name, cents in sorted(sums.items())}
