"""A closed case, by name, for the person who closed it."""

from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from app.access.grants import Permission
from app.cases.model import Case
from app.cases.reads.views import ClosedCase
from app.cases.rules import CaseStatus
from app.cases.scope import closable
from app.errors import NotFound
from app.work import Work


def closed_case(work: Work, case_id: UUID) -> ClosedCase:
    """A closed case as the answer to the person who closed it. Raises NotFound for everybody else."""
    reach = work.allow(Permission.CASE_CHANGE)
    row = work.session.execute(
        select(col(Case.id), col(Case.reference), col(Case.status), col(Case.outcome), col(Case.closed_on)).where(
            col(Case.id) == case_id, col(Case.status) == CaseStatus.CLOSED, closable(work.actor, reach)
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    return ClosedCase(*row)
