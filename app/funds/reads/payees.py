"""Payees as they are shown: accounts masked, private people by reference."""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any
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
from app.crypto import Cell, Group
from app.errors import NotFound
from app.fees.rules import Agency
from app.funds.model import Payee, PayeeAccountChange
from app.funds.rules import AccountChange, PayeeKind, masked_account, payee_name
from app.funds.rules.agencies import agency_named
from app.funds.scope import visible_payees
from app.partners.model import Partner
from app.work import Work


@dataclass(frozen=True, slots=True)
class AccountChangeView:
    """A new account that waits: its last digits, who asked for it, and when."""

    account: str | None
    asked_by: PersonName
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class PayeeView:
    """A payee. ``name`` is a reference when the payee is a private person; ``account`` shows its last digits only."""

    id: UUID
    reference: str
    kind: PayeeKind
    name: str
    partner_id: UUID | None
    partner: str | None
    account: str | None
    #: A change of the account that waits for somebody else to call back; null when none waits.
    account_change: AccountChangeView | None = None
    account_changed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PayeeList:
    items: list[PayeeView]
    next: str | None


_PAYEE: Select[*tuple[Any, ...]] = (
    select(
        col(Payee.id),
        col(Payee.reference),
        col(Payee.kind),
        col(Payee.name),
        col(Payee.partner_id),
        col(Partner.name).label("partner"),
        col(Payee.account_end),
        col(Payee.account_changed_at),
        col(Case.reference).label("case_reference"),
    )
    .outerjoin(Partner, col(Partner.id) == col(Payee.partner_id))
    .outerjoin(Case, col(Case.id) == col(Payee.case_id))
)


def payees(work: Work, limit: int = keyset.DEFAULT_LIMIT, cursor: str | None = None) -> PayeeList:
    """The payees in the actor's reach, newest first; the look is recorded."""
    reach = work.allow(Permission.PAYEE_READ)
    statement = _PAYEE.where(visible_payees(work.actor, reach))
    rows = work.session.execute(keyset.newest_first(statement, col(Payee.id), limit=limit, cursor=cursor)).all()
    page = keyset.page(rows, limit)
    record(work, "payee.listed", object_type="payee", count=len(page.rows))
    return PayeeList([_view(row) for row in page.rows], page.next)


def payee(work: Work, payee_id: UUID) -> PayeeView:
    """One payee. Raises NotFound when it is absent or out of the actor's reach."""
    reach = work.allow(Permission.PAYEE_READ)
    row = work.session.execute(_PAYEE.where(col(Payee.id) == payee_id, visible_payees(work.actor, reach))).one_or_none()
    if row is None:
        raise NotFound
    return replace(_view(row), account_change=_change_of(work, payee_id))


def _change_of(work: Work, payee_id: UUID) -> AccountChangeView | None:
    row = work.session.execute(
        select(
            col(PayeeAccountChange.account_end),
            col(PayeeAccountChange.asked_by),
            col(Account.name),
            col(PayeeAccountChange.asked_at),
        )
        .outerjoin(Account, col(Account.id) == col(PayeeAccountChange.asked_by))
        .where(col(PayeeAccountChange.payee_id) == payee_id, col(PayeeAccountChange.status) == AccountChange.PROPOSED)
    ).one_or_none()
    if row is None:
        return None
    return AccountChangeView(masked_account(row.account_end), PersonName(row.asked_by, row.name or ""), row.asked_at)


@dataclass(frozen=True, slots=True)
class AccountToChange:
    """What a change of an account needs to know of its payee; ``account`` stands sealed."""

    id: UUID
    subject_id: UUID
    case_id: UUID | None
    partner_id: UUID | None
    account: bytes


def account_to_change(work: Work, permission: Permission, payee_id: UUID) -> AccountToChange:
    """A payee in the actor's reach, whose account may be changed. Raises NotFound for every other."""
    work.allow(permission)
    reach = work.allow(Permission.PAYEE_READ)
    columns = (Payee.id, Payee.subject_id, Payee.case_id, Payee.partner_id, Payee.account)
    row = work.session.execute(
        select(*(col(each) for each in columns)).where(
            col(Payee.id) == payee_id, col(Payee.private_name) != b"", visible_payees(work.actor, reach)
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    return AccountToChange(*row)


@dataclass(frozen=True, slots=True)
class PayablePayee:
    """What a disbursement needs to know of its payee; ``case_id`` is set when the payee is that case's client.

    ``account`` is the account as it stands sealed: only its digest is of use above.
    """

    id: UUID
    case_id: UUID | None
    account: bytes
    kind: PayeeKind
    agency: Agency | None
    name: str | None


def payable(work: Work, payee_id: UUID) -> PayablePayee:
    """A payee that the actor may have paid. Raises NotFound when it is absent or out of the actor's reach."""
    reach = work.allow(Permission.PAYEE_READ)
    row = work.session.execute(_payable(reach), filled(work.actor, payee_id=payee_id)).one_or_none()
    if row is None:
        raise NotFound
    found = PayablePayee(*row)
    return replace(found, agency=found.agency or agency_named(found.kind, found.name))


@cache
def _payable(reach: Reach) -> Select[*tuple[Any, ...]]:
    columns = (Payee.id, Payee.case_id, Payee.account, Payee.kind, Payee.agency, Payee.name)
    return select(*(col(each) for each in columns)).where(
        col(Payee.id) == bindparam("payee_id", type_=Uuid()),
        # Nobody pays an account that was erased.
        col(Payee.private_name) != b"",
        visible_payees(ANYBODY, reach),
    )


def _view(row: Any) -> PayeeView:
    return PayeeView(
        id=row.id,
        reference=row.reference,
        kind=row.kind,
        name=payee_name(row.kind, row.name, row.reference, row.case_reference),
        partner_id=row.partner_id,
        partner=row.partner,
        account=masked_account(row.account_end),
        account_changed_at=row.account_changed_at,
    )


def account_asked_for(work: Work, payee: AccountToChange, change_id: UUID, sealed: bytes) -> Any:
    """The account that a change asks for, opened to be sealed in the payee's own place. The caller records it."""
    return work.vault.open(Cell("payee_account_change", "account", change_id, payee.subject_id), Group.PAYEE, sealed)
