"""The lines of an invoice held against what was agreed, as things stand now: what the pure check needs is read here."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlmodel import col

from app.agreements.model import Invoice, InvoiceLine
from app.agreements.reads.find import LINES, FoundInvoice, FoundLine, found_line
from app.agreements.reads.terms import reports, terms_in_force
from app.agreements.rules import (
    Case,
    Finding,
    InvoiceStatus,
    LineStatus,
    Standing,
    Terms,
    Used,
    check,
    in_force,
)
from app.cases.model import Assignment
from app.cases.model import Case as CaseRow
from app.cases.rules import day_in
from app.disbursements.model import Disbursement
from app.disbursements.rules import DisbursementStatus
from app.funds.model import Award
from app.funds.reads.ledger import totals_of_awards
from app.funds.rules import OPEN_AWARDS, Category, balance_of_award
from app.work import Work

#: Lines that are not decided yet: what the check says of them can change.
UNDECIDED = frozenset({LineStatus.OPEN, LineStatus.DISPUTED, LineStatus.ANSWERED})
#: Payments that came to nothing: the money is on the award again, and the line can be asked for once more.
COME_TO_NOTHING = frozenset(
    {
        DisbursementStatus.REJECTED,
        DisbursementStatus.EXPIRED,
        DisbursementStatus.RETURNED,
        DisbursementStatus.REVERSED,
    }
)


@dataclass(frozen=True, slots=True)
class Judged:
    """What the check says of a line, by which version, and from which award it would be paid."""

    finding: Finding
    terms: Terms | None
    award_id: UUID | None


def judge(work: Work, invoice: FoundInvoice, lines: Sequence[FoundLine]) -> dict[UUID, Judged]:
    """Check every undecided line of an invoice, in the order of their numbers."""
    asked = [line for line in lines if line.status in UNDECIDED]
    if not asked:
        return {}
    surroundings = _Surroundings(work, invoice, {line.case_id for line in asked})
    return {line.id: surroundings.judge(line) for line in asked}


class _Surroundings:
    """What stands around the lines of one invoice; each line that fits uses some of it up for those after it."""

    def __init__(self, work: Work, invoice: FoundInvoice, case_ids: Collection[UUID]) -> None:
        agreement = invoice.agreement
        self._invoice = invoice
        self._today = agreement.today(work)
        self._terms = terms_in_force(work, agreement.id)
        came = reports(work, agreement.id)
        self._received = frozenset(came)
        self._approved = frozenset(number for number, each in came.items() if each.approved_by is not None)
        self._cases = _cases(work, case_ids, agreement.time_zone)
        self._others = _others(work, invoice, case_ids)
        self._awards = _awards(work, invoice, case_ids)
        self._spent, self._billed = _spent(work, agreement.id)
        self._fits: set[UUID] = set()

    def judge(self, line: FoundLine) -> Judged:
        award_id = self._award(line)
        terms = in_force(self._terms, line.claim.worked_on)
        used = Used(
            spent=self._spent,
            cases_billed=len(self._billed[line.claim.instalment] - {line.case_id}),
            received=self._received,
            approved=self._approved,
            award_left=None if award_id is None else self._awards[award_id][1],
        )
        finding = check(line.claim, terms, self._cases[line.case_id], self._before(line), used, self._today)
        if finding.acceptable and line.status is not LineStatus.DISPUTED:
            self._use_up(line, award_id)
        return Judged(finding, terms, award_id)

    def _use_up(self, line: FoundLine, award_id: UUID | None) -> None:
        self._fits.add(line.id)
        self._spent += line.claim.amount
        self._billed[line.claim.instalment].add(line.case_id)
        if award_id is not None:
            key, left = self._awards[award_id]
            self._awards[award_id] = (key, left - line.claim.amount)

    def _before(self, line: FoundLine) -> list[Standing]:
        return [
            Standing(each.claim, each.status is LineStatus.ACCEPTED or each.id in self._fits)
            for each in self._others
            if each.case_id == line.case_id
            and each.id != line.id
            and (each.status is LineStatus.ACCEPTED or each.order < line.order)
        ]

    def _award(self, line: FoundLine) -> UUID | None:
        """The open award of the case for the category that has the most left."""
        key = (line.case_id, line.claim.category)
        own = [(left, award_id) for award_id, (its, left) in self._awards.items() if its == key]
        return max(own)[1] if own else None


def _cases(work: Work, case_ids: Collection[UUID], time_zone: str) -> dict[UUID, Case]:
    """The types of cases, and on which days an attorney had them."""
    rows = work.session.execute(
        select(col(CaseRow.id), col(CaseRow.case_type), col(Assignment.answered_at), col(Assignment.ended_at))
        .outerjoin(Assignment, col(Assignment.case_id) == col(CaseRow.id))
        .where(col(CaseRow.id).in_(case_ids))
    )
    types: dict[UUID, Any] = {}
    days: dict[UUID, list[tuple[date, date | None]]] = defaultdict(list)
    for row in rows:
        types[row.id] = row.case_type
        if row.answered_at is not None:
            end = None if row.ended_at is None else day_in(row.ended_at, time_zone)
            days[row.id].append((day_in(row.answered_at, time_zone), end))
    return {case_id: Case(case_type, days[case_id]) for case_id, case_type in types.items()}


def _others(work: Work, invoice: FoundInvoice, case_ids: Collection[UUID]) -> list[FoundLine]:
    """The standing lines on these cases under the agreement: of this invoice, and of those that were handed in."""
    rows = work.session.execute(
        LINES.join(Invoice, col(Invoice.id) == col(InvoiceLine.invoice_id)).where(
            col(InvoiceLine.agreement_id) == invoice.agreement.id,
            col(InvoiceLine.case_id).in_(case_ids),
            col(InvoiceLine.status).in_(UNDECIDED | {LineStatus.ACCEPTED}),
            or_(col(Invoice.status) != InvoiceStatus.DRAFT, col(Invoice.id) == invoice.id),
        )
    )
    return [found_line(row) for row in rows]


def _spent(work: Work, agreement_id: UUID) -> tuple[int, dict[int | None, set[UUID]]]:
    """Cents that were accepted under an agreement, and the cases that each part of the rate was accepted for."""
    accepted = (col(InvoiceLine.agreement_id) == agreement_id, col(InvoiceLine.status) == LineStatus.ACCEPTED)
    spent = work.session.execute(select(func.coalesce(func.sum(col(InvoiceLine.amount)), 0)).where(*accepted))
    parts = select(col(InvoiceLine.instalment), col(InvoiceLine.case_id)).where(
        *accepted, col(InvoiceLine.instalment).is_not(None)
    )
    billed: dict[int | None, set[UUID]] = defaultdict(set)
    for instalment, case_id in work.session.execute(parts):
        billed[instalment].add(case_id)
    return int(spent.scalar_one()), billed


def _awards(
    work: Work, invoice: FoundInvoice, case_ids: Collection[UUID]
) -> dict[UUID, tuple[tuple[UUID, Category], int]]:
    """The open awards of these cases from the agreement's fund, with what is left on them.

    What was accepted and is not asked for yet is not left any more.
    """
    rows = work.session.execute(
        select(col(Award.id), col(Award.case_id), col(Award.category)).where(
            col(Award.case_id).in_(case_ids),
            col(Award.fund_id) == invoice.agreement.fund_id,
            col(Award.status).in_(OPEN_AWARDS),
        )
    ).all()
    ids = [row.id for row in rows]
    totals = totals_of_awards(work, ids)
    promised = _promised(work, ids)
    return {
        row.id: (
            (row.case_id, row.category),
            balance_of_award(totals.get(row.id, {})).available - promised.get(row.id, 0),
        )
        for row in rows
    }


def _promised(work: Work, award_ids: Collection[UUID]) -> dict[UUID, int]:
    rows = work.session.execute(
        select(col(InvoiceLine.award_id), func.sum(col(InvoiceLine.amount)))
        .outerjoin(Disbursement, col(Disbursement.id) == col(InvoiceLine.disbursement_id))
        .where(
            col(InvoiceLine.award_id).in_(award_ids),
            col(InvoiceLine.status) == LineStatus.ACCEPTED,
            or_(col(Disbursement.id).is_(None), col(Disbursement.status).in_(COME_TO_NOTHING)),
        )
        .group_by(col(InvoiceLine.award_id))
    )
    return {award_id: int(cents) for award_id, cents in rows}
