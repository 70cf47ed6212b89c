"""What the money's records still say about somebody who is erased: their words and their bank account go, sums stay."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select, update
from sqlmodel import col

from app.funds.model import Award, Payee
from app.reference import new_reference
from app.work import Work


def erase(work: Work, case_ids: Sequence[UUID]) -> list[UUID]:
    """Empty what was written about awards of these cases, and the payees that are their client.

    Amounts, days and the ledger stay. Gives the subjects whose keys are to be destroyed. Called inside an erasure.
    """
    work.session.execute(
        update(Award).where(col(Award.case_id).in_(case_ids), col(Award.rejection).is_not(None)).values(rejection=b"")
    )
    own = work.session.execute(select(col(Payee.id), col(Payee.subject_id)).where(col(Payee.case_id).in_(case_ids)))
    subjects = []
    for row in own.all():
        subjects.append(row.subject_id)
        work.session.execute(
            update(Payee)
            .where(col(Payee.id) == row.id)
            .values(private_name=b"", account=b"", account_end=None, reference=new_reference("PY"))
        )
    return subjects
