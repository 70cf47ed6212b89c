"""Which documents an actor may know of, and which they may open. Access follows the case, or the application.

Who sees a case knows that it has documents; only those assigned to it open them. Intake opens what was handed in with
an application until its disposition, and never what was added to a case. What came with an application goes on with
the case that was made of it. A wall keeps away from both.
"""

from sqlalchemy import ColumnElement, and_, false, or_, select
from sqlmodel import col

from app.access.actor import Actor
from app.access.grants import Permission
from app.access.walls import outside
from app.applicants import scope as applicants
from app.applicants.model import Applicant
from app.cases import scope as cases
from app.cases.model import Case
from app.crypto import Group
from app.documents.model import Document
from app.intake import scope as intake
from app.intake.model import Application


def visible(actor: Actor) -> ColumnElement[bool]:
    """Documents of the cases and applications that the actor sees."""
    on_case, on_application = actor.reach(Permission.CASE_READ), actor.reach(Permission.APPLICATION_READ)
    return or_(
        false() if on_case is None else _on_cases(cases.visible(actor, on_case)),
        false() if on_application is None else _of_applications(intake.visible(actor, on_application)),
    )


def opened(actor: Actor) -> ColumnElement[bool]:
    """Documents whose names and contents open to the actor."""
    if actor.opens(Group.DOCUMENTS) is None:
        return false()
    people = select(col(Applicant.id)).where(applicants.opened(actor, (Group.DOCUMENTS,)))
    handed_in = and_(col(Document.application_id).is_not(None), col(Document.applicant_id).in_(people))
    return or_(_on_cases(cases.opened(actor, Group.DOCUMENTS)), and_(handed_in, _free(actor)))


def changeable(actor: Actor) -> ColumnElement[bool]:
    """Documents of the cases that the actor works on, and of applications that lie open on their desk."""
    on_case, on_application = actor.reach(Permission.CASE_CHANGE), actor.reach(Permission.APPLICATION_CHANGE)
    choices = [] if on_case is None else [_on_cases(cases.visible(actor, on_case))]
    if on_application is not None:
        people = select(col(Applicant.id)).where(applicants.visible(actor, on_application))
        at_the_desk = _of_applications(intake.visible(actor, on_application))
        choices.append(and_(at_the_desk, col(Document.applicant_id).in_(people)))
    return or_(false(), *choices)


def _on_cases(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """Documents of these cases, and of the applications that they were made of."""
    there = col(Case.erased_at).is_(None), condition
    of_case = col(Document.case_id).in_(select(col(Case.id)).where(*there))
    return or_(of_case, col(Document.application_id).in_(select(col(Case.application_id)).where(*there)))


def _of_applications(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return col(Document.application_id).in_(select(col(Application.id)).where(condition))


def _free(actor: Actor) -> ColumnElement[bool]:
    return outside(actor, col(Document.applicant_id))
