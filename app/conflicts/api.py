"""Reviewing conflict checks over REST. They are run on an application."""

from uuid import UUID

from app.access.grants import Permission
from app.conflicts import actions, reads
from app.keyset import DEFAULT_LIMIT, Limit
from app.web.door import Door
from app.work import Work

door = Door("/conflict-checks")


@door.get("", Permission.CONFLICT_RESOLVE)
def list_checks(
    work: Work, open_only: bool = True, limit: Limit = DEFAULT_LIMIT, cursor: str | None = None
) -> reads.CheckList:
    """Checks that found somebody, newest first; those still to be reviewed unless ``open_only`` is false."""
    return reads.checks(work, open_only=open_only, limit=limit, cursor=cursor)


@door.get("/{check_id}", Permission.CONFLICT_RESOLVE)
def get_check(work: Work, check_id: UUID) -> reads.CheckView:
    """One check for its reviewer: both sides by reference."""
    return reads.check(work, check_id)


@door.post("/{check_id}/resolve", Permission.CONFLICT_RESOLVE, finds=reads.reviewable)
def resolve_check(work: Work, check_id: UUID, form: actions.Resolving) -> reads.CheckView:
    """Say whether it is a conflict. Somebody else than the person who ran the check decides."""
    return reads.check(work, actions.resolve(work, check_id, form))
