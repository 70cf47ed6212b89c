"""Sessions: begun when somebody proved who they are, ended when what they prove with has changed."""

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Uuid, bindparam, insert, select, update
from sqlmodel import col

from app.access.identify import digest
from app.access.methods import Method, as_words
from app.access.model import SignInSession, Token
from app.authenticators.rules import MOST_SESSIONS
from app.db import new_id
from app.work import Work

_INSERT: Final = insert(SignInSession)
_NEWEST: Final = (
    select(col(SignInSession.id))
    .where(
        col(SignInSession.account_id) == bindparam("of_account", type_=Uuid()), col(SignInSession.ended_at).is_(None)
    )
    .order_by(col(SignInSession.id).desc())
    .limit(MOST_SESSIONS - 1)
)
_END_OLDEST: Final = (
    update(SignInSession)
    .where(
        col(SignInSession.account_id) == bindparam("of_account", type_=Uuid()),
        col(SignInSession.ended_at).is_(None),
        col(SignInSession.id).not_in(_NEWEST.scalar_subquery()),
    )
    .values(ended_at=bindparam("now"))
)


def begin_session(
    work: Work,
    account_id: UUID,
    secret: str,
    browser: str,
    life: timedelta,
    methods: frozenset[Method],
    *,
    proved_at: datetime | None = None,
) -> UUID:
    """Leave a new session's row to be written with this Work, and give its id; ``methods`` is how it was proved.

    ``proved_at`` is when it was proved, now unless somebody else saw it earlier: a sensitive act goes by that.
    The oldest sessions end where the person would have too many.
    """
    session_id = new_id()
    work.defer(_END_OLDEST, {"of_account": account_id, "now": work.now})
    row: dict[str, Any] = {
        "id": session_id,
        "account_id": account_id,
        "digest": digest(secret),
        "browser": browser[:200],
        "methods": as_words(methods),
        "proved_at": proved_at or work.now,
        "created_at": work.now,
        "seen_at": work.now,
        "ends_at": work.now + life,
        "ended_at": None,
    }
    work.defer(_INSERT, row)
    return session_id


def end_sessions(work: Work, account_id: UUID, *, but: UUID | None = None) -> None:
    """End every open session of a person, except ``but``."""
    those = [col(SignInSession.account_id) == account_id, col(SignInSession.ended_at).is_(None)]
    if but is not None:
        those.append(col(SignInSession.id) != but)
    work.session.execute(update(SignInSession).where(*those).values(ended_at=work.now))


def end_tokens(work: Work, account_id: UUID) -> None:
    """End every token of a person that still stands."""
    work.session.execute(
        update(Token)
        .where(col(Token.account_id) == account_id, col(Token.ended_at).is_(None))
        .values(ended_at=work.now)
    )
