"""Which events of the record an actor may read, and which references they may look up for it: never behind a wall."""

from collections.abc import Callable, Mapping
from typing import Final

from sqlalchemy import ColumnElement, and_, or_, select, true, union_all
from sqlmodel import col

from app.access import ties, walls
from app.access.actor import Actor
from app.access.grants import Reach
from app.applicants.model import Applicant
from app.audit.model import AuditEvent
from app.cases import scope as cases
from app.cases.model import Assignment, Deadline, Hearing
from app.conflicts.model import ConflictCheck
from app.disbursements import scope as disbursements
from app.disbursements.model import Disbursement
from app.funds.model import Award
from app.funds.scope import visible_awards, visible_payees
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


def _applicants(actor: Actor, reach: Reach) -> ColumnElement[bool]:
    """People tied to the actor's organization, and those it took in; with ALL everybody."""
    tied = ties.within(actor, reach, col(Applicant.id))
    own = and_(col(Applicant.partner_id) == actor.partner_id, walls.outside(actor, col(Applicant.id)))
    return or_(tied, own) if reach is Reach.PARTNER else tied


def _applications(actor: Actor, reach: Reach) -> ColumnElement[bool]:
    """Applications of those people."""
    people = select(col(Applicant.id)).where(_applicants(actor, reach))
    return col(Application.applicant_id).in_(people)


#: By kind of record, which of them an actor with a reach over the record may look up by reference.
LOOKED_UP: Final[Mapping[str, Callable[[Actor, Reach], ColumnElement[bool]]]] = {
    "applicant": _applicants,
    "application": _applications,
    "award": visible_awards,
    "case": cases.visible,
    "disbursement": disbursements.visible,
    "payee": visible_payees,
}
