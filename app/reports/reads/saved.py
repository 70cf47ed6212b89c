"""Questions that were kept: the actor's own, and those that colleagues share."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlmodel import col

from app.access.grants import Permission
from app.access.model import Account
from app.cases.reads import PersonName
from app.cases.rules import day_in
from app.disbursements.rules import Method
from app.errors import NotFound
from app.funds.rules import Category
from app.reports.model import SavedQuestion
from app.reports.reads import limits
from app.reports.reads.wanted import Wanted
from app.reports.rules import DateBasis, Grouping, Period, Preset
from app.reports.scope import kept, own
from app.work import Work

#: The one report that questions are kept for.
REPORT = "disbursements"


@dataclass(frozen=True, slots=True)
class SavedView:
    """A question by its name. ``first_on`` and ``last_on`` are its days today; both null where its period has none."""

    id: UUID
    report: str
    name: str
    shared: bool
    mine: bool
    by: PersonName
    period: Preset | None
    first_on: date | None
    last_on: date | None
    date_basis: DateBasis
    group_by: tuple[Grouping, ...]
    fund_id: UUID | None
    partner_id: UUID | None
    category: Category | None
    method: Method | None
    details: bool


@dataclass(frozen=True, slots=True)
class SavedList:
    items: list[SavedView]


_SAVED: Select[*tuple[Any, ...]] = select(
    col(SavedQuestion.id),
    col(SavedQuestion.report),
    col(SavedQuestion.name),
    col(SavedQuestion.shared),
    col(SavedQuestion.owner_id),
    col(SavedQuestion.asked),
    col(Account.name).label("owner"),
).join(Account, col(Account.id) == col(SavedQuestion.owner_id))


def saved(work: Work) -> SavedList:
    """The questions that the actor kept, and those that colleagues share, by name."""
    work.allow(Permission.REPORT_READ)
    rows = work.session.execute(_SAVED.where(kept(work.actor)).order_by(col(SavedQuestion.name), col(SavedQuestion.id)))
    return SavedList(_views(work, rows.all()))


def saved_one(work: Work, saved_id: UUID) -> SavedView:
    """One kept question. Raises NotFound when it is absent, or somebody else's and not shared with the actor."""
    work.allow(Permission.REPORT_READ)
    row = work.session.execute(_SAVED.where(col(SavedQuestion.id) == saved_id, kept(work.actor))).one_or_none()
    if row is None:
        raise NotFound
    return _views(work, [row])[0]


def saved_by_me(work: Work, saved_id: UUID) -> None:
    """For the door: the actor kept this question. Raises NotFound."""
    work.allow(Permission.REPORT_READ)
    found = select(col(SavedQuestion.id)).where(col(SavedQuestion.id) == saved_id, own(work.actor))
    if work.session.execute(found).first() is None:
        raise NotFound


def _views(work: Work, rows: Any) -> list[SavedView]:
    today = day_in(work.now, work.actor.time_zone)
    terms = {each.id: each.term for each in limits.funds(work)} if rows else {}
    return [_view(work, row, today, terms) for row in rows]


def _view(work: Work, row: Any, today: date, terms: dict[UUID, Period]) -> SavedView:
    wanted = Wanted.model_validate_json(row.asked)
    days = wanted.days(today, None if wanted.fund_id is None else terms.get(wanted.fund_id))
    return SavedView(
        id=row.id,
        report=row.report,
        name=row.name,
        shared=row.shared,
        mine=row.owner_id == work.actor.id,
        by=PersonName(row.owner_id, row.owner),
        period=wanted.period,
        first_on=None if days is None else days.first,
        last_on=None if days is None else days.last,
        date_basis=wanted.date_basis,
        group_by=wanted.group_by,
        fund_id=wanted.fund_id,
        partner_id=wanted.partner_id,
        category=wanted.category,
        method=wanted.method,
        details=wanted.details,
    )
