"""What bonds still say about somebody who is erased. The bonds stay: references, amounts, days, people, steps."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select, update
from sqlmodel import col

from app.bonds.model import Bond, Obligor
from app.cases.model import Case
from app.funds.actions import erasing as funds
from app.work import Work


def erase(work: Work, case_ids: Sequence[UUID]) -> list[UUID]:
    """Empty the words and receipt numbers of bonds on these cases, and the private obligors of them.

    An obligor of somebody else's bond too stays until that one is erased, and an organization always. Gives the
    subjects whose keys are to be destroyed. Called inside an erasure, before the cases themselves are emptied.
    """
    of_cases = col(Bond.case_id).in_(case_ids)
    work.session.execute(update(Bond).where(of_cases).values(receipt_number=None))
    work.session.execute(update(Bond).where(of_cases, col(Bond.rejection).is_not(None)).values(rejection=b""))
    elsewhere = (
        select(col(Bond.obligor_id))
        .join(Case, col(Case.id) == col(Bond.case_id))
        .where(col(Case.id).not_in(case_ids), col(Case.erased_at).is_(None))
    )
    private = work.session.execute(
        select(col(Obligor.id), col(Obligor.subject_id), col(Obligor.payee_id)).where(
            col(Obligor.id).in_(select(col(Bond.obligor_id)).where(of_cases)),
            col(Obligor.payee_id).is_not(None),
            col(Obligor.id).not_in(elsewhere),
        )
    ).all()
    for row in private:
        work.session.execute(update(Obligor).where(col(Obligor.id) == row.id).values(address=b""))
    subjects = [row.subject_id for row in private]
    return subjects + funds.erase_payees(work, [row.payee_id for row in private])
