"""Money that moved without a case, or is asked to."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from app import keyset
from app.access.grants import Permission
from app.access.model import Account
from app.audit.actions import record
from app.cases.reads import PersonName
from app.errors import NotFound
from app.funds.model import Fund, FundTransfer
from app.funds.rules import Category, TransferKind, TransferStatus
from app.money import Money
from app.work import Work


@dataclass(frozen=True, slots=True)
class TransferView:
    id: UUID
    kind: TransferKind
    status: TransferStatus
    fund_id: UUID
    fund: str
    to_fund_id: UUID | None
    to_fund: str | None
    category: Category | None
    to_category: Category | None
    amount: Money
    asked_by: PersonName
    asked_at: datetime
    decided_by: PersonName | None
    decided_at: datetime | None


@dataclass(frozen=True, slots=True)
class TransferList:
    items: list[TransferView]
    next: str | None


@dataclass(frozen=True, slots=True)
class FoundTransfer:
    """What a verb needs to know of a transfer before it decides on it."""

    id: UUID
    kind: TransferKind
    fund_id: UUID
    to_fund_id: UUID | None
    category: Category | None
    to_category: Category | None
    amount: Money
    asked_by: UUID


_Asker, _Decider, _To = aliased(Account, name="asked"), aliased(Account, name="decided"), aliased(Fund, name="to_fund")
_TRANSFER: Select[*tuple[Any, ...]] = (
    select(
        *(col(getattr(FundTransfer, name)) for name in ("id", "kind", "status", "fund_id", "to_fund_id", "category")),
        *(col(getattr(FundTransfer, name)) for name in ("to_category", "amount", "asked_by", "asked_at")),
        col(FundTransfer.decided_by),
        col(FundTransfer.decided_at),
        col(Fund.name).label("fund"),
        col(_To.name).label("to_fund"),
        col(_Asker.name).label("asker"),
        col(_Decider.name).label("decider"),
    )
    .join(Fund, col(Fund.id) == col(FundTransfer.fund_id))
    .outerjoin(_To, col(_To.id) == col(FundTransfer.to_fund_id))
    .join(_Asker, col(_Asker.id) == col(FundTransfer.asked_by))
    .outerjoin(_Decider, col(_Decider.id) == col(FundTransfer.decided_by))
)


def transfers(
    work: Work, fund_id: UUID | None = None, limit: int = keyset.DEFAULT_LIMIT, cursor: str | None = None
) -> TransferList:
    """Money that moved, or is asked to move, without a case; newest first. The look is recorded."""
    work.allow(Permission.FUND_READ)
    listed = _TRANSFER
    if fund_id is not None:
        listed = listed.where(or_(col(FundTransfer.fund_id) == fund_id, col(FundTransfer.to_fund_id) == fund_id))
    rows = work.session.execute(keyset.newest_first(listed, col(FundTransfer.id), limit=limit, cursor=cursor)).all()
    page = keyset.page(rows, limit)
    record(work, "transfer.listed", object_type="transfer", count=len(page.rows))
    return TransferList([_view(row) for row in page.rows], page.next)


def transfer(work: Work, transfer_id: UUID) -> TransferView:
    """One of them. Raises NotFound."""
    work.allow(Permission.FUND_READ)
    row = work.session.execute(_TRANSFER.where(col(FundTransfer.id) == transfer_id)).one_or_none()
    if row is None:
        raise NotFound
    return _view(row)


def find_transfer(work: Work, transfer_id: UUID) -> FoundTransfer:
    """A transfer that the actor may decide on. Raises NotFound for every other."""
    work.allow(Permission.FUND_MANAGE)
    row = work.session.execute(_TRANSFER.where(col(FundTransfer.id) == transfer_id)).one_or_none()
    if row is None:
        raise NotFound
    return FoundTransfer(
        row.id, row.kind, row.fund_id, row.to_fund_id, row.category, row.to_category, row.amount, row.asked_by
    )


def decidable(work: Work, transfer_id: UUID) -> None:
    """For the door: this transfer is there. Raises NotFound."""
    find_transfer(work, transfer_id)


def _view(row: Any) -> TransferView:
    return TransferView(
        id=row.id,
        kind=row.kind,
        status=row.status,
        fund_id=row.fund_id,
        fund=row.fund,
        to_fund_id=row.to_fund_id,
        to_fund=row.to_fund,
        category=row.category,
        to_category=row.to_category,
        amount=row.amount,
        asked_by=PersonName(row.asked_by, row.asker),
        asked_at=row.asked_at,
        decided_by=None if row.decided_by is None else PersonName(row.decided_by, row.decider),
        decided_at=row.decided_at,
    )
