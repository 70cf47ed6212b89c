"""What was written about payments for somebody who is erased. The payments stay: amounts, days, people, steps."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import select, update
from sqlmodel import col

from app.cases.model import Case
from app.disbursements.model import Disbursement
from app.funds.actions import erasing as funds
from app.work import Work

#: What was noted beside a payment and leads to its papers.
_NOTED: Final = {"authorization_number": None}


def erase(work: Work, case_ids: Sequence[UUID]) -> list[UUID]:
    """Empty the memos, reasons and bank references of payments on these cases, and the private people paid by them.

    Whoever is paid on somebody else's case too stays until that one is erased. Gives the subjects whose keys are to be
    destroyed. Called inside an erasure, before the cases themselves are emptied.
    """
    of_cases = col(Disbursement.case_id).in_(case_ids)
    work.session.execute(update(Disbursement).where(of_cases).values(memo=b"", bank_reference=None, **_NOTED))
    work.session.execute(update(Disbursement).where(of_cases, col(Disbursement.reason).is_not(None)).values(reason=b""))
    paid = set(work.session.execute(select(col(Disbursement.payee_id)).where(of_cases)).scalars())
    private = set(funds.private_payees(work, paid))
    elsewhere = (
        select(col(Disbursement.payee_id))
        .join(Case, col(Case.id) == col(Disbursement.case_id))
        .where(col(Disbursement.payee_id).in_(private), col(Case.id).not_in(case_ids), col(Case.erased_at).is_(None))
    )
    return funds.erase_payees(work, private - set(work.session.execute(elsewhere).scalars()))
