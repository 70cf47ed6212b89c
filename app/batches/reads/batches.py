"""Payment runs as they are shown: who did what, totals by fund, and each payment by references."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from app import keyset
from app.access.grants import Permission
from app.access.model import Account
from app.audit.actions import record
from app.batches.model import Batch, BatchDownload
from app.batches.reads.find import Payment, funds_of, hindrance, payments, payments_of, released
from app.batches.rules.runs import MOST_ITEMS, BatchMethod, BatchStatus, BatchVerb, FileKind, Hindrance, kinds_for
from app.batches.scope import visible
from app.cases.reads import PersonName
from app.disbursements.rules import DisbursementStatus
from app.errors import NotFound
from app.funds.model import Fund
from app.funds.rules import masked_account, payee_name
from app.money import Money
from app.work import Work


@dataclass(frozen=True, slots=True)
class FundSum:
    """What one fund pays in a run."""

    fund: str
    amount: Money


@dataclass(frozen=True, slots=True)
class ItemView:
    """A payment of a run, or one that may go into one; ``hindrance`` says why it may not."""

    disbursement_id: UUID
    disbursement: str
    case_id: UUID
    case: str
    fund_id: UUID
    fund: str
    payee: str
    account: str | None
    amount: Money
    status: DisbursementStatus
    released_on: date | None
    hindrance: Hindrance | None


@dataclass(frozen=True, slots=True)
class FileView:
    """A file that the run has, and how often it was taken out."""

    kind: FileKind
    downloads: int
    last_at: datetime | None


@dataclass(frozen=True, slots=True)
class BatchView:
    """A run. ``unnamed`` payments of cases behind a wall are in ``total`` and ``items`` and not in ``payments``.

    ``can`` is what the reader may do with it now.
    """

    id: UUID
    reference: str
    method: BatchMethod
    status: BatchStatus
    effective_on: date
    total: Money
    items: int
    created_at: datetime
    created_by: PersonName
    confirmed_at: datetime | None
    confirmed_by: PersonName | None
    sent_at: datetime | None
    voided_at: datetime | None
    digest: str | None
    funds: list[FundSum]
    payments: list[ItemView]
    unnamed: int
    files: list[FileView]
    can: list[BatchVerb]


@dataclass(frozen=True, slots=True)
class BatchLine:
    """A run in a list."""

    id: UUID
    reference: str
    method: BatchMethod
    status: BatchStatus
    effective_on: date
    total: Money
    items: int
    created_at: datetime
    created_by: PersonName


@dataclass(frozen=True, slots=True)
class BatchList:
    items: list[BatchLine]
    next: str | None


@dataclass(frozen=True, slots=True)
class Candidates:
    """What waits to be put into a run of this method: all released payments of these funds that are in none."""

    items: list[ItemView]
    funds: list[FundSum]
    more: bool


_MAKER, _CONFIRMER = aliased(Account), aliased(Account)
_SELECT: Select[*tuple[Any, ...]] = (
    select(
        col(Batch.id),
        col(Batch.reference),
        col(Batch.method),
        col(Batch.status),
        col(Batch.effective_on),
        col(Batch.total),
        col(Batch.items),
        col(Batch.created_at),
        col(Batch.created_by),
        col(_MAKER.name).label("maker"),
        col(Batch.confirmed_at),
        col(Batch.confirmed_by),
        col(_CONFIRMER.name).label("confirmer"),
        col(Batch.sent_at),
        col(Batch.voided_at),
        col(Batch.digest),
    )
    .join(_MAKER, col(_MAKER.id) == col(Batch.created_by))
    .outerjoin(_CONFIRMER, col(_CONFIRMER.id) == col(Batch.confirmed_by))
)


def batches(
    work: Work, status: BatchStatus | None = None, limit: int = keyset.DEFAULT_LIMIT, cursor: str | None = None
) -> BatchList:
    """The runs, newest first; the look is recorded."""
    statement = _SELECT.where(visible(work.allow(Permission.BATCH_READ)))
    if status is not None:
        statement = statement.where(col(Batch.status) == status)
    rows = work.session.execute(keyset.newest_first(statement, col(Batch.id), limit=limit, cursor=cursor)).all()
    page = keyset.page(rows, limit)
    record(work, "batch.listed", object_type="batch", count=len(page.rows))
    lines = [
        BatchLine(
            row.id,
            row.reference,
            row.method,
            row.status,
            row.effective_on,
            row.total,
            row.items,
            row.created_at,
            PersonName(row.created_by, row.maker),
        )
        for row in page.rows
    ]
    return BatchList(lines, page.next)


def batch(work: Work, batch_id: UUID, *, answering: bool = False) -> BatchView:
    """One run with its payments; the look is recorded unless it answers a verb. Raises NotFound."""
    reach = work.allow(Permission.BATCH_READ)
    row = work.session.execute(_SELECT.where(col(Batch.id) == batch_id, visible(reach))).one_or_none()
    if row is None:
        raise NotFound
    members = payments_of(work, batch_id)
    if not answering:
        record(work, "batch.read", object_type="batch", object_id=batch_id, count=len(members))
    return BatchView(
        id=row.id,
        reference=row.reference,
        method=row.method,
        status=row.status,
        effective_on=row.effective_on,
        total=row.total,
        items=row.items,
        created_at=row.created_at,
        created_by=PersonName(row.created_by, row.maker),
        confirmed_at=row.confirmed_at,
        confirmed_by=None if row.confirmed_by is None else PersonName(row.confirmed_by, row.confirmer),
        sent_at=row.sent_at,
        voided_at=row.voided_at,
        digest=row.digest,
        funds=[FundSum(name, amount) for name, amount in funds_of(members).items()],
        payments=[_item(each) for each in members],
        unnamed=row.items - len(members),
        files=_files(work, row.id, row.method),
        can=_can(work, row),
    )


def candidates(work: Work, method: BatchMethod) -> Candidates:
    """Every released payment of this method that is in no run, with what keeps one out. The look is recorded."""
    work.allow(Permission.BATCH_MAKE)
    funds = list(work.session.execute(select(col(Fund.id))).scalars())
    found = payments(work, *released(method, funds), limit=MOST_ITEMS + 1)
    shown = found[:MOST_ITEMS]
    record(work, "batch.candidates_listed", object_type="batch", count=len(shown))
    items = [_item(each, hindrance(work, each, method)) for each in shown]
    sums = [FundSum(name, amount) for name, amount in funds_of(shown).items()]
    return Candidates(items, sums, len(found) > MOST_ITEMS)


def _item(payment: Payment, hindered: Hindrance | None = None) -> ItemView:
    return ItemView(
        disbursement_id=payment.id,
        disbursement=payment.reference,
        case_id=payment.case_id,
        case=payment.case_reference,
        fund_id=payment.fund_id,
        fund=payment.fund,
        payee=payee_name(payment.payee_kind, payment.payee_name, payment.payee_reference, payment.case_reference),
        account=masked_account(payment.account_end),
        amount=payment.amount,
        status=payment.status,
        released_on=payment.released_on,
        hindrance=hindered,
    )


def _files(work: Work, batch_id: UUID, method: BatchMethod) -> list[FileView]:
    rows = work.session.execute(
        select(col(BatchDownload.kind), func.count().label("times"), func.max(col(BatchDownload.at)).label("last"))
        .where(col(BatchDownload.batch_id) == batch_id)
        .group_by(col(BatchDownload.kind))
    )
    taken = {row.kind: (row.times, row.last) for row in rows}
    return [FileView(kind, *taken.get(kind, (0, None))) for kind in kinds_for(method)]


def _can(work: Work, row: Any) -> list[BatchVerb]:
    may = {
        BatchVerb.CONFIRM: row.status is BatchStatus.DRAFT
        and work.actor.reach(Permission.BATCH_CONFIRM) is not None
        and row.created_by != work.actor.id,
        BatchVerb.SEND: row.status is BatchStatus.CONFIRMED and work.actor.reach(Permission.BATCH_CONFIRM) is not None,
        BatchVerb.VOID: row.status in (BatchStatus.DRAFT, BatchStatus.CONFIRMED)
        and work.actor.reach(Permission.BATCH_MAKE) is not None,
    }
    return [verb for verb, yes in may.items() if yes]
