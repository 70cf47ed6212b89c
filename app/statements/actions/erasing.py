"""What the bank's words still say about somebody who is erased. Days and amounts stay: the statement still adds up."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select, update
from sqlmodel import col

from app.disbursements.model import Disbursement
from app.statements.model import StatementLine, StatementMatch
from app.work import Work


def erase(work: Work, case_ids: Sequence[UUID]) -> None:
    """Empty the words of lines that were payments on these cases. Called inside an erasure."""
    of_cases = (
        select(col(StatementMatch.line_id))
        .join(Disbursement, col(Disbursement.id) == col(StatementMatch.disbursement_id))
        .where(col(Disbursement.case_id).in_(case_ids))
    )
    work.session.execute(
        update(StatementLine).where(col(StatementLine.id).in_(of_cases)).values(description=b"", bank_reference=None)
    )
