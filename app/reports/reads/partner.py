"""A partner's statement: what was awarded on its cases and paid for them, award by award."""

from typing import Any, Final
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, Select, case, func, literal, or_, select, type_coerce
from sqlmodel import col

from app.access.grants import Permission, Reach
from app.cases.model import Case
from app.disbursements.model import Disbursement
from app.errors import Invalid, Problem
from app.funds.model import Award, Fund
from app.money import Money
from app.reports.reads import limits
from app.reports.reads.asked import OfPartner
from app.reports.reads.tables import Kind, Plan, Table, finished
from app.reports.scope import countable, unnamed
from app.web.i18n import N_
from app.work import Work

STATEMENT: Final = Plan(
    "partner-statement",
    N_("Partner statement"),
    N_(
        "Payments count on the day on which they were settled. What came back counts as a negative amount on the day "
        "on which it did. Cases appear by reference only."
    ),
    (
        ("case", N_("Case"), Kind.REFERENCE),
        ("award", N_("Award"), Kind.REFERENCE),
        ("fund", N_("Fund"), Kind.TEXT),
        ("category", N_("Category"), Kind.CATEGORY),
        ("awarded", N_("Awarded"), Kind.MONEY),
        ("paid_before", N_("Paid before"), Kind.MONEY),
        ("paid", N_("Paid in the period"), Kind.MONEY),
        ("taken_back", N_("Taken back"), Kind.MONEY),
        ("paid_in_all", N_("Paid in all"), Kind.MONEY),
    ),
)


def statement(work: Work, question: OfPartner) -> Table:
    """Every award with payments on the partner's cases up to the last day.

    Raises Invalid for a fund or a partner that the actor has no part in, and when the fund's people name no partner.
    """
    reach = work.allow(Permission.REPORT_READ)
    partner_id = _partner(work, reach, question.partner_id)
    asked = question.asked() | {
        "partner_id": partner_id,
        "fund": limits.fund_must_be_open(work, reach, question.fund_id),
        "partner": limits.partner_must_be_open(work, reach, partner_id),
    }
    found = work.session.execute(_awards(work, reach, question, partner_id)).mappings()
    money = ("awarded", "paid_before", "paid", "taken_back", "paid_in_all")
    rows = [dict(row) | {name: Money(int(row[name])) for name in money} for row in found]
    return finished(work, STATEMENT, question.format, asked, rows)


def _partner(work: Work, reach: Reach, asked: UUID | None) -> UUID:
    partner_id = asked or (None if reach is Reach.ALL else work.actor.partner_id)
    if partner_id is None:
        raise Invalid(Problem("/partner_id", "partner_id.required", "Choose a partner."))
    return partner_id


def _awards(work: Work, reach: Reach, question: OfPartner, partner_id: UUID) -> Select[*tuple[Any, ...]]:
    """One row an award, with sums of its payments; a wall takes the references, never the amount."""
    settled, back = col(Disbursement.settled_on), col(Disbursement.reversed_on)
    hidden = func.max(case((unnamed(work.actor), 1), else_=0)) == 1
    in_period = settled.between(question.from_, question.to)
    taken = back.between(question.from_, question.to)
    before = _cents(settled < question.from_) - _cents(back < question.from_)
    paid, taken_back = _cents(in_period), -_cents(taken)
    rows = (
        select(
            case((hidden, literal("")), else_=func.max(col(Case.reference))).label("case"),
            case((hidden, literal("")), else_=func.max(col(Award.reference))).label("award"),
            func.max(col(Fund.name)).label("fund"),
            col(Award.category).label("category"),
            func.max(type_coerce(col(Award.amount), BigInteger)).label("awarded"),
            before.label("paid_before"),
            paid.label("paid"),
            taken_back.label("taken_back"),
            (before + paid + taken_back).label("paid_in_all"),
        )
        .select_from(Disbursement)
        .join(Award, col(Award.id) == col(Disbursement.award_id))
        .join(Case, col(Case.id) == col(Disbursement.case_id))
        .join(Fund, col(Fund.id) == col(Disbursement.fund_id))
        .where(
            countable(work.actor, reach),
            col(Disbursement.partner_id) == partner_id,
            or_(settled <= question.to, back <= question.to),
        )
        .group_by(col(Award.id), col(Award.category))
        .order_by(func.max(col(Case.reference)), func.max(col(Award.reference)))
    )
    return rows if question.fund_id is None else rows.where(col(Disbursement.fund_id) == question.fund_id)


def _cents(condition: ColumnElement[bool]) -> ColumnElement[int]:
    """The amounts of the payments of which a condition holds."""
    return func.sum(case((condition, type_coerce(col(Disbursement.amount), BigInteger)), else_=0))
