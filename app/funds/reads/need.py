"""What a case is, as far as a fund's terms ask, and what it was promised before."""

from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlmodel import col

from app.cases.model import Case
from app.funds.model import Award, LedgerAccount
from app.funds.rules import OF_AWARD, Need
from app.money import Money
from app.work import Work


def need_of(work: Work, fund_id: UUID, case_id: UUID, amount: Money) -> Need:
    """A case that this room's verbs have found in the actor's reach, and what it and its person have from the fund."""
    case = work.session.execute(
        select(col(Case.partner_id), col(Case.case_type), col(Case.custody), col(Case.applicant_id)).where(
            col(Case.id) == case_id
        )
    ).one()
    return Need(
        partner=str(case.partner_id),
        case_type=case.case_type,
        custody=case.custody,
        promised_case=_promised(work, fund_id, col(Case.id) == case_id),
        promised_person=_promised(work, fund_id, col(Case.applicant_id) == case.applicant_id),
        cents=amount,
    )


def _promised(work: Work, fund_id: UUID, whose: ColumnElement[bool]) -> int:
    """Cents on awards: still set aside, paid, or lent. What came back does not count."""
    statement = (
        select(func.coalesce(func.sum(col(LedgerAccount.balance)), 0))
        .join(Award, col(Award.id) == col(LedgerAccount.award_id))
        .join(Case, col(Case.id) == col(Award.case_id))
        .where(col(Award.fund_id) == fund_id, col(LedgerAccount.kind).in_(sorted(OF_AWARD)), whose)
    )
    return int(work.session.execute(statement).scalar_one())
