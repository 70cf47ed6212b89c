"""The money of one case: its awards and what was paid out of them, in one statement."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Row,
    Select,
    String,
    bindparam,
    cast,
    literal,
    null,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy import Date as SqlDate
from sqlalchemy import Uuid as SqlUuid
from sqlmodel import col

from app.access.anybody import ANYBODY, filled
from app.access.grants import Permission, Reach
from app.db import Cents
from app.disbursements.model import Disbursement, DisbursementStep
from app.disbursements.rules import DisbursementStatus, Method, Verb
from app.disbursements.scope import visible as visible_disbursements
from app.funds.model import Award, Fund, LedgerAccount
from app.funds.rules import AccountKind, AwardStatus, Category
from app.funds.scope import visible_awards
from app.money import Money
from app.work import Work


@dataclass(frozen=True, slots=True)
class FundName:
    id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class CaseAward:
    """An award on a case, and where its money stands.

    ``asked`` is in disbursements that nobody has approved yet, ``approved`` in approved ones that are not settled,
    ``paid`` was settled, ``available`` is what disbursements may still ask for. An open award's amount is the sum of
    the four.
    """

    id: UUID
    reference: str
    status: AwardStatus
    fund: FundName
    category: Category
    amount: Money
    asked: Money
    approved: Money
    paid: Money
    available: Money
    requested_on: date
    decided_on: date | None
    closed_on: date | None


@dataclass(frozen=True, slots=True)
class CaseDisbursement:
    """A payment out of an award of a case."""

    id: UUID
    reference: str
    award_id: UUID
    status: DisbursementStatus
    category: Category
    amount: Money
    method: Method
    requested_on: date
    approved_on: date | None
    rejected_on: date | None
    released_on: date | None
    settled_on: date | None
    returned_on: date | None
    reversed_on: date | None
    expired_on: date | None


@dataclass(frozen=True, slots=True)
class CaseMoney:
    """``awarded`` is what was set aside and not refused; ``paid`` is what was settled and did not come back.

    ``requested`` is in awards that nobody has decided about; the others are the awards' sums.
    """

    requested: Money
    awarded: Money
    asked: Money
    approved: Money
    paid: Money
    available: Money
    awards: list[CaseAward] = field(default_factory=list)
    disbursements: list[CaseDisbursement] = field(default_factory=list)


#: The columns of both kinds of row, and the type of the NULL that stands where a kind has none.
_COLUMNS: Final[dict[str, Any]] = {
    "status": String(),
    "category": String(),
    "amount": Cents(),
    "available": Cents(),
    "paid": Cents(),
    "other_id": SqlUuid(),
    "words": String(),
    "requested_on": SqlDate(),
    "second_on": SqlDate(),
    "third_on": SqlDate(),
    "settled_on": SqlDate(),
    "returned_on": SqlDate(),
    "reversed_on": SqlDate(),
    "ended_on": SqlDate(),
}

#: Disbursements that hold money of their award: before somebody approved them, and after.
_ASKED: Final = frozenset({DisbursementStatus.DRAFT, DisbursementStatus.SUBMITTED})
_APPROVED: Final = frozenset({DisbursementStatus.APPROVED, DisbursementStatus.RELEASED})
#: Awards that set money aside, or did until they were closed.
_GRANTED: Final = frozenset({AwardStatus.APPROVED, AwardStatus.ACTIVE, AwardStatus.CLOSED})


def money_of_case(work: Work, case_id: UUID) -> CaseMoney | None:
    """The awards and disbursements of a case as far as the actor reaches them; None for who may not see money."""
    awards_reach = work.actor.reach(Permission.AWARD_READ)
    reach = work.actor.reach(Permission.DISBURSEMENT_READ)
    if awards_reach is None or reach is None:
        return None
    given = filled(work.actor, case_id=case_id)
    rows = work.session.connection().execute(_statement(awards_reach, reach), given).all()
    paid = sorted((_disbursement(row) for row in rows if row.what == "disbursement"), key=lambda each: each.id)
    awards = sorted((_award(row, paid) for row in rows if row.what == "award"), key=lambda each: each.id)
    return CaseMoney(
        requested=Money(sum(each.amount for each in awards if each.status is AwardStatus.REQUESTED)),
        awarded=Money(sum(each.amount for each in awards if each.status in _GRANTED)),
        asked=Money(sum(each.asked for each in awards)),
        approved=Money(sum(each.approved for each in awards)),
        paid=Money(sum(each.paid for each in awards)),
        available=Money(sum(each.available for each in awards)),
        awards=awards,
        disbursements=paid,
    )


@cache
def _statement(awards_reach: Reach, reach: Reach) -> CompoundSelect[*tuple[Any, ...]]:
    """The statement for everybody of these reaches, built once."""
    case_id = bindparam("case_id", type_=SqlUuid())
    return union_all(
        _AWARDS.where(col(Award.case_id) == case_id, visible_awards(ANYBODY, awards_reach)),
        _DISBURSEMENTS.where(col(Disbursement.case_id) == case_id, visible_disbursements(ANYBODY, reach)),
    )


def _rows(what: str, table: type[Award] | type[Disbursement], **columns: Any) -> Select[*tuple[Any, ...]]:
    return select(
        literal(what, String).label("what"),
        col(table.id),
        col(table.reference),
        *(columns.get(name, cast(null(), kind)).label(name) for name, kind in _COLUMNS.items()),
    )


def _balance(kind: AccountKind) -> ColumnElement[Money]:
    return (
        select(col(LedgerAccount.balance))
        .where(col(LedgerAccount.award_id) == col(Award.id), col(LedgerAccount.kind) == kind)
        .correlate(Award)
        .scalar_subquery()
    )


def _ended() -> ColumnElement[date]:
    """The day on which a disbursement was rejected or expired: it is written in the step, not in the row."""
    return (
        select(col(DisbursementStep.on_day))
        .where(
            col(DisbursementStep.disbursement_id) == col(Disbursement.id),
            col(DisbursementStep.verb).in_((Verb.REJECT, Verb.EXPIRE)),
        )
        .correlate(Disbursement)
        .limit(1)
        .scalar_subquery()
    )


_AWARDS: Final = _rows(
    "award",
    Award,
    status=type_coerce(col(Award.status), String()),
    category=type_coerce(col(Award.category), String()),
    amount=col(Award.amount),
    available=_balance(AccountKind.ENCUMBERED),
    paid=_balance(AccountKind.PAID),
    other_id=col(Fund.id),
    words=col(Fund.name),
    requested_on=col(Award.requested_on),
    second_on=col(Award.decided_on),
    third_on=col(Award.closed_on),
).join(Fund, col(Fund.id) == col(Award.fund_id))

_DISBURSEMENTS: Final = _rows(
    "disbursement",
    Disbursement,
    status=type_coerce(col(Disbursement.status), String()),
    category=type_coerce(col(Disbursement.category), String()),
    amount=col(Disbursement.amount),
    other_id=col(Disbursement.award_id),
    words=type_coerce(col(Disbursement.method), String()),
    requested_on=col(Disbursement.requested_on),
    second_on=col(Disbursement.approved_on),
    third_on=col(Disbursement.released_on),
    settled_on=col(Disbursement.settled_on),
    returned_on=col(Disbursement.returned_on),
    reversed_on=col(Disbursement.reversed_on),
    ended_on=_ended(),
)


def _award(row: Row[*tuple[Any, ...]], disbursements: Sequence[CaseDisbursement]) -> CaseAward:
    own = [each for each in disbursements if each.award_id == row.id]
    return CaseAward(
        id=row.id,
        reference=row.reference,
        status=AwardStatus(row.status),
        fund=FundName(row.other_id, row.words),
        category=Category(row.category),
        amount=row.amount,
        asked=Money(sum(each.amount for each in own if each.status in _ASKED)),
        approved=Money(sum(each.amount for each in own if each.status in _APPROVED)),
        paid=row.paid or Money(0),
        available=row.available or Money(0),
        requested_on=row.requested_on,
        decided_on=row.second_on,
        closed_on=row.third_on,
    )


def _disbursement(row: Row[*tuple[Any, ...]]) -> CaseDisbursement:
    return CaseDisbursement(
        id=row.id,
        reference=row.reference,
        award_id=row.other_id,
        status=DisbursementStatus(row.status),
        category=Category(row.category),
        amount=row.amount,
        method=Method(row.words),
        requested_on=row.requested_on,
        approved_on=row.second_on,
        rejected_on=row.ended_on if row.status == DisbursementStatus.REJECTED else None,
        released_on=row.third_on,
        settled_on=row.settled_on,
        returned_on=row.returned_on,
        reversed_on=row.reversed_on,
        expired_on=row.ended_on if row.status == DisbursementStatus.EXPIRED else None,
    )
