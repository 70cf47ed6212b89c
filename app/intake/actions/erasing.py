"""What an application says of somebody who is erased: every answer and every word goes; verdicts and counts stay."""

from uuid import UUID

from sqlalchemy import delete, select, update
from sqlmodel import col

from app.intake.model import Application, Override, Screening
from app.reference import new_reference
from app.work import Work


def erase(work: Work, applicant_id: UUID) -> None:
    """Empty the applications of a person and their screenings, under new references. Called inside an erasure."""
    ids = work.session.execute(select(col(Application.id)).where(col(Application.applicant_id) == applicant_id))
    for application_id in ids.scalars().all():
        work.session.execute(delete(Override).where(col(Override.application_id) == application_id))
        work.session.execute(
            update(Application)
            .where(col(Application.id) == application_id)
            .values(
                reference=new_reference("RQ"),
                remarks_sealed=b"",
                version=col(Application.version) + 1,
                erased_at=work.now,
            )
        )
        work.session.execute(
            update(Screening).where(col(Screening.application_id) == application_id).values(snapshot_sealed=b"")
        )
