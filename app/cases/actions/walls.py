"""Keeping a person away from a matter, and letting them back: one puts a wall up, two take it down, never oneself."""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, StringConstraints
from sqlalchemy import insert, select, update
from sqlmodel import col

from app.access import walls
from app.access.grants import Permission, Reach
from app.access.model import Account
from app.audit.actions import record
from app.cases.model import Case, Wall
from app.cases.reads.find import case_for
from app.cases.reads.walls import wall_of
from app.cases.rules import WallReason
from app.crypto import Cell, Group
from app.errors import Conflict, Denied, Invalid, Problem
from app.once import once
from app.staff.scope import visible as visible_people
from app.work import Work


class NewWall(BaseModel):
    """Who is to be kept away from the matter, and why; the text is sealed."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    account_id: UUID
    reason: WallReason
    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]


def put_up_wall(work: Work, case_id: UUID, form: NewWall) -> UUID:
    """Keep a person away from the applicant and all their cases, at once and whatever their role; give the wall's id.

    Raises NotFound, Denied for a wall around oneself, Invalid for a person out of the actor's reach, Conflict when
    the person is kept away already.
    """
    found = case_for(work, Permission.WALL_SET, case_id)
    reach = work.allow(Permission.WALL_SET)
    if form.account_id == work.actor.id:
        raise Denied("wall.oneself", "Somebody else must put up or lift a wall that keeps you away.")

    def do(wall_id: UUID) -> None:
        _must_be_known(work, reach, form.account_id)
        if walls.walled_from(work.session, form.account_id, found.applicant_id):
            raise Conflict("wall.stands", "This person is kept away from this matter already.")
        sealed = work.vault.seal(Cell("wall", "text_sealed", wall_id, case_id), Group.STAFF, form.text)
        work.session.execute(
            insert(Wall).values(
                id=wall_id,
                account_id=form.account_id,
                case_id=case_id,
                applicant_id=found.applicant_id,
                reason=form.reason,
                text_sealed=sealed,
                set_by=work.actor.id,
                set_at=work.now,
            )
        )
        walls.put_up(work.session, wall_id, form.account_id, (found.applicant_id, *_cases_of(work, found.applicant_id)))
        _record(work, "wall.set", wall_id, found.applicant_id, {"reason": form.reason})

    return once(work, form, do)


def lift_wall(work: Work, case_id: UUID, wall_id: UUID) -> UUID:
    """Ask that a wall be lifted; when somebody else has asked already, lift it.

    Raises NotFound, Conflict when it was lifted, Denied for whoever asked before or is kept away by it.
    """
    found = wall_of(work, case_id, wall_id)
    if found.account_id == work.actor.id:
        raise Denied("wall.oneself", "Somebody else must put up or lift a wall that keeps you away.")

    def do(_: UUID) -> None:
        if found.lifted_at is not None:
            raise Conflict("wall.lifted", "This wall was lifted already.")
        if found.lift_asked_by == work.actor.id:
            raise Denied("segregation_of_duties", "You have asked for this already. Somebody else must agree.")
        if found.lift_asked_by is None:
            _set(work, wall_id, lift_asked_by=work.actor.id, lift_asked_at=work.now)
            _record(work, "wall.lift_asked", wall_id, found.applicant_id, {})
        else:
            _set(work, wall_id, lifted_by=work.actor.id, lifted_at=work.now)
            walls.take_down(work.session, wall_id, work.now)
            _record(work, "wall.lifted", wall_id, found.applicant_id, {})

    return once(work, None, do, result_id=wall_id)


def _must_be_known(work: Work, reach: Reach, account_id: UUID) -> None:
    person = select(col(Account.id)).where(col(Account.id) == account_id, visible_people(work.actor, reach))
    if work.session.execute(person).first() is None:
        raise Invalid(Problem("/account_id", "person.unknown", "Choose a person from the list."))


def _cases_of(work: Work, applicant_id: UUID) -> list[UUID]:
    """Every case of the person, whatever the actor reaches: a wall has no gaps."""
    return list(work.session.execute(select(col(Case.id)).where(col(Case.applicant_id) == applicant_id)).scalars())


def _set(work: Work, wall_id: UUID, **values: object) -> None:
    work.session.execute(update(Wall).where(col(Wall.id) == wall_id).values(**values))


def _record(work: Work, action: str, wall_id: UUID, applicant_id: UUID, details: dict[str, str]) -> None:
    record(work, action, object_type="wall", object_id=wall_id, subject_id=applicant_id, details=details or None)
