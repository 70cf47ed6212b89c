"""Awards as they are shown: money for a case, by the case's reference only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, Select, Uuid, bindparam, func, or_, select
from sqlalchemy.orm import aliased
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
from app.db import words
from app.errors import NotFound
from app.funds.model import Award, Fund
from app.funds.reads.ledger import totals_of_awards
from app.funds.rules import AwardStatus, Balance, Category, balance_of_award
from app.funds.scope import visible_awards
from app.money import Money
from app.partners.model import Partner
from app.reference import read_reference
from app.work import Work


@dataclass(frozen=True, slots=True)
class AwardView:
    """An award. Its balance: encumbered is what disbursements under way hold, available what they may still ask for.

    ``rejection``, the reason of a refusal, opens for the case's attorneys, on the single record only.
    """

    id: UUID
    reference: str
    status: AwardStatus
    case_id: UUID
    case_reference: str
    partner_id: UUID
    partner: str
    fund_id: UUID
    fund: str
    category: Category
    amount: Money
    balance: Balance
    requested_on: date
    requested_by: PersonName
    decided_on: date | None
    decided_by: PersonName | None
    closed_on: date | None
    rejection: str | None


@dataclass(frozen=True, slots=True)
class AwardList:
    items: list[AwardView]
    next: str | None


@dataclass(frozen=True, slots=True)
class AwardFilter:
    """Which awards to list; None is any. Newest first, unless the first come are to be the first served."""

    status: AwardStatus | None = None
    fund_id: UUID | None = None
    case_id: UUID | None = None
    partner_id: UUID | None = None
    requested_by: UUID | None = None
    reference: str | None = None  #: the award's own or its case's, as people write it
    oldest_first: bool = False


@dataclass(frozen=True, slots=True)
class FoundAward:
    """What a verb needs to know of an award before it changes it."""

    id: UUID
    case_id: UUID
    partner_id: UUID
    fund_id: UUID
    allocation_id: UUID
    category: Category
    amount: Money
    status: AwardStatus
    requested_by: UUID
    time_zone: str
    starts_on: date
    ends_on: date


_Requester, _Decider = aliased(Account, name="requester"), aliased(Account, name="decider")

_AWARD: Select[*tuple[Any, ...]] = (
    select(
        col(Award.id),
        col(Award.reference),
        col(Award.status),
        col(Award.case_id),
        col(Case.reference).label("case_reference"),
        col(Case.partner_id),
        col(Partner.name).label("partner"),
        col(Award.fund_id),
        col(Fund.name).label("fund"),
        col(Award.category),
        col(Award.amount),
        col(Award.requested_on),
        col(Award.requested_by),
        col(_Requester.name).label("requester"),
        col(Award.decided_on),
        col(Award.decided_by),
        col(_Decider.name).label("decider"),
        col(Award.closed_on),
    )
    .join(Case, col(Case.id) == col(Award.case_id))
    .join(Partner, col(Partner.id) == col(Case.partner_id))
    .join(Fund, col(Fund.id) == col(Award.fund_id))
    .join(_Requester, col(_Requester.id) == col(Award.requested_by))
    .outerjoin(_Decider, col(_Decider.id) == col(Award.decided_by))
)


def awards(work: Work, which: AwardFilter, limit: int = keyset.DEFAULT_LIMIT, cursor: str | None = None) -> AwardList:
    """The awards in the actor's reach, newest first; the look is recorded."""
    reach = work.allow(Permission.AWARD_READ)
    asked = _asked_for(which, keyset.after(cursor))
    statement = _listing(reach, which.oldest_first, tuple(asked))
    rows = work.session.execute(statement, filled(work.actor, most=limit + 1, **asked)).all()
    page = keyset.page(rows, limit)
    record(work, "award.listed", object_type="award", count=len(page.rows))
    return AwardList(_views(work, page.rows), page.next)


def award(work: Work, award_id: UUID, *, answering: bool = False) -> AwardView:
    """One award; the look is recorded, and with it the opening of a rejection's reason to an attorney of the case.

    ``answering`` a verb that is on record itself, only such an opening is. Raises NotFound when the award is absent
    or out of the actor's reach.
    """
    statement = _one(work.allow(Permission.AWARD_READ), work.actor.opens(Group.NOTES) is not None)
    row = work.session.execute(statement, filled(work.actor, award_id=award_id)).one_or_none()
    if row is None:
        raise NotFound
    opens = bool(row.opens) and row.rejection is not None
    if opens or not answering:
        record(
            work,
            "award.read",
            object_type="award",
            object_id=award_id,
            subject_id=row.case_id,
            groups=(Group.NOTES,) if opens else (),
        )
    view = _views(work, [row])[0]
    if not opens:
        return view
    rejection = work.vault.open(Cell("award", "rejection", award_id, row.case_id), Group.NOTES, row.rejection)
    return replace(view, rejection=rejection)


@dataclass(frozen=True, slots=True)
class ToDecide:
    """How many awards wait for a decision, and what they come to."""

    count: int
    amount: Money


