"""What funds may be used for, the programmes they make up, and the money that moved without a case."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from app import keyset
from app.access.grants import Permission
from app.access.model import Account
from app.cases.reads import PersonName
from app.errors import NotFound
from app.funds.model import FundTerms, Programme
from app.funds.reads.funds import FundView, fund, views_of
from app.funds.rules import (
    CLOSE_OUT_DAYS,
    Balance,
    FundStatus,
    Limits,
    sum_of_balances,
)
from app.money import Money
from app.work import Work


@dataclass(frozen=True, slots=True)
class TermsView:
    """What a fund may be used for. ``administration`` is a share in percent.

    ``close_out_by`` is the last day to pay what was promised, and ``close_out_by_partners`` theirs, where federal money
    is in the fund (2 CFR 200.344).
    """

    fund_id: UUID
    programme_id: UUID | None
    programme: str | None
    status: FundStatus
    partners: list[str]
    case_types: list[str]
    custodies: list[str]
    per_case: Money | None
    per_person: Money | None
    administration: str | None
    reserve: Money
    alert_below: Money | None
    federal: bool
    locked_through: date | None
    unlock_asked_by: PersonName | None
    close_out_by: date | None
    close_out_by_partners: date | None


@dataclass(frozen=True, slots=True)
class ProgrammeView:
    """Several funds as one: each with its own giver and term, and what they come to."""

    id: UUID
    name: str
    awarded_total: Money
    balance: Balance
    funds: list[FundView]


@dataclass(frozen=True, slots=True)
class ProgrammeName:
    id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class ProgrammeList:
    items: list[ProgrammeName]
    next: str | None


def terms_of(work: Work, fund_id: UUID) -> Limits:
    """The limits of a fund, for this room's verbs. A fund without terms has none."""
    return limits_of(work, [fund_id]).get(fund_id, Limits())


def limits_of(work: Work, fund_ids: Sequence[UUID]) -> dict[UUID, Limits]:
    """The limits of these funds, by fund; one without terms is not in it. For other rooms, not for a door."""
    rows = work.session.execute(
        select(
            col(FundTerms.fund_id),
            col(FundTerms.status),
            col(FundTerms.partners),
            col(FundTerms.case_types),
            col(FundTerms.custodies),
            col(FundTerms.per_case),
            col(FundTerms.per_person),
            col(FundTerms.administration),
            col(FundTerms.reserve),
        ).where(col(FundTerms.fund_id).in_(fund_ids))
    )
    return {
        row.fund_id: Limits(
            FundStatus(row.status),
            frozenset(row.partners),
            frozenset(row.case_types),
            frozenset(row.custodies),
            row.per_case,
            row.per_person,
            row.administration,
            row.reserve,
        )
        for row in rows
    }


def terms(work: Work, fund_id: UUID) -> TermsView:
    """The terms of a fund. Raises NotFound when it is absent."""
    found = fund(work, fund_id)
    asker = aliased(Account, name="asker")
    row = work.session.execute(
        select(
            *(col(getattr(FundTerms, name)) for name in ("programme_id", "alert_below", "federal", "locked_through")),
            col(FundTerms.unlock_asked_by),
            col(Programme.name).label("programme"),
            col(asker.name).label("asker"),
        )
        .outerjoin(Programme, col(Programme.id) == col(FundTerms.programme_id))
        .outerjoin(asker, col(asker.id) == col(FundTerms.unlock_asked_by))
        .where(col(FundTerms.fund_id) == fund_id)
    ).one_or_none()
    limits = terms_of(work, fund_id)
    federal = row is not None and row.federal
    share = limits.administration
    ends = [found.ends_on + timedelta(days=days) if federal else None for days in CLOSE_OUT_DAYS]
    return TermsView(
        fund_id=fund_id,
        programme_id=row.programme_id if row else None,
        programme=row.programme if row else None,
        status=limits.status,
        partners=sorted(limits.partners),
        case_types=sorted(limits.case_types),
        custodies=sorted(limits.custodies),
        per_case=limits.per_case,
        per_person=limits.per_person,
        administration=None if share is None else f"{share // 100}.{share % 100:02}",
        reserve=limits.reserve,
        alert_below=row.alert_below if row else None,
        federal=federal,
        locked_through=row.locked_through if row else None,
        unlock_asked_by=PersonName(row.unlock_asked_by, row.asker) if row and row.unlock_asked_by else None,
        close_out_by=ends[0],
        close_out_by_partners=ends[1],
    )


def programmes(work: Work, limit: int = keyset.DEFAULT_LIMIT, cursor: str | None = None) -> ProgrammeList:
    """All programmes, newest first."""
    work.allow(Permission.FUND_READ)
    names: Select[*tuple[Any, ...]] = select(col(Programme.id), col(Programme.name))
    listed = keyset.newest_first(names, col(Programme.id), limit=limit, cursor=cursor)
    page = keyset.page(work.session.execute(listed).all(), limit)
    return ProgrammeList([ProgrammeName(row.id, row.name) for row in page.rows], page.next)


def programme(work: Work, programme_id: UUID) -> ProgrammeView:
    """One programme with its funds and what they come to. Raises NotFound."""
    work.allow(Permission.FUND_READ)
    name = work.session.execute(select(col(Programme.name)).where(col(Programme.id) == programme_id)).scalar()
    if name is None:
        raise NotFound
    ids = work.session.execute(
        select(col(FundTerms.fund_id)).where(col(FundTerms.programme_id) == programme_id).order_by(col(FundTerms.id))
    ).scalars()
    funds = views_of(work, list(ids))
    return ProgrammeView(
        id=programme_id,
        name=name,
        awarded_total=Money(sum(each.awarded_total for each in funds)),
        balance=sum_of_balances([each.balance for each in funds]),
        funds=funds,
    )
