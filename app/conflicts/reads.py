"""Conflict checks: one word for the asker, both sides by reference for the person who reviews them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from app import keyset
from app.access.grants import Permission
from app.access.model import Account
from app.access.sights import DIRECTORY
from app.access.walls import behind
from app.applicants import reads as applicants
from app.applicants.model import Applicant
from app.audit.actions import record
from app.conflicts.model import ConflictCheck
from app.conflicts.rules import CheckResult, Resolution, refuse_outdated, refuse_unclear
from app.conflicts.scope import visible
from app.crypto import Cell, Group
from app.errors import NotFound
from app.sight import OPTION
from app.work import Work


@dataclass(frozen=True, slots=True)
class Asked:
    """What the asker learns: clear, or sent to a second person; later how the review ended."""

    id: UUID
    result: CheckResult
    resolution: Resolution | None
    checked_at: datetime


@dataclass(frozen=True, slots=True)
class Match:
    """Somebody who shares an identifier, by reference, and which kinds are shared."""

    applicant_id: UUID
    reference: str
    by: list[str]


@dataclass(frozen=True, slots=True)
class CheckView:
    """A check as its reviewer sees it. ``compared`` names the identifiers there were; with none, nothing is known.

    ``matches`` and ``reason`` are None for the person who asked: they learn one word, and not whose client it was.
    """

    id: UUID
    application_id: UUID
    applicant_id: UUID
    reference: str
    result: CheckResult
    compared: list[str]
    matches: list[Match] | None
    checked_at: datetime
    checked_by_id: UUID
    checked_by: str
    resolution: Resolution | None
    resolved_at: datetime | None
    resolved_by: str | None
    reason: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class CheckList:
    items: list[CheckView]
    next: str | None


_asker, _reviewer = aliased(Account), aliased(Account)
_CHECKS: Select[*tuple[Any, ...]] = (
    select(
        col(ConflictCheck.id),
        col(ConflictCheck.application_id),
        col(ConflictCheck.applicant_id),
        col(Applicant.reference),
        col(ConflictCheck.result),
        col(ConflictCheck.compared),
        col(ConflictCheck.matches),
        col(ConflictCheck.checked_at),
        col(ConflictCheck.checked_by_id),
        col(_asker.name).label("checked_by"),
        col(ConflictCheck.resolution),
        col(ConflictCheck.resolved_at),
        col(_reviewer.name).label("resolved_by"),
        col(ConflictCheck.reason_sealed),
    )
    .join(Applicant, col(Applicant.id) == col(ConflictCheck.applicant_id))
    .join(_asker, col(_asker.id) == col(ConflictCheck.checked_by_id))
    .join(_reviewer, col(_reviewer.id) == col(ConflictCheck.resolved_by_id), isouter=True)
)


def require_clear(work: Work, application_id: UUID, applicant_id: UUID) -> None:
    """Raises Conflict unless the newest check of the application is clear or resolved, and nobody new appeared since.

    The application is one that the caller reached through its own scope.
    """
    row = work.session.execute(
        _newest(application_id, col(ConflictCheck.result), col(ConflictCheck.resolution), col(ConflictCheck.matches))
    ).one_or_none()
    refuse_unclear(*((None, None) if row is None else (row.result, row.resolution)))
    matched = [] if row is None else [UUID(match["applicant_id"]) for match in row.matches]
    refuse_outdated(matched, applicants.sharing(work, applicant_id).shared)


def asked(work: Work, check_id: UUID) -> Asked:
    """The check that the actor has just run."""
    work.allow(Permission.CONFLICT_CHECK)
    row = work.session.execute(
        select(
            col(ConflictCheck.id),
            col(ConflictCheck.result),
            col(ConflictCheck.resolution),
            col(ConflictCheck.checked_at),
        ).where(col(ConflictCheck.id) == check_id, col(ConflictCheck.checked_by_id) == work.actor.id)
    ).one()
    return Asked(*row)


def checks(
    work: Work, *, open_only: bool = True, limit: int = keyset.DEFAULT_LIMIT, cursor: str | None = None
) -> CheckList:
    """Checks to review, newest first; with ``open_only`` False also those whose review is done."""
    reach = work.allow(Permission.CONFLICT_RESOLVE)
    statement = _CHECKS.where(visible(work.actor, reach), col(ConflictCheck.result) == CheckResult.REVIEW)
    if open_only:
        statement = statement.where(col(ConflictCheck.resolution).is_(None))
    rows = work.session.execute(keyset.newest_first(statement, col(ConflictCheck.id), limit=limit, cursor=cursor)).all()
    page = keyset.page(rows, limit)
    shown = _free_of_walls(work, page.rows)
    record(work, "conflict.listed", groups=(Group.STAFF,), count=len(shown))
    return CheckList(_views(work, shown), page.next)


def check(work: Work, check_id: UUID) -> CheckView:
    """One check for its reviewer. Raises NotFound when it is absent or out of the actor's scope."""
    reach = work.allow(Permission.CONFLICT_RESOLVE)
    row = work.session.execute(
        _CHECKS.where(col(ConflictCheck.id) == check_id, visible(work.actor, reach))
    ).one_or_none()
    if row is None or not _free_of_walls(work, [row]):
        raise NotFound
    record(
        work,
        "conflict.read",
        object_type="conflict_check",
        object_id=check_id,
        subject_id=row.applicant_id,
        groups=(Group.STAFF,),
    )
    return _views(work, [row])[0]