def to_decide(work: Work) -> ToDecide:
    """The awards in the actor's reach that wait for somebody's decision."""
    statement = _waiting(work.allow(Permission.AWARD_READ))
    count, cents = work.session.execute(statement, filled(work.actor)).one()
    return ToDecide(count, Money(int(cents)))


@cache
def _waiting(reach: Reach) -> Select[*tuple[Any, ...]]:
    return select(func.count(), func.coalesce(func.sum(col(Award.amount)), 0)).where(
        visible_awards(ANYBODY, reach), col(Award.status) == AwardStatus.REQUESTED
    )


#: What a list can be narrowed by, each with the parameter of its name. ``after`` is the last award of the page before.
_CONDITIONS: Final[Mapping[str, ColumnElement[bool]]] = {
    "status": col(Award.status) == bindparam("status", type_=words(AwardStatus)),
    "fund_id": col(Award.fund_id) == bindparam("fund_id", type_=Uuid()),
    "case_id": col(Award.case_id) == bindparam("case_id", type_=Uuid()),
    "partner_id": col(Case.partner_id) == bindparam("partner_id", type_=Uuid()),
    "requested_by": col(Award.requested_by) == bindparam("requested_by", type_=Uuid()),
    # A reference that can not be one is looked for as nothing at all.
    "reference": or_(col(Award.reference) == bindparam("reference"), col(Case.reference) == bindparam("reference")),
}


def _asked_for(which: AwardFilter, after: UUID | None) -> dict[str, Any]:
    """What the list is narrowed by, and the values of it."""
    asked: dict[str, Any] = {
        "status": which.status,
        "fund_id": which.fund_id,
        "case_id": which.case_id,
        "partner_id": which.partner_id,
        "requested_by": which.requested_by,
        "reference": None if which.reference is None else read_reference(which.reference) or "",
        "after": after,
    }
    return {name: value for name, value in asked.items() if value is not None}


@cache
def _listing(reach: Reach, oldest_first: bool, narrowed_by: tuple[str, ...]) -> Select[*tuple[Any, ...]]:
    """The statement for everybody of this reach, built once: building it takes longer than running it."""
    key, last = col(Award.id), bindparam("after", type_=Uuid())
    statement = _AWARD.where(visible_awards(ANYBODY, reach))
    statement = statement.where(*(_CONDITIONS[name] for name in narrowed_by if name != "after"))
    if "after" in narrowed_by:
        statement = statement.where(key > last if oldest_first else key < last)
    return statement.order_by(key if oldest_first else key.desc()).limit(bindparam("most", type_=Integer()))


@cache
def _one(reach: Reach, opens: bool) -> Select[*tuple[Any, ...]]:
    return _AWARD.add_columns(assigned(ANYBODY, opens=opens).label("opens"), col(Award.rejection)).where(
        col(Award.id) == bindparam("award_id", type_=Uuid()), visible_awards(ANYBODY, reach)
    )


def find(work: Work, permission: Permission, award_id: UUID) -> FoundAward:
    """An award that the actor may use this permission on. Raises NotFound for every other."""
    statement = _finding(work.allow(permission))
    row = work.session.execute(statement, filled(work.actor, award_id=award_id)).one_or_none()
    if row is None:
        raise NotFound
    return FoundAward(*row)


@cache
def _finding(reach: Reach) -> Select[*tuple[Any, ...]]:
    return (
        select(
            col(Award.id),
            col(Award.case_id),
            col(Case.partner_id),
            col(Award.fund_id),
            col(Award.allocation_id),
            col(Award.category),
            col(Award.amount),
            col(Award.status),
            col(Award.requested_by),
            col(Fund.time_zone),
            col(Fund.starts_on),
            col(Fund.ends_on),
        )
        .join(Case, col(Case.id) == col(Award.case_id))
        .join(Fund, col(Fund.id) == col(Award.fund_id))
        .where(col(Award.id) == bindparam("award_id", type_=Uuid()), visible_awards(ANYBODY, reach))
    )


def decidable(work: Work, award_id: UUID) -> None:
    """For the door: the actor may decide on this award. Raises NotFound."""
    find(work, Permission.AWARD_DECIDE, award_id)


def _views(work: Work, rows: Sequence[Any]) -> list[AwardView]:
    totals = totals_of_awards(work, [row.id for row in rows])
    return [
        AwardView(
            id=row.id,
            reference=row.reference,
            status=row.status,
            case_id=row.case_id,
            case_reference=row.case_reference,
            partner_id=row.partner_id,
            partner=row.partner,
            fund_id=row.fund_id,
            fund=row.fund,
            category=row.category,
            amount=row.amount,
            balance=balance_of_award(totals.get(row.id, {})),
            requested_on=row.requested_on,
            requested_by=PersonName(row.requested_by, row.requester),
            decided_on=row.decided_on,
            decided_by=None if row.decided_by is None else PersonName(row.decided_by, row.decider),
            closed_on=row.closed_on,
            rejection=None,
        )
        for row in rows
    ]
