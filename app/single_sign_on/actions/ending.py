"""Signing out, here and there: by oneself, by the provider's notice, and by unlinking an account."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Final
from uuid import UUID

import structlog
from pydantic import StringConstraints
from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col

from app.access.identify import digest
from app.audit.actions import record
from app.authenticators.reads import may_change
from app.db import new_id
from app.single_sign_on.actions import refusals
from app.single_sign_on.model import FederatedIdentity, FederatedSession, LogoutNotice
from app.single_sign_on.provider.exchange import ended, way_out
from app.single_sign_on.provider.tokens import Notice
from app.single_sign_on.reads import identities, providers
from app.single_sign_on.rules import Provider, Unreachable, Unsound
from app.staff.actions.federated import end_these
from app.staff.actions.signing_in import sign_out
from app.work import Work

log = structlog.get_logger()

#: A notice is good for some minutes; its id is remembered for longer than that.
_REMEMBERED: Final = timedelta(minutes=10)
#: A notice that stands already is not taken again; both engines wait for one that is not committed yet.
_NOTE: Final = {
    dialect: engine.insert(LogoutNotice)
    .on_conflict_do_nothing(index_elements=["provider_id", "digest"])
    .returning(col(LogoutNotice.id))
    for dialect, engine in (("sqlite", sqlite), ("postgresql", postgresql))
}

LogoutToken = Annotated[str, StringConstraints(min_length=1, max_length=32_000)]


@dataclass(frozen=True, slots=True)
class Left:
    """A session that has ended here, and what is needed to end it at the provider too."""

    provider: Provider | None
    id_token: str | None


def leave(work: Work) -> Left:
    """End this session here, whatever becomes of it at the provider."""
    standing = identities.standing(work)
    sign_out(work)
    if standing is None or not standing.signs_out_there:
        return Left(None, None)
    return Left(providers.ready(work, standing.provider_id, inactive=True), standing.id_token)


def where_to(left: Left, back: str, *, loopback: bool) -> str | None:
    """Where the browser goes to sign out at the provider; None when it can not be told. Outside every transaction."""
    if left.provider is None:
        return None
    try:
        return way_out(left.provider, left.id_token, back, loopback=loopback)
    except (Unreachable, Unsound):
        log.warning("provider.sign_out")
        return None


def judge(provider: Provider, logout_token: str, now: datetime, *, loopback: bool) -> Notice | None:
    """Whose session a notice ends; None when it can not be believed, or not now. Outside every transaction."""
    try:
        return ended(provider, logout_token, now, loopback=loopback)
    except (Unreachable, Unsound) as refused:
        log.warning("provider.notice", error=refused.reason if isinstance(refused, Unsound) else "unreachable")
        return None


def end_by_notice(work: Work, provider: Provider, notice: Notice) -> bool:
    """End the sessions that a notice names; False when the same notice came before."""
    row = {
        "id": new_id(),
        "provider_id": provider.id,
        "digest": digest(notice.jti),
        "ends_at": work.now + _REMEMBERED,
    }
    connection = work.session.connection()
    new = work.session.execute(_NOTE[connection.dialect.name], row).first() is not None
    count = 0
    if new:
        sessions = identities.standing_on(work, provider.id, subject=notice.subject, sid=notice.sid)
        count = end_these(work, sessions)
    record(work, "session.ended_by_provider", object_type="identity_provider", object_id=provider.id, count=count)
    return new


def unlink(work: Work, identity_id: UUID) -> None:
    """Untie an account at a provider; its sessions end.

    Raises NotFound, Conflict for the last way in, Denied in a session too weak to change ways to sign in.
    """
    identity = identities.identity(work, identity_id)
    may_change(work)
    if len(identities.identities(work).items) == 1 and not identities.other_way_in(work):
        raise refusals.last_way_in()
    subject = identities.subject_of_identity(work, identity_id)
    sessions = identities.standing_on(work, identity.provider.id, subject=subject)
    end_these(work, sessions)
    work.session.execute(delete(FederatedSession).where(col(FederatedSession.session_id).in_(sessions)))
    work.session.execute(delete(FederatedIdentity).where(col(FederatedIdentity.id) == identity_id))
    record(
        work,
        "identity.unlinked",
        object_type="federated_identity",
        object_id=identity_id,
        subject_id=work.actor.id,
        details={"provider": str(identity.provider.id)},
    )
