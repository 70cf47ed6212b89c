"""The ledger held against itself: every balance from its entries, every entry against its kind, every award."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, not_, or_, select, true
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from app.funds.model import Award, Fund, LedgerAccount, LedgerEntry
from app.funds.rules import FLOWS, OF_AWARD, OF_FUND, AccountKind, AwardStatus, EntryKind


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that does not add up: a code, and the record it was found on."""

    code: str
    record: str
    id: str


@dataclass(frozen=True, slots=True)
class LedgerVerdict:
    """What verifying found. ``intact`` when there is no fault."""

    entries: int
    accounts: int
    faults: tuple[Fault, ...]

    @property
    def intact(self) -> bool:
        return not self.faults


def verify_accounts(session: Session) -> LedgerVerdict:
    """Recompute every balance from the entries and hold funds and awards against them.

    The session must see one state throughout; see ``app.disbursements.reads.verify.verify``.
    """
    return LedgerVerdict(
        entries=session.execute(select(func.count()).select_from(LedgerEntry)).scalar_one(),
        accounts=session.execute(select(func.count()).select_from(LedgerAccount)).scalar_one(),
        faults=(
            *_found(session, "balance.differs", "ledger_account", _differing_accounts()),
            *_found(session, "entry.wrong_accounts", "ledger_entry", _misplaced_entries()),
            *_found(session, "fund.total_differs", "fund", _differing_funds()),
            *_found(session, "award.not_set_aside_once", "award", _awards_set_aside_wrongly()),
            *_found(session, "award.closed_with_money", "award", _closed_awards_with_money()),
            *_sum_of_all(session),
        ),
    )


def _found(session: Session, code: str, record: str, statement: Select[Any]) -> list[Fault]:
    return [Fault(code, record, str(found)) for (found,) in session.execute(statement)]


def _differing_accounts() -> Select[Any]:
    debits, credited = (_sums(col(side)) for side in (LedgerEntry.debit_account_id, LedgerEntry.credit_account_id))
    balance = func.coalesce(debits.c.cents, 0) - func.coalesce(credited.c.cents, 0)
    last_debit, last_credit = func.coalesce(debits.c.last, 0), func.coalesce(credited.c.last, 0)
    last = case((last_debit > last_credit, last_debit), else_=last_credit)
    return (
        select(col(LedgerAccount.id))
        .outerjoin(debits, debits.c.account_id == col(LedgerAccount.id))
        .outerjoin(credited, credited.c.account_id == col(LedgerAccount.id))
        .where(or_(col(LedgerAccount.balance) != balance, col(LedgerAccount.last_entry) != last))
    )


def _sums(side: Any) -> Any:
    """Cents and last entry of one side of all entries, by account."""
    return (
        select(
            side.label("account_id"),
            func.sum(col(LedgerEntry.amount)).label("cents"),
            func.max(col(LedgerEntry.number)).label("last"),
        )
        .group_by(side)
        .subquery()
    )


def _misplaced_entries() -> Select[Any]:
    """Entries between accounts of the wrong kinds, of two allocations, or of another award than they name."""
    to, source = aliased(LedgerAccount, name="debited"), aliased(LedgerAccount, name="credited")
    right_kinds = or_(
        *(
            and_(
                col(LedgerEntry.kind) == kind,
                col(to.kind) == flow.to,
                col(source.kind) == flow.source,
                _one_place(kind, to, source),
            )
            for kind, flow in FLOWS.items()
        )
    )
    return (
        select(col(LedgerEntry.number))
        .join(to, col(to.id) == col(LedgerEntry.debit_account_id))
        .join(source, col(source.id) == col(LedgerEntry.credit_account_id))
        .where(not_(right_kinds))
    )


def _one_place(kind: EntryKind, to: Any, source: Any) -> ColumnElement[bool]:
    flow = FLOWS[kind]
    if not {flow.to, flow.source} & OF_AWARD:
        of_fund = bool({flow.to, flow.source} & OF_FUND)
        one = true() if of_fund else col(to.allocation_id) == col(source.allocation_id)
        return and_(one, col(LedgerEntry.award_id).is_(None))
    same_allocation = col(to.allocation_id) == col(source.allocation_id)
    award = func.coalesce(col(to.award_id), col(source.award_id))
    other_award = func.coalesce(col(source.award_id), col(to.award_id))
    return and_(same_allocation, col(LedgerEntry.award_id) == award, award == other_award)


def _differing_funds() -> Select[Any]:
    given = (
        select(col(LedgerAccount.fund_id), col(LedgerAccount.balance))
        .where(col(LedgerAccount.kind) == AccountKind.GIVER)
        .subquery()
    )
    return (
        select(col(Fund.id))
        .outerjoin(given, given.c.fund_id == col(Fund.id))
        .where(or_(given.c.balance.is_(None), col(Fund.awarded_total) != literal(0) - given.c.balance))
    )


def _awards_set_aside_wrongly() -> Select[Any]:
    set_aside = (
        select(
            col(LedgerEntry.award_id),
            func.count().label("times"),
            func.sum(col(LedgerEntry.amount)).label("cents"),
        )
        .where(col(LedgerEntry.kind) == EntryKind.AWARDED)
        .group_by(col(LedgerEntry.award_id))
        .subquery()
    )
    decided_for = col(Award.status).in_([AwardStatus.APPROVED, AwardStatus.ACTIVE, AwardStatus.CLOSED])
    once = and_(func.coalesce(set_aside.c.times, 0) == 1, set_aside.c.cents == col(Award.amount))
    return (
        select(col(Award.id))
        .outerjoin(set_aside, set_aside.c.award_id == col(Award.id))
        .where(or_(and_(decided_for, not_(func.coalesce(once, False))), and_(not_(decided_for), set_aside.c.times > 0)))
    )


def _closed_awards_with_money() -> Select[Any]:
    return (
        select(col(Award.id))
        .join(LedgerAccount, col(LedgerAccount.award_id) == col(Award.id))
        .where(
            col(Award.status) == AwardStatus.CLOSED,
            col(LedgerAccount.kind).in_([AccountKind.ENCUMBERED, AccountKind.RESERVED]),
            col(LedgerAccount.balance) != 0,
        )
        .distinct()
    )


def _sum_of_all(session: Session) -> list[Fault]:
    """The other sides and all other accounts sum to zero, in each fund."""
    unbalanced = (
        select(col(LedgerAccount.fund_id))
        .group_by(col(LedgerAccount.fund_id))
        .having(func.sum(col(LedgerAccount.balance)) != 0)
    )
    funds: list[UUID] = list(session.execute(unbalanced).scalars())
    return [Fault("fund.unbalanced", "fund", str(each)) for each in funds]
