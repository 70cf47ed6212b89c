"""What a case has to do with fees: its quotes, waivers and notices."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from app.access.grants import Permission
from app.access.model import Account
from app.audit.actions import record
from app.cases.model import Case, Deadline
from app.cases.reads import PersonName, case_for
from app.cases.rules import CaseStatus, day_in
from app.errors import NotFound
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
    Waivers,
    WaiverState,
    instruments_for,
    line_from,
)
from app.money import Money
from app.work import Work


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


def quotes(work: Work, case_id: UUID) -> QuoteList:
    """The quotes of a case, newest first. Raises NotFound."""
    found = case_for(work, Permission.FEE_QUOTE, case_id)
    rows = work.session.execute(_QUOTES.where(col(FeeQuote.case_id) == case_id).order_by(col(FeeQuote.id).desc())).all()
    _record(work, found.id, found.applicant_id, len(rows))
    return QuoteList([_quote(row) for row in rows], None)


def quote(work: Work, case_id: UUID, quote_id: UUID) -> QuoteView:
    """One quote. Raises NotFound."""
    found = case_for(work, Permission.FEE_QUOTE, case_id)
    row = work.session.execute(
        _QUOTES.where(col(FeeQuote.case_id) == case_id, col(FeeQuote.id) == quote_id)
    ).one_or_none()
    if row is None:
        raise NotFound
    _record(work, found.id, found.applicant_id, 1)
    return _quote(row)


def waivers(work: Work, case_id: UUID) -> WaiverList:
    """The fee waivers of a case, by agency and form. Raises NotFound."""
    found = case_for(work, Permission.FEE_QUOTE, case_id)
    ordered = _WAIVERS.where(col(FeeWaiver.case_id) == case_id).order_by(col(FeeWaiver.agency), col(FeeWaiver.form))
    rows = work.session.execute(ordered).all()
    _record(work, found.id, found.applicant_id, len(rows))
    return WaiverList([_waiver(row) for row in rows], None)


def waiver(work: Work, case_id: UUID, waiver_id: UUID) -> WaiverView:
    """One fee waiver. Raises NotFound."""
    case_for(work, Permission.FEE_QUOTE, case_id)
    row = work.session.execute(
        _WAIVERS.where(col(FeeWaiver.case_id) == case_id, col(FeeWaiver.id) == waiver_id)
    ).one_or_none()
    if row is None:
        raise NotFound
    return _waiver(row)


def waived_on(work: Work, case_id: UUID) -> Waivers:
    """Where the waivers of a case stand, for a verb that has found the case."""
    rows = work.session.execute(
        select(col(FeeWaiver.agency), col(FeeWaiver.form), col(FeeWaiver.state)).where(
            col(FeeWaiver.case_id) == case_id
        )
    )
    return {(row.agency, row.form): row.state for row in rows}


def notices(work: Work, case_id: UUID) -> NoticeList:
    """The fee notices of a case, the newest first. Raises NotFound."""
    found = case_for(work, Permission.FEE_QUOTE, case_id)
    of_case = _NOTICES.where(col(FeeNotice.case_id) == case_id).order_by(col(FeeNotice.id).desc())
    rows = work.session.execute(of_case).all()
    _record(work, found.id, found.applicant_id, len(rows))
    today = day_in(work.now, work.actor.time_zone)
    return NoticeList([_notice(row, today) for row in rows], None)


def notice(work: Work, case_id: UUID, notice_id: UUID, *, may: Permission = Permission.FEE_QUOTE) -> NoticeView:
    """One fee notice of a case that the actor may use this permission on. Raises NotFound."""
    case_for(work, may, case_id)
    row = work.session.execute(
        _NOTICES.where(col(FeeNotice.case_id) == case_id, col(FeeNotice.id) == notice_id)
    ).one_or_none()
    if row is None:
        raise NotFound
    return _notice(row, day_in(work.now, work.actor.time_zone))


def urgent_fees(work: Work, case_ids: Collection[UUID]) -> dict[UUID, UrgentFee]:
    """Which of these cases, all of them in the actor's reach, have a fee with a clock that is not paid: by case.

    The caller has selected the cases under a permission of its own. What runs out first counts.
    """
    if not case_ids:
        return {}
    rows = work.session.execute(
        select(col(FeeNotice.case_id), col(FeeNotice.award_id), col(FeeNotice.due_on))
        .join(Deadline, col(Deadline.id) == col(FeeNotice.deadline_id))
        .join(Case, col(Case.id) == col(FeeNotice.case_id))
        .where(
            col(FeeNotice.case_id).in_(list(case_ids)),
            col(FeeNotice.paid_on).is_(None),
            col(Deadline.completed_at).is_(None),
            col(Case.status) == CaseStatus.OPEN,
        )
        .order_by(col(FeeNotice.due_on).desc())
    )
    today = day_in(work.now, work.actor.time_zone)
    return {row.case_id: UrgentFee(row.case_id, row.award_id, row.due_on, (row.due_on - today).days) for row in rows}


def quotable(work: Work, case_id: UUID) -> None:
    """For the door: the actor may make quotes for this case. Raises NotFound."""
    case_for(work, Permission.FEE_QUOTE, case_id)


def trackable(work: Work, case_id: UUID) -> None:
    """For the door: the actor may enter waivers and notices of this case. Raises NotFound."""
    case_for(work, Permission.FEE_TRACK, case_id)


def changeable_waiver(work: Work, case_id: UUID, waiver_id: UUID) -> int:
    """For the door: the version of a waiver that the actor may change. Raises NotFound."""
    case_for(work, Permission.FEE_TRACK, case_id)
    return waiver(work, case_id, waiver_id).version


def payable(work: Work, case_id: UUID, notice_id: UUID) -> None:
    """For the door: the actor may say that this notice's fee is paid. Raises NotFound."""
    notice(work, case_id, notice_id, may=Permission.FEE_TRACK)


def askable(work: Work, case_id: UUID, notice_id: UUID) -> None:
    """For the door: the actor may ask for money for this notice's fee. Raises NotFound."""
    notice(work, case_id, notice_id, may=Permission.AWARD_REQUEST)


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
_QUOTES = select(*_quote_columns, col(Account.name)).join(Account, col(Account.id) == col(FeeQuote.made_by_id))
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
_WAIVERS = select(*_waiver_columns, col(Account.name)).join(Account, col(Account.id) == col(FeeWaiver.changed_by_id))
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
_NOTICES = select(*_notice_columns).join(Deadline, col(Deadline.id) == col(FeeNotice.deadline_id))


def _quote(row: Any) -> QuoteView:
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


def _waiver(row: Any) -> WaiverView:
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


def _notice(row: Any, today: date) -> NoticeView:
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


def _record(work: Work, case_id: UUID, applicant_id: UUID, count: int) -> None:
    record(work, "case.fees_read", object_type="case", object_id=case_id, subject_id=applicant_id, count=count)
