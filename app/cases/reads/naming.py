"""Cases by name: for rooms above that hold a case's application, and for the person who closed one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from app.access.grants import Permission
from app.applicants.rules import Custody
from app.cases.model import Case
from app.cases.reads.views import CaseName, ClosedCase
from app.cases.rules import CaseStatus, CaseType, Representation
from app.cases.scope import closable
from app.errors import NotFound
from app.partners.model import Partner
from app.staff.reads import PartnerName
from app.work import Work


@dataclass(frozen=True, slots=True)
class OfferedCase:
    """The case that came of an application, as the answer to whoever accepted it: nothing that they did not give."""

    id: UUID
    reference: str
    status: CaseStatus
    representation: Representation
    case_type: CaseType | None
    custody: Custody
    court: str | None
    partner: PartnerName
    application_id: UUID
    fund_id: UUID
    created_at: datetime


def offered_case(work: Work, case_id: UUID) -> OfferedCase:
    """The case of an application that the caller has reached through its own scope. Raises NotFound when absent."""
    row = work.session.execute(
        select(
            col(Case.id),
            col(Case.reference),
            col(Case.status),
            col(Case.representation),
            col(Case.case_type),
            col(Case.custody),
            col(Case.court),
            col(Case.application_id),
            col(Case.fund_id),
            col(Case.created_at),
            col(Partner.id).label("partner_id"),
            col(Partner.name),
        )
        .join(Partner, col(Partner.id) == col(Case.partner_id))
        .where(col(Case.id) == case_id)
    ).one_or_none()
    if row is None:
        raise NotFound
    return OfferedCase(
        id=row.id,
        reference=row.reference,
        status=row.status,
        representation=row.representation,
        case_type=row.case_type,
        custody=row.custody,
        court=row.court,
        partner=PartnerName(row.partner_id, row.name),
        application_id=row.application_id,
        fund_id=row.fund_id,
        created_at=row.created_at,
    )


def of_applications(work: Work, application_ids: Iterable[UUID]) -> dict[UUID, CaseName]:
    """The case of each of these applications that has one; the caller has reached them through its own scope."""
    rows = work.session.execute(
        select(col(Case.application_id), col(Case.id), col(Case.reference), col(Case.status)).where(
            col(Case.application_id).in_(list(application_ids))
        )
    )
    return {row.application_id: CaseName(row.id, row.reference, row.status) for row in rows}


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
