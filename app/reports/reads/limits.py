"""What a report can be limited to, as far as the actor has a part in it: funds with their terms, and partners."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlmodel import col

from app.access.grants import Permission, Reach
from app.disbursements.model import Disbursement
from app.errors import Invalid, Problem
from app.funds.model import Fund
from app.partners.model import Partner
from app.partners.scope import visible
from app.reports.reads.question import Question
from app.reports.rules import Period
from app.reports.scope import countable
from app.work import Work


@dataclass(frozen=True, slots=True)
class FundLimit:
    """A fund to limit a report to; its years are periods to choose."""

    id: UUID
    name: str
    starts_on: date
    ends_on: date

    @property
    def term(self) -> Period:
        return Period(self.starts_on, self.ends_on)


@dataclass(frozen=True, slots=True)
class PartnerLimit:
    id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class Names:
    """The names of what a report is limited to."""

    fund: str | None
    partner: str | None


def names_of(work: Work, reach: Reach, question: Question) -> Names:
    """The names of the fund and the partner asked for; None for what was not.

    Raises Invalid when there is no such one, or none that the actor has a part in.
    """
    fund = fund_must_be_open(work, reach, question.fund_id)
    return Names(fund, partner_must_be_open(work, reach, question.partner_id))


def partner_must_be_open(work: Work, reach: Reach, partner_id: UUID | None) -> str | None:
    """The name of a partner that was asked for. Raises Invalid when it is none, or none the actor has a part in."""
    partner = None if partner_id is None else _found(work, _partners(work, reach), col(Partner.id), partner_id)
    if partner_id is not None and partner is None:
        raise Invalid(Problem("/partner_id", "partner_id.unknown", "There is no such partner open to you."))
    return partner


def fund_must_be_open(work: Work, reach: Reach, fund_id: UUID | None) -> str | None:
    """The name of a fund that was asked for. Raises Invalid when it is none, or none that the actor has a part in."""
    fund = None if fund_id is None else _found(work, _funds(work, reach), col(Fund.id), fund_id)
    if fund_id is not None and fund is None:
        raise Invalid(Problem("/fund_id", "fund_id.unknown", "There is no such fund, or it is not open to you."))
    return fund


def funds(work: Work) -> list[FundLimit]:
    """The funds that a report can be limited to, by name."""
    found = work.session.execute(_funds(work, work.allow(Permission.REPORT_READ)).order_by(col(Fund.name)))
    return [FundLimit(*row) for row in found]


def partners(work: Work) -> list[PartnerLimit]:
    """The partners that a report can be limited to, by name: a partner's people have their own alone."""
    found = work.session.execute(_partners(work, work.allow(Permission.REPORT_READ)).order_by(col(Partner.name)))
    return [PartnerLimit(*row) for row in found]


def _found(work: Work, statement: Select[*tuple[Any, ...]], key: Any, asked: UUID) -> str | None:
    row = work.session.execute(statement.where(key == asked)).first()
    return None if row is None else str(row.name)


def _funds(work: Work, reach: Reach) -> Select[UUID, str, date, date]:
    """Every fund, or for a partner those that have payments on its cases."""
    statement = select(col(Fund.id), col(Fund.name), col(Fund.starts_on), col(Fund.ends_on))
    if reach is Reach.ALL:
        return statement
    part = select(col(Disbursement.id)).where(col(Disbursement.fund_id) == col(Fund.id), countable(work.actor, reach))
    return statement.where(part.exists())


def _partners(work: Work, reach: Reach) -> Select[UUID, str]:
    return select(col(Partner.id), col(Partner.name)).where(visible(work.actor, reach))
