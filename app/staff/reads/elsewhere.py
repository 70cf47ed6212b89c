"""Where somebody else is signed in, for who may end it."""

from uuid import UUID

from app.access.grants import Permission
from app.staff.reads.own import SessionList, open_sessions
from app.staff.reads.people import found_for
from app.work import Work


def sessions_of(work: Work, account_id: UUID) -> SessionList:
    """The places where a person is signed in now, last used first. Raises NotFound."""
    found_for(work, Permission.STAFF_SESSIONS, account_id)
    return open_sessions(work, account_id)
