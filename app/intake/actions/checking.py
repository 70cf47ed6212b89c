"""Running the conflict check of an application."""

from uuid import UUID

from app.access.grants import Permission
from app.conflicts import actions as conflicts
from app.intake.reads.find import application_for
from app.intake.rules import Act, refuse
from app.once import once
from app.work import Work


def check_conflicts(work: Work, application_id: UUID) -> UUID:
    """Compare the applicant's identifiers with everybody's, from a draft already, and give the check's id.

    Raises NotFound, Conflict when the application was decided.
    """
    found = application_for(work, Permission.CONFLICT_CHECK, application_id)

    def do(check_id: UUID) -> None:
        refuse(Act.CHECK, found.status)
        conflicts.run(
            work,
            check_id,
            application_id=application_id,
            applicant_id=found.applicant_id,
            partner_id=found.partner_id,
        )

    return once(work, None, do)
