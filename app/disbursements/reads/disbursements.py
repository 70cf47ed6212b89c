"""Disbursements as they are shown: by references, with the steps of their lives; memos to the case's attorneys only."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, Uuid, bindparam, select
from sqlmodel import col

from app import keyset
from app.access.anybody import ANYBODY, filled
from app.access.grants import Permission, Reach
from app.access.model import Account
from app.audit.actions import record
from app.cases.model import Case
from app.cases.reads import PersonName
from app.cases.scope import assigned
from app.crypto import Cell, Group
from app.disbursements.model import Disbursement, DisbursementStep
from app.disbursements.reads.filter import DisbursementFilter, narrowed
from app.disbursements.rules import (
    AuthorizationForm,
    Confirmed,
    DisbursementStatus,
    Duty,
    Method,
    ReasonCode,
    Verb,
)
from app.disbursements.scope import visible
from app.errors import NotFound
from app.funds.model import Award, Fund, Payee
from app.funds.rules import Category, PayeeKind, masked_account, payee_name
from app.money import Money
from app.partners.model import Partner
from app.work import Work


@dataclass(frozen=True, slots=True)
class PayeeName:
    """A payee as a disbursement names it: private people by reference, accounts by their last digits."""

    id: UUID
    name: str
    kind: PayeeKind
    account: str | None


@dataclass(frozen=True, slots=True)
class StepView:
    """One step: what, when, by whom (an expiry is nobody's), and the duty that this person took by it."""

    verb: Verb
    at: datetime
    on_day: date
    by: PersonName | None
    duty: Duty | None
    #: Of which version of the payment, and how this person showed that it was them; null where nobody asked.
    version: int
    confirmed: Confirmed | None


@dataclass(frozen=True, slots=True)
class DisbursementView:
    """A disbursement. ``memo`` and ``reason`` open for the case's attorneys, on the single record only.

    ``approvals`` are those of this version, of the ``approvals_needed``.
    """

    id: UUID
    reference: str
    status: DisbursementStatus
    case_id: UUID
    case_reference: str
    award_id: UUID
    award_reference: str
    fund_id: UUID
    fund: str
    category: Category
    partner_id: UUID
    partner: str
    payee: PayeeName
    amount: Money
    method: Method
    requested_on: date
    approved_on: date | None
    released_on: date | None
    settled_on: date | None
    returned_on: date | None
    reversed_on: date | None
    bank_reference: str | None
    reason_code: ReasonCode | None
    reason: str | None
    memo: str | None
    version: int
    approvals: int
    approvals_needed: int
    authorization_form: AuthorizationForm | None
    authorization_number: str | None
    authorization_on: date | None
    steps: list[StepView]


@dataclass(frozen=True, slots=True)
class DisbursementList:
    items: list[DisbursementView]
    next: str | None


_SELECT: Select[*tuple[Any, ...]] = (
    select(
        col(Disbursement.id),
        col(Disbursement.reference),
        col(Disbursement.status),
        col(Disbursement.case_id),
        col(Case.reference).label("case_reference"),
        col(Disbursement.award_id),
        col(Award.reference).label("award_reference"),
        col(Disbursement.fund_id),
        col(Fund.name).label("fund"),
        col(Disbursement.category),
        col(Disbursement.partner_id),
        col(Partner.name).label("partner"),
        col(Disbursement.payee_id),
        col(Payee.kind).label("payee_kind"),
        col(Payee.name).label("payee_name"),
        col(Payee.reference).label("payee_reference"),
        col(Payee.case_id).label("payee_case_id"),
        col(Payee.account_end),
        col(Disbursement.amount),
        col(Disbursement.method),
        col(Disbursement.requested_on),
        col(Disbursement.approved_on),
        col(Disbursement.released_on),
        col(Disbursement.settled_on),
        col(Disbursement.returned_on),
        col(Disbursement.reversed_on),
        col(Disbursement.bank_reference),
        col(Disbursement.reason_code),
        col(Disbursement.version),
        col(Disbursement.approvals),
        col(Disbursement.approvals_needed),
        col(Disbursement.authorization_form),
        col(Disbursement.authorization_number),
        col(Disbursement.authorization_on),
    )
    .join(Case, col(Case.id) == col(Disbursement.case_id))
    .join(Award, col(Award.id) == col(Disbursement.award_id))
    .join(Fund, col(Fund.id) == col(Disbursement.fund_id))
    .join(Partner, col(Partner.id) == col(Disbursement.partner_id))
    .join(Payee, col(Payee.id) == col(Disbursement.payee_id))
)

_STEPS: Final = (
    select(
        col(DisbursementStep.disbursement_id),
        col(DisbursementStep.verb),
        col(DisbursementStep.at),
        col(DisbursementStep.on_day),
        col(DisbursementStep.actor_id),
        col(Account.name),
        col(DisbursementStep.duty),
        col(DisbursementStep.version),
        col(DisbursementStep.confirmed),
    )
    .outerjoin(Account, col(Account.id) == col(DisbursementStep.actor_id))
    .where(col(DisbursementStep.disbursement_id).in_(bindparam("disbursement_ids", expanding=True)))
    .order_by(col(DisbursementStep.id))
)


def disbursements(
    work: Work, which: DisbursementFilter, limit: int = keyset.DEFAULT_LIMIT, cursor: str | None = None
) -> DisbursementList:
    """The disbursements in the actor's reach, newest first unless the filter turns them; the look is recorded."""
    reach = work.allow(Permission.DISBURSEMENT_READ)
    statement = narrowed(_SELECT.where(visible(work.actor, reach)), which)
    ordered = keyset.oldest_first if which.oldest_first else keyset.newest_first
    rows = work.session.execute(ordered(statement, col(Disbursement.id), limit=limit, cursor=cursor)).all()
    page = keyset.page(rows, limit)
    steps = _steps(work, [row.id for row in page.rows])
    record(work, "disbursement.listed", object_type="disbursement", count=len(page.rows))
    return DisbursementList([_view(row, steps[row.id]) for row in page.rows], page.next)


def disbursement(work: Work, disbursement_id: UUID, *, answering: bool = False) -> DisbursementView:
    """One disbursement; the look is recorded, and with it the memo's opening to an attorney of the case.

    ``answering`` a verb that is on record itself, only such an opening is. Raises NotFound when the disbursement is
    absent or out of the actor's reach.
    """
    statement = _one(work.allow(Permission.DISBURSEMENT_READ), work.actor.opens(Group.NOTES) is not None)
    row = work.session.execute(statement, filled(work.actor, disbursement_id=disbursement_id)).one_or_none()
    if row is None:
        raise NotFound
    if row.opens or not answering:
        record(
            work,
            "disbursement.read",
            object_type="disbursement",
            object_id=disbursement_id,
            subject_id=row.case_id,
            groups=(Group.NOTES,) if row.opens else (),
        )
    view = _view(row, _steps(work, [disbursement_id])[disbursement_id])
    return _with_words(work, view, row) if row.opens else view


@cache
def _one(reach: Reach, opens: bool) -> Select[*tuple[Any, ...]]:
    """The statement for everybody of this reach, built once."""
    return _SELECT.add_columns(
        assigned(ANYBODY, opens=opens).label("opens"), col(Disbursement.memo), col(Disbursement.reason)
    ).where(col(Disbursement.id) == bindparam("disbursement_id", type_=Uuid()), visible(ANYBODY, reach))


def _with_words(work: Work, view: DisbursementView, row: Any) -> DisbursementView:
    """The view with its memo and reason opened; the opening is on record."""
    memo, reason = (Cell("disbursement", column, row.id, row.case_id) for column in ("memo", "reason"))
    return replace(
        view,
        memo=work.vault.open(memo, Group.NOTES, row.memo),
        reason=None if row.reason is None else work.vault.open(reason, Group.NOTES, row.reason),
    )


def _steps(work: Work, disbursement_ids: Iterable[UUID]) -> dict[UUID, list[StepView]]:
    rows = work.session.execute(_STEPS, {"disbursement_ids": list(disbursement_ids)})
    found: dict[UUID, list[StepView]] = defaultdict(list)
    for row in rows:
        by = None if row.actor_id is None else PersonName(row.actor_id, row.name)
        found[row.disbursement_id].append(
            StepView(row.verb, row.at, row.on_day, by, row.duty, row.version or 1, row.confirmed)
        )
    return found


def _payee(row: Any) -> PayeeName:
    # A person is paid on their own case only, so that case's reference stands for them.
    stands_for = None if row.payee_case_id is None else row.case_reference
    name = payee_name(row.payee_kind, row.payee_name, row.payee_reference, stands_for)
    return PayeeName(row.payee_id, name, row.payee_kind, masked_account(row.account_end))


def _approvals(row: Any) -> int:
    """How many approved this version; a payment of an older Amparo had one as soon as it was approved."""
    if row.approvals is None:
        return 0 if row.approved_on is None else 1
    return int(row.approvals)


def _view(row: Any, steps: list[StepView]) -> DisbursementView:
    return DisbursementView(
        id=row.id,
        reference=row.reference,
        status=row.status,
        case_id=row.case_id,
        case_reference=row.case_reference,
        award_id=row.award_id,
        award_reference=row.award_reference,
        fund_id=row.fund_id,
        fund=row.fund,
        category=row.category,
        partner_id=row.partner_id,
        partner=row.partner,
        payee=_payee(row),
        amount=row.amount,
        method=row.method,
        requested_on=row.requested_on,
        approved_on=row.approved_on,
        released_on=row.released_on,
        settled_on=row.settled_on,
        returned_on=row.returned_on,
        reversed_on=row.reversed_on,
        bank_reference=row.bank_reference,
        reason_code=row.reason_code,
        reason=None,
        memo=None,
        version=row.version or 1,
        approvals=_approvals(row),
        approvals_needed=row.approvals_needed or 1,
        authorization_form=row.authorization_form,
        authorization_number=row.authorization_number,
        authorization_on=row.authorization_on,
        steps=steps,
    )
