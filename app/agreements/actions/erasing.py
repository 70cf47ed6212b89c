"""What was written on lines about somebody who is erased. Lines stay: references, days, amounts, people."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import update
from sqlmodel import col

from app.agreements.model import InvoiceLine
from app.work import Work


def erase(work: Work, case_ids: Sequence[UUID]) -> None:
    """Empty the words of invoice lines on these cases. Called inside an erasure."""
    of_cases = col(InvoiceLine.case_id).in_(case_ids)
    work.session.execute(update(InvoiceLine).where(of_cases).values(narrative=b""))
    disputed = (of_cases, col(InvoiceLine.dispute_words).is_not(None))
    work.session.execute(update(InvoiceLine).where(*disputed).values(dispute_words=b""))
