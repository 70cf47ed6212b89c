"""Which events of the record an actor may read: all, but for matters that a wall keeps from them."""

from sqlalchemy import ColumnElement, and_, or_, select, true, union_all
from sqlmodel import col

from app.access import walls
from app.access.actor import Actor
from app.audit.model import AuditEvent
from app.cases.model import Assignment, Deadline, Hearing
from app.conflicts.model import ConflictCheck
from app.disbursements.model import Disbursement
from app.funds.model import Award
from app.intake.model import Application
from app.work import Work

#: What an event can be about that belongs to a matter, each with the column that leads to its case or applicant.
_OF_A_MATTER = (
    (Application, Application.applicant_id),
    (Assignment, Assignment.case_id),
    (Award, Award.case_id),
    (ConflictCheck, ConflictCheck.applicant_id),
    (Deadline, Deadline.case_id),
    (Disbursement, Disbursement.case_id),
    (Hearing, Hearing.case_id),
)


def open_to(work: Work) -> ColumnElement[bool]:
    """The rows of ``audit_event`` for this actor. Most people have no wall around anything: they need no further look.

    What a wall hides is missing in the list alone; the record itself and its seals are checked whole, by command.
    """
    return _free(work.actor) if walls.has_any(work.session, work.actor.id) else true()


def _free(actor: Actor) -> ColumnElement[bool]:
    hidden = union_all(*(select(col(table.id)).where(walls.inside(actor, col(via))) for table, via in _OF_A_MATTER))
    about = col(AuditEvent.object_id)
    return and_(
        walls.outside_if_any(actor, col(AuditEvent.subject_id)),
        walls.outside_if_any(actor, about),
        or_(about.is_(None), about.not_in(hidden)),
    )
