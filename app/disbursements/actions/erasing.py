"""What was written about payments for somebody who is erased. The payments stay: amounts, days, people, steps."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import update
from sqlmodel import col

from app.disbursements.model import Disbursement
from app.work import Work


def erase(work: Work, case_ids: Sequence[UUID]) -> None:
    """Empty the memos and reasons of payments on these cases. Called inside an erasure."""
    of_cases = col(Disbursement.case_id).in_(case_ids)
    work.session.execute(update(Disbursement).where(of_cases).values(memo=b""))
    work.session.execute(update(Disbursement).where(of_cases, col(Disbursement.reason).is_not(None)).values(reason=b""))
