"""What a figure is made of: the list that adds up to it, to the cent."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from app import keyset
from app.access.grants import Permission
from app.audit.actions import record
from app.disbursements.reads.sums import Of, Sum, sum_of, totals
from app.disbursements.rules import OF_AN_AWARD, DisbursementStatus, Figure
from app.errors import Invalid, NotFound, Problem
from app.funds.model import Allocation, Award, Fund
from app.funds.rules import AwardStatus, Category, EntryKind
from app.funds.scope import unnamed, visible_awards
from app.money import Money
from app.work import Work


@dataclass(frozen=True, slots=True)
class PartView:
    """One part of a figure, negative where it takes away: a ledger entry, an award, a category or a payment.

    What does not belong to a part of its kind is null. ``why`` is the kind of a ledger entry.
    """

    amount: Money
    on: date | None
    why: EntryKind | None
    category: Category | None
    award_id: UUID | None
    award: str | None
    case: str | None
    disbursement_id: UUID | None
    disbursement: str | None
    status: AwardStatus | DisbursementStatus | None


@dataclass(frozen=True, slots=True)
class Parts:
    """A page of the parts of a figure. ``total`` and ``count`` are of all of them, not of this page."""

    fund_id: UUID
    fund: str
    category: Category | None
    award_id: UUID | None
    award: str | None
    figure: Figure
    total: Money
    count: int
    items: list[PartView]
    next: str | None


@dataclass(frozen=True, slots=True)
class _Whose:
    of: Of
    fund: str
    category: Category | None = None
    award: str | None = None


def parts_of_fund(
    work: Work,
    fund_id: UUID,
    figure: Figure,
    category: Category | None = None,
    limit: int = keyset.DEFAULT_LIMIT,
    cursor: str | None = None,
) -> Parts:
    """The parts of a figure of a fund, or of one of its categories; the look is recorded.

    Raises NotFound for a fund that is absent, Invalid for a category that the fund has no allocation for, or for
    money without a category asked for by a category.
    """
    work.allow(Permission.FUND_READ)
    work.allow(Permission.AWARD_READ)
    row = work.session.execute(select(col(Fund.name)).where(col(Fund.id) == fund_id)).one_or_none()
    if row is None:
        raise NotFound
    allocation = None
    if category is not None:
        allocation = work.session.execute(
            select(col(Allocation.id)).where(col(Allocation.fund_id) == fund_id, col(Allocation.category) == category)
        ).scalar_one_or_none()
        if allocation is None or figure is Figure.UNALLOCATED:
            raise Invalid(Problem("/category", "category.unknown", "The fund has nothing like this for this category."))
    return _parts(work, _Whose(Of(fund_id, allocation), row.name, category), figure, limit, cursor)


def parts_of_award(
    work: Work, award_id: UUID, figure: Figure, limit: int = keyset.DEFAULT_LIMIT, cursor: str | None = None
) -> Parts:
    """The parts of a figure of an award; the look is recorded.

    Raises NotFound for an award that is absent or out of the actor's reach, Invalid for a figure that it has not.
    """
    reach = work.allow(Permission.AWARD_READ)
    row = work.session.execute(
        select(col(Award.fund_id), col(Award.reference), col(Award.category), col(Fund.name))
        .join(Fund, col(Fund.id) == col(Award.fund_id))
        .where(col(Award.id) == award_id, visible_awards(work.actor, reach))
    ).one_or_none()
    if row is None:
        raise NotFound
    if figure not in OF_AN_AWARD:
        raise Invalid(Problem("/figure", "figure.unknown", "An award has no such figure."))
    whose = _Whose(Of(row.fund_id, award_id=award_id), row.name, row.category, row.reference)
    return _parts(work, whose, figure, limit, cursor)


def _parts(work: Work, whose: _Whose, figure: Figure, limit: int, cursor: str | None) -> Parts:
    found = sum_of(whose.of, figure)
    count, total = work.session.execute(totals(found)).one()
    rows = work.session.execute(_page(found, limit, cursor)).all()
    shown = rows[:limit]
    record(
        work,
        "fund.parts_listed",
        object_type="fund" if whose.award is None else "award",
        object_id=whose.of.award_id or whose.of.fund_id,
        count=len(shown),
        details={"figure": figure.value},
    )
    return Parts(
        fund_id=whose.of.fund_id,
        fund=whose.fund,
        category=whose.category,
        award_id=whose.of.award_id,
        award=whose.award,
        figure=figure,
        total=Money(int(total)),
        count=count,
        items=_views(work, shown),
        next=str(shown[-1].key) if len(rows) > limit else None,
    )


def _page(found: Sum, limit: int, cursor: str | None) -> Any:
    """One page of the parts, newest first, and one row more to learn whether there is another. Raises Invalid."""
    statement = found.statement
    if cursor is not None and not found.counts:
        statement = statement.where(found.key < keyset.after(cursor))
    elif cursor is not None:
        if not (cursor.isascii() and cursor.isdigit() and len(cursor) < 19):
            raise Invalid(Problem("/cursor", "cursor.format", "Use the cursor from the field next of the page before."))
        statement = statement.where(found.key < int(cursor))
    return statement.order_by(found.key.desc()).limit(limit + 1)


def _views(work: Work, rows: Sequence[Any]) -> list[PartView]:
    """The parts; one that a wall keeps from the actor stays in the sum and loses its names."""
    awards = [row.award_id for row in rows if row.award_id is not None]
    closed = set(
        work.session.execute(select(col(Award.id)).where(col(Award.id).in_(awards), unnamed(work.actor))).scalars()
    )
    return [_unnamed(_view(row)) if row.award_id in closed else _view(row) for row in rows]


def _unnamed(part: PartView) -> PartView:
    return replace(part, award_id=None, award=None, case=None, disbursement_id=None, disbursement=None, status=None)


def _view(row: Any) -> PartView:
    status = None
    if row.status is not None:
        status = AwardStatus(row.status) if row.disbursement is None else DisbursementStatus(row.status)
    return PartView(
        amount=Money(int(row.amount)),
        on=row.on_day,
        why=None if row.why is None else EntryKind(row.why),
        category=None if row.category is None else Category(row.category),
        award_id=row.award_id,
        award=row.award,
        case=row.case_reference,
        disbursement_id=row.disbursement_id,
        disbursement=row.disbursement,
        status=status,
    )