def reviewable(work: Work, check_id: UUID) -> None:
    """For the door: raises NotFound when the check is absent or out of the actor's scope."""
    reach = work.allow(Permission.CONFLICT_RESOLVE)
    found = select(col(ConflictCheck.matches)).where(col(ConflictCheck.id) == check_id, visible(work.actor, reach))
    row = work.session.execute(found).one_or_none()
    if row is None or not _free_of_walls(work, [row]):
        raise NotFound


def _free_of_walls(work: Work, rows: Sequence[Any]) -> list[Any]:
    """The checks that found nobody whom the actor is walled off from: such a check is somebody else's to review."""
    found = {UUID(match["applicant_id"]) for row in rows for match in row.matches}
    closed = behind(work.session, work.actor, found) if found else frozenset()
    return [row for row in rows if not any(UUID(match["applicant_id"]) in closed for match in row.matches)]


def _newest(application_id: UUID, *columns: Any) -> Select[*tuple[Any, ...]]:
    return (
        select(col(ConflictCheck.id), *columns)
        .where(col(ConflictCheck.application_id) == application_id)
        .order_by(col(ConflictCheck.id).desc())
        .limit(1)
    )


def _views(work: Work, rows: Iterable[Any]) -> list[CheckView]:
    rows = list(rows)
    wanted = {UUID(match["applicant_id"]) for row in rows for match in row.matches}
    references = _references(work, wanted) if wanted else {}
    return [_view(work, row, references) for row in rows]


def _view(work: Work, row: Any, references: Mapping[UUID, str]) -> CheckView:
    asker = row.checked_by_id == work.actor.id
    found = [(UUID(match["applicant_id"]), match["by"]) for match in row.matches]
    return CheckView(
        id=row.id,
        application_id=row.application_id,
        applicant_id=row.applicant_id,
        reference=row.reference,
        result=row.result,
        compared=row.compared,
        matches=None if asker else [Match(who, references[who], by) for who, by in found if who in references],
        checked_at=row.checked_at,
        checked_by_id=row.checked_by_id,
        checked_by=row.checked_by,
        resolution=row.resolution,
        resolved_at=row.resolved_at,
        resolved_by=row.resolved_by,
        reason=None if asker else _reason(work, row),
    )


def _references(work: Work, applicant_ids: Iterable[UUID]) -> Mapping[UUID, str]:
    """References across all scopes: the reviewer compares people whom only other organizations know."""
    rows = work.session.execute(
        select(col(Applicant.id), col(Applicant.reference)).where(col(Applicant.id).in_(list(applicant_ids))),
        execution_options={OPTION: DIRECTORY},
    )
    return {row.id: row.reference for row in rows}


def _reason(work: Work, row: Any) -> str | None:
    if row.reason_sealed is None:
        return None
    cell = Cell("conflict_check", "reason_sealed", row.id, row.applicant_id)
    reason: str = work.vault.open(cell, Group.STAFF, row.reason_sealed)
    return reason
