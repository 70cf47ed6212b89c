"""What the money's records still say about somebody who is erased: their words and their bank account go, sums stay."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, select, update
from sqlmodel import col

from app.funds.model import Award, Payee, PayeeAccountChange
from app.funds.rules import PRIVATE
from app.reference import new_reference
from app.work import Work


def erase(work: Work, case_ids: Sequence[UUID]) -> list[UUID]:
    """Empty what was written about awards of these cases, and the payees that are their client.

    Amounts, days and the ledger stay. Gives the subjects whose keys are to be destroyed. Called inside an erasure.
    """
    work.session.execute(
        update(Award).where(col(Award.case_id).in_(case_ids), col(Award.rejection).is_not(None)).values(rejection=b"")
    )
    return _empty(work, col(Payee.case_id).in_(case_ids))


def private_payees(work: Work, payee_ids: Collection[UUID]) -> list[UUID]:
    """Of these payees those that are private people, held until the Work ends: no payment to them is begun before."""
    private = select(col(Payee.id)).where(col(Payee.id).in_(payee_ids), col(Payee.kind).in_(PRIVATE))
    return list(work.session.execute(private.order_by(col(Payee.id)).with_for_update()).scalars())


def erase_payees(work: Work, payee_ids: Collection[UUID]) -> list[UUID]:
    """Empty these payees. Gives the subjects whose keys are to be destroyed. Called inside an erasure."""
    return _empty(work, col(Payee.id).in_(payee_ids))


def _empty(work: Work, which: ColumnElement[bool]) -> list[UUID]:
    subjects = []
    for row in work.session.execute(select(col(Payee.id), col(Payee.subject_id)).where(which)).all():
        subjects.append(row.subject_id)
        work.session.execute(
            update(Payee)
            .where(col(Payee.id) == row.id)
            .values(private_name=b"", account=b"", account_end=None, reference=new_reference("PY"))
        )
        work.session.execute(
            update(PayeeAccountChange)
            .where(col(PayeeAccountChange.payee_id) == row.id)
            .values(account=b"", account_end=None, former=b"", number_end=None)
        )
    return subjects
