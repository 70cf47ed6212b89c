"""The lines of an invoice as they are shown: by case reference, with what the agreement says beside what is asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, Uuid, bindparam, select
from sqlmodel import col

from app.access.grants import Permission
from app.agreements.model import InvoiceLine
from app.agreements.reads.judging import COME_TO_NOTHING, UNDECIDED, Judged
from app.agreements.reads.terms import written_hours
from app.agreements.rules import (
    Answer,
    DisputeCode,
    LineKind,
    LineStatus,
    Reason,
    Stage,
    Verdict,
    WorkRole,
)
from app.agreements.scope import visible_lines
from app.audit.actions import record
from app.cases.model import Case
from app.cases.scope import assigned
from app.crypto import Cell, Group
from app.disbursements.model import Disbursement
from app.disbursements.rules import DisbursementStatus
from app.funds.model import Award
from app.funds.rules import Category
from app.money import Money
from app.work import Work


@dataclass(frozen=True, slots=True)
class LineView:
    """One line. ``difference`` is what is asked less what the agreement gives.

    ``left`` is what a cap or the award has left, in dollars, or ``hours_left`` in hours. ``may`` are the verbs that
    this reader may use now. ``narrative`` and ``dispute_words`` open for the case's attorneys only.
    """

    id: UUID
    number: int
    case_id: UUID
    case_reference: str
    kind: LineKind
    stage: Stage | None
    role: WorkRole | None
    hours: str | None
    instalment: int | None
    worked_on: date
    category: Category
    amount: Money
    status: LineStatus
    verdict: Verdict
    reason: Reason | None
    expected: Money | None
    difference: Money | None
    left: Money | None
    hours_left: str | None
    dispute_code: DisputeCode | None
    answer: Answer | None
    award_id: UUID | None
    award_reference: str | None
    disbursement_id: UUID | None
    disbursement_reference: str | None
    disbursement_status: DisbursementStatus | None
    payable: bool
    may: list[str]
    narrative: str | None
    dispute_words: str | None


_LINES: Select[*tuple[Any, ...]] = (
    select(
        col(InvoiceLine.id),
        col(InvoiceLine.number),
        col(InvoiceLine.case_id),
        col(Case.reference).label("case_reference"),
        col(InvoiceLine.kind),
        col(InvoiceLine.stage),
        col(InvoiceLine.role),
        col(InvoiceLine.hours),
        col(InvoiceLine.instalment),
        col(InvoiceLine.worked_on),
        col(InvoiceLine.category),
        col(InvoiceLine.amount),
        col(InvoiceLine.status),
        col(InvoiceLine.expected),
        col(InvoiceLine.dispute_code),
        col(InvoiceLine.answer),
        col(InvoiceLine.award_id),
        col(InvoiceLine.entered_by),
        col(Award.reference).label("award_reference"),
        col(InvoiceLine.disbursement_id),
        col(Disbursement.reference).label("disbursement_reference"),
        col(Disbursement.status).label("disbursement_status"),
        col(InvoiceLine.narrative),
        col(InvoiceLine.dispute_words),
    )
    .join(Case, col(Case.id) == col(InvoiceLine.case_id))
    .outerjoin(Award, col(Award.id) == col(InvoiceLine.award_id))
    .outerjoin(Disbursement, col(Disbursement.id) == col(InvoiceLine.disbursement_id))
    .where(
        col(InvoiceLine.invoice_id) == bindparam("invoice_id", type_=Uuid()),
        col(InvoiceLine.status) != LineStatus.WITHDRAWN,
    )
    .order_by(col(InvoiceLine.number))
)
#: Which verbs of the fund, and of the partner, a line in a status takes once its invoice was handed in.
_DECIDES: Final = {
    LineStatus.OPEN: ("accept", "dispute", "reject"),
    LineStatus.ANSWERED: ("accept", "dispute", "reject"),
    LineStatus.DISPUTED: ("reject",),
}


def lines(work: Work, invoice_id: UUID, judged: Mapping[UUID, Judged], *, draft: bool) -> list[LineView]:
    """The lines of an invoice that the caller has found, but those behind a wall; what opens is put on record."""
    opens = work.actor.opens(Group.NOTES) is not None
    statement = _LINES.add_columns(assigned(work.actor, opens=opens).label("opens")).where(visible_lines(work.actor))
    rows = work.session.execute(statement, {"invoice_id": invoice_id}).all()
    _record_opening(work, invoice_id, rows)
    return [_view(work, row, judged.get(row.id), draft=draft) for row in rows]


def _record_opening(work: Work, invoice_id: UUID, rows: Sequence[Any]) -> None:
    for case_id in dict.fromkeys(row.case_id for row in rows if row.opens):
        record(
            work,
            "invoice.read",
            object_type="invoice",
            object_id=invoice_id,
            subject_id=case_id,
            groups=(Group.NOTES,),
        )


def _view(work: Work, row: Any, judged: Judged | None, *, draft: bool) -> LineView:
    finding = judged.finding if judged is not None and row.status in UNDECIDED else None
    expected = row.expected if finding is None else finding.expected
    in_hours = finding is not None and finding.reason is Reason.HOURS_CAP
    left = None if finding is None else finding.left
    return LineView(
        id=row.id,
        number=row.number,
        case_id=row.case_id,
        case_reference=row.case_reference,
        kind=row.kind,
        stage=row.stage,
        role=row.role,
        hours=written_hours(row.hours),
        instalment=row.instalment,
        worked_on=row.worked_on,
        category=row.category,
        amount=row.amount,
        status=row.status,
        verdict=_verdict(row, finding),
        reason=None if finding is None else finding.reason,
        expected=expected,
        difference=None if expected is None else Money(row.amount - expected),
        left=None if left is None or in_hours else Money(left),
        hours_left=written_hours(left) if in_hours else None,
        dispute_code=row.dispute_code,
        answer=row.answer,
        award_id=row.award_id,
        award_reference=row.award_reference,
        disbursement_id=row.disbursement_id,
        disbursement_reference=row.disbursement_reference,
        disbursement_status=row.disbursement_status,
        payable=row.status is LineStatus.ACCEPTED
        and (row.disbursement_id is None or row.disbursement_status in COME_TO_NOTHING),
        may=_may(work, row, finding, draft=draft),
        narrative=_words(work, row, "narrative"),
        dispute_words=_words(work, row, "dispute_words"),
    )


def _verdict(row: Any, finding: Any) -> Verdict:
    if finding is not None:
        verdict: Verdict = finding.verdict
        return verdict
    return Verdict.OK if row.status is LineStatus.ACCEPTED else Verdict.REFUSED


def _may(work: Work, row: Any, finding: Any, *, draft: bool) -> list[str]:
    """For pages and programs, not instead of the check that the verb makes."""
    found: list[str] = []
    if work.actor.reach(Permission.INVOICE_CREATE) is not None:
        if draft:
            found.append("remove")
        elif row.status is LineStatus.DISPUTED:
            found.append("answer")
    if not draft and work.actor.reach(Permission.INVOICE_DECIDE) is not None and row.entered_by != work.actor.id:
        verbs = _DECIDES.get(row.status, ())
        found += [verb for verb in verbs if verb != "accept" or (finding is not None and finding.acceptable)]
    return found


def _words(work: Work, row: Any, column: str) -> str | None:
    sealed = getattr(row, column)
    if not row.opens or not sealed:
        return None
    words: str | None = work.vault.open(Cell("invoice_line", column, row.id, row.case_id), Group.NOTES, sealed)
    return words
