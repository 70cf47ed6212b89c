"""Where somebody else is signed in, for who may end it."""

from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from app.access.grants import Permission
from app.access.model import SignInSession
from app.staff.reads.own import SessionList, SessionView
from app.staff.reads.people import found_for
from app.work import Work


def sessions_of(work: Work, account_id: UUID) -> SessionList:
    """The places where a person is signed in now, last used first. Raises NotFound."""
    found_for(work, Permission.STAFF_SESSIONS, account_id)
    rows = work.session.execute(
        select(
            col(SignInSession.id), col(SignInSession.browser), col(SignInSession.created_at), col(SignInSession.seen_at)
        )
        .where(
            col(SignInSession.account_id) == account_id,
            col(SignInSession.ended_at).is_(None),
            col(SignInSession.ends_at) > work.now,
        )
        .order_by(col(SignInSession.seen_at).desc())
    )
    return SessionList(
        [
            SessionView(row.id, row.browser, row.created_at, row.seen_at, row.id == work.actor.session_id)
            for row in rows
        ],
        None,
    )
