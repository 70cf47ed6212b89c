"""Letting a colleague into one case for some hours: to interpret, or to stand in at court."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import insert, select, update
from sqlmodel import col

from app.access import ties, walls
from app.access.grants import Permission, Reach
from app.audit.actions import record
from app.cases.actions.offer import must_be_attorney
from app.cases.model import Assignment, TemporaryHelp
from app.cases.reads.find import FoundCase, case_for
from app.cases.reads.helping import help_of
from app.cases.rules import LONGEST_HELP, AssignmentRole, AssignmentStatus, CaseStatus
from app.errors import Conflict, Denied, Invalid, Problem
from app.once import once
from app.work import Work


class NewHelp(BaseModel):
    """Which colleague, and for how many hours."""

    model_config = ConfigDict(extra="forbid")

    account_id: UUID
    hours: Annotated[int, Field(ge=1, le=LONGEST_HELP, strict=True)]


def give_help(work: Work, case_id: UUID, form: NewHelp) -> UUID:
    """Let a colleague work on the case from now for so many hours; give the help's id. It ends by itself.

    Raises NotFound; Denied for an attorney who is not the primary one; Invalid for somebody who is no active attorney
    of the organization or may not know of the case; Conflict when the case is closed or they are on it already.
    """
    found = case_for(work, Permission.HELP_GIVE, case_id)
    reach = work.allow(Permission.HELP_GIVE)
    if reach is not Reach.PARTNER and not _is_primary(work, case_id):
        raise Denied("help.primary", "The case's own attorney lets others in.")

    def do(help_id: UUID) -> None:
        _must_be_free(work, found, form.account_id)
        ends_at = work.now + timedelta(hours=form.hours)
        work.session.execute(
            insert(TemporaryHelp).values(
                id=help_id,
                case_id=case_id,
                account_id=form.account_id,
                given_by=work.actor.id,
                given_at=work.now,
                ends_at=ends_at,
            )
        )
        subjects = (case_id, found.applicant_id)
        ties.tie_for_a_time(work.session, help_id, form.account_id, subjects, work.now, ends_at)
        record(
            work,
            "help.given",
            object_type="temporary_help",
            object_id=help_id,
            subject_id=found.applicant_id,
            details={"hours": form.hours},
        )

    return once(work, form, do)


def end_help(work: Work, case_id: UUID, help_id: UUID) -> UUID:
    """End a colleague's help before its time, at once. Raises NotFound, Conflict when it is over, Denied for others."""
    found = help_of(work, case_id, help_id)
    reach = work.allow(Permission.HELP_GIVE)
    own = work.actor.id in (found.given_by, found.account_id)
    if reach is not Reach.PARTNER and not own and not _is_primary(work, case_id):
        raise Denied("help.primary", "The case's own attorney lets others in.")

    def do(_: UUID) -> None:
        if found.ended_at is not None or found.ends_at <= work.now:
            raise Conflict("help.over", "This help is over.")
        _end(work, help_id)
        record(
            work,
            "help.ended",
            object_type="temporary_help",
            object_id=help_id,
            subject_id=found.applicant_id,
        )

    return once(work, None, do, result_id=help_id)


def end_all_help(work: Work, case_id: UUID, *, given_by: UUID | None = None) -> None:
    """End what help there is on a case, all of it or one person's: with an assignment, or with the case.

    The caller records what it ends.
    """
    going_on = [col(TemporaryHelp.case_id) == case_id, col(TemporaryHelp.ended_at).is_(None)]
    if given_by is not None:
        going_on.append(col(TemporaryHelp.given_by) == given_by)
    for help_id in work.session.execute(select(col(TemporaryHelp.id)).where(*going_on)).scalars().all():
        _end(work, help_id)


def _end(work: Work, help_id: UUID) -> None:
    work.session.execute(
        update(TemporaryHelp).where(col(TemporaryHelp.id) == help_id).values(ended_at=work.now, ended_by=work.actor.id)
    )
    ties.untie_help(work.session, help_id, work.now)


def _is_primary(work: Work, case_id: UUID) -> bool:
    primary = select(col(Assignment.id)).where(
        col(Assignment.case_id) == case_id,
        col(Assignment.attorney_id) == work.actor.id,
        col(Assignment.status) == AssignmentStatus.ACCEPTED,
        col(Assignment.role) == AssignmentRole.PRIMARY,
    )
    return work.session.execute(primary).first() is not None


def _must_be_free(work: Work, found: FoundCase, account_id: UUID) -> None:
    if found.status is CaseStatus.CLOSED:
        raise Conflict("case.closed", "This case is closed.")
    if account_id == work.actor.id:
        raise Invalid(Problem("/account_id", "help.oneself", "Choose somebody else."))
    must_be_attorney(work, found.partner_id, account_id, "/account_id")
    if walls.walled_from(work.session, account_id, found.applicant_id):
        raise Invalid(Problem("/account_id", "person.walled", "This person may not work on this case."))
    if ties.is_tied(work.session, account_id, found.id):
        raise Conflict("help.stands", "This person can open the case already.")
