"""What a case says of somebody who is erased: notes, dates, court and every word go; that there was a case stays."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, update
from sqlmodel import col

from app.applicants.rules import Custody
from app.cases.model import Assignment, Case, CaseNote, Deadline, Hearing, Wall
from app.reference import new_reference
from app.work import Work


def erase(work: Work, case_ids: Sequence[UUID]) -> None:
    """Empty these cases, which the caller has locked. Type, outcome and days stay, under a new reference.

    Called inside an erasure. The database takes no later change of these cases.
    """
    for table in (CaseNote, Deadline, Hearing):
        work.session.execute(delete(table).where(col(table.case_id).in_(case_ids)))
    work.session.execute(update(Assignment).where(col(Assignment.case_id).in_(case_ids)).values(decline_note=None))
    work.session.execute(update(Wall).where(col(Wall.case_id).in_(case_ids)).values(text_sealed=b""))
    for case_id in case_ids:
        work.session.execute(
            update(Case)
            .where(col(Case.id) == case_id, col(Case.erased_at).is_(None))
            .values(
                reference=new_reference("CA"),
                custody=Custody.UNKNOWN,
                court=None,
                language=b"",
                closing_reason=None,
                closed_by=None,
                version=col(Case.version) + 1,
                erased_at=work.now,
            )
        )
