"""A case's quotes, waivers and notices as they are shown, and how each is made out of its row."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from app.access.model import Account
from app.cases.model import Deadline
from app.cases.reads import PersonName
from app.fees.model import FeeNotice, FeeQuote, FeeWaiver
from app.fees.rules import (
    EOIR_CODES,
    WAIVER_FORMS,
    AcceptedInstrument,
    Agency,
    Caution,
    QuoteLine,
    Standing,
    WaiverBasis,
    WaiverState,
    instruments_for,
    line_from,
)
from app.money import Money


@dataclass(frozen=True, slots=True)
class PaymentView:
    """One payment of a quote, and what the agency takes for it on the filing day."""

    agency: Agency
    form: str
    amount: Money
    separate: bool
    online_only: bool
    instruments: list[AcceptedInstrument]


@dataclass(frozen=True, slots=True)
class QuoteView:
    """A quote as it was made. ``firm``: money may be asked for it."""

    id: UUID
    case_id: UUID
    filed_on: date
    schedule: int
    digest: str
    lines: list[QuoteLine]
    payments: list[PaymentView]
    total: Money
    waived: Money
    firm: bool
    made_by: PersonName
    made_at: datetime


@dataclass(frozen=True, slots=True)
class QuoteList:
    items: list[QuoteView]
    next: str | None


@dataclass(frozen=True, slots=True)
class WaiverView:
    """A waiver, with the letter that the immigration courts write for its state and the form that asks for it."""

    id: UUID
    agency: Agency
    form: str
    state: WaiverState
    eoir_code: str
    asked_by_form: str
    basis: WaiverBasis | None
    filed_on: date | None
    decided_on: date | None
    changed_by: PersonName
    changed_at: datetime
    version: int


@dataclass(frozen=True, slots=True)
class WaiverList:
    items: list[WaiverView]
    next: str | None


@dataclass(frozen=True, slots=True)
class FeeName:
    """Which fee it is."""

    agency: Agency
    form: str
    item: str


@dataclass(frozen=True, slots=True)
class NoticeView:
    """A fee with a clock. It is over when it was paid, or when its deadline was marked as done."""

    id: UUID
    case_id: UUID
    deadline_id: UUID
    fee: FeeName
    amount: Money
    noticed_on: date
    due_on: date
    days_left: int
    open: bool
    paid_on: date | None
    award_id: UUID | None
    quote_id: UUID | None
    schedule: int
    digest: str


@dataclass(frozen=True, slots=True)
class NoticeList:
    items: list[NoticeView]
    next: str | None


@dataclass(frozen=True, slots=True)
class UrgentFee:
    """That a fee of a case runs out: for who looks after money, without which fee it is."""

    case_id: UUID
    award_id: UUID | None
    due_on: date
    days_left: int


_quote_columns: Any = (
    FeeQuote.id,
    FeeQuote.case_id,
    FeeQuote.filed_on,
    FeeQuote.schedule_number,
    FeeQuote.schedule_digest,
    FeeQuote.snapshot,
    FeeQuote.total,
    FeeQuote.waived,
    FeeQuote.firm,
    FeeQuote.made_by_id,
    FeeQuote.made_at,
)
QUOTES = select(*_quote_columns, col(Account.name)).join(Account, col(Account.id) == col(FeeQuote.made_by_id))
_waiver_columns: Any = (
    FeeWaiver.id,
    FeeWaiver.agency,
    FeeWaiver.form,
    FeeWaiver.state,
    FeeWaiver.basis,
    FeeWaiver.filed_on,
    FeeWaiver.decided_on,
    FeeWaiver.changed_by_id,
    FeeWaiver.changed_at,
    FeeWaiver.version,
)
WAIVERS = select(*_waiver_columns, col(Account.name)).join(Account, col(Account.id) == col(FeeWaiver.changed_by_id))
_notice_columns: Any = (
    FeeNotice.id,
    FeeNotice.case_id,
    FeeNotice.deadline_id,
    FeeNotice.agency,
    FeeNotice.form,
    FeeNotice.item,
    FeeNotice.amount,
    FeeNotice.noticed_on,
    FeeNotice.due_on,
    FeeNotice.paid_on,
    FeeNotice.award_id,
    FeeNotice.quote_id,
    FeeNotice.schedule_number,
    FeeNotice.schedule_digest,
    Deadline.completed_at,
)
NOTICES = select(*_notice_columns).join(Deadline, col(Deadline.id) == col(FeeNotice.deadline_id))


def quote_view(row: Any) -> QuoteView:
    """A row of ``QUOTES`` as it is shown."""
    snapshot = row.snapshot
    lines = [
        QuoteLine(
            line_from(each["line"]),
            Standing(each["standing"]),
            Money.parse(each["asked"]),
            tuple(Caution(caution) for caution in each["cautions"]),
        )
        for each in snapshot["lines"]
    ]
    payments = [
        PaymentView(
            agency=Agency(each["agency"]),
            form=each["form"],
            amount=Money.parse(each["amount"]),
            separate=each["separate"],
            online_only=each["online_only"],
            instruments=list(instruments_for(Agency(each["agency"]), row.filed_on)),
        )
        for each in snapshot["payments"]
    ]
    return QuoteView(
        id=row.id,
        case_id=row.case_id,
        filed_on=row.filed_on,
        schedule=row.schedule_number,
        digest=row.schedule_digest,
        lines=lines,
        payments=payments,
        total=row.total,
        waived=row.waived,
        firm=row.firm,
        made_by=PersonName(row.made_by_id, row.name),
        made_at=row.made_at,
    )


def waiver_view(row: Any) -> WaiverView:
    """A row of ``WAIVERS`` as it is shown."""
    return WaiverView(
        id=row.id,
        agency=row.agency,
        form=row.form,
        state=row.state,
        eoir_code=EOIR_CODES[row.state],
        asked_by_form=WAIVER_FORMS[row.agency],
        basis=row.basis,
        filed_on=row.filed_on,
        decided_on=row.decided_on,
        changed_by=PersonName(row.changed_by_id, row.name),
        changed_at=row.changed_at,
        version=row.version,
    )


def notice_view(row: Any, today: date) -> NoticeView:
    """A row of ``NOTICES`` as it is shown today."""
    return NoticeView(
        id=row.id,
        case_id=row.case_id,
        deadline_id=row.deadline_id,
        fee=FeeName(row.agency, row.form, row.item),
        amount=row.amount,
        noticed_on=row.noticed_on,
        due_on=row.due_on,
        days_left=(row.due_on - today).days,
        open=row.paid_on is None and row.completed_at is None,
        paid_on=row.paid_on,
        award_id=row.award_id,
        quote_id=row.quote_id,
        schedule=row.schedule_number,
        digest=row.schedule_digest,
    )
