"""Colleagues who may open a case for some hours."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlmodel import col

from app.access.grants import Permission, Role
from app.access.model import Account, AccountRole, AccountStatus, Walled
from app.cases.model import Case, TemporaryHelp
from app.cases.reads.find import case_for
from app.cases.reads.views import PersonName
from app.cases.rules import CaseStatus
from app.cases.scope import visible
from app.errors import NotFound
from app.work import Work


@dataclass(frozen=True, slots=True)
class HelpView:
    """A colleague's help: from when to when. ``ended_at`` is set when somebody ended it before its time."""

    id: UUID
    case_id: UUID
    person: PersonName
    given_at: datetime
    ends_at: datetime
    ended_at: datetime | None


def helper(work: Work, help_id: UUID) -> HelpView:
    """One help as the answer to who has just given or ended it."""
    work.allow(Permission.HELP_GIVE)
    row = work.session.execute(
        select(
            col(TemporaryHelp.id),
            col(TemporaryHelp.case_id),
            col(Account.id).label("account_id"),
            col(Account.name),
            col(TemporaryHelp.given_at),
            col(TemporaryHelp.ends_at),
            col(TemporaryHelp.ended_at),
        )
        .join(Account, col(Account.id) == col(TemporaryHelp.account_id))
        .where(col(TemporaryHelp.id) == help_id)
    ).one()
    person = PersonName(row.account_id, row.name)
    return HelpView(row.id, row.case_id, person, row.given_at, row.ends_at, row.ended_at)


def helpers_for(work: Work, case_id: UUID) -> list[PersonName]:
    """The colleagues whom the actor may let into this case, by name; nobody where they may let in nobody."""
    if Permission.HELP_GIVE not in work.actor.permissions:
        return []
    reach = work.allow(Permission.HELP_GIVE)
    case = work.session.execute(
        select(col(Case.partner_id), col(Case.applicant_id)).where(
            col(Case.id) == case_id, col(Case.status) != CaseStatus.CLOSED, visible(work.actor, reach)
        )
    ).one_or_none()
    if case is None:
        return []
    apart = select(col(Walled.account_id)).where(
        col(Walled.subject_id) == case.applicant_id, col(Walled.lifted_at).is_(None)
    )
    rows = work.session.execute(
        select(col(Account.id), col(Account.name))
        .join(AccountRole, col(AccountRole.account_id) == col(Account.id))
        .where(
            col(AccountRole.role) == Role.ATTORNEY,
            col(Account.partner_id) == case.partner_id,
            col(Account.status) == AccountStatus.ACTIVE,
            col(Account.id) != work.actor.id,
            col(Account.id).not_in(apart),
        )
        .order_by(col(Account.name), col(Account.id))
    )
    return [PersonName(*row) for row in rows]


def helpable(work: Work, case_id: UUID) -> None:
    """For the door: the actor works on this case, or assigns it. Raises NotFound."""
    case_for(work, Permission.HELP_GIVE, case_id)


def help_endable(work: Work, case_id: UUID, help_id: UUID) -> None:
    """For the door: there is such a help on a case within reach. Raises NotFound."""
    help_of(work, case_id, help_id)


def help_of(work: Work, case_id: UUID, help_id: UUID) -> Any:
    """A help on a case within reach, to be ended. Raises NotFound for every other."""
    case_for(work, Permission.HELP_GIVE, case_id)
    statement: Select[*tuple[Any, ...]] = (
        select(
            col(TemporaryHelp.account_id),
            col(TemporaryHelp.given_by),
            col(TemporaryHelp.ends_at),
            col(TemporaryHelp.ended_at),
            col(Case.applicant_id),
        )
        .join(Case, col(Case.id) == col(TemporaryHelp.case_id))
        .where(col(TemporaryHelp.id) == help_id, col(TemporaryHelp.case_id) == case_id)
    )
    row = work.session.execute(statement).one_or_none()
    if row is None:
        raise NotFound
    return row
