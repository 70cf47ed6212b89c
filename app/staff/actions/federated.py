"""What an identity provider's word changes here: an invitation is taken up, sessions end with those they stand on."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select, update
from sqlmodel import col

from app.access.model import Account, AccountStatus, PasswordLink, SignInSession
from app.audit.actions import record
from app.authenticators.actions import links
from app.errors import NotFound
from app.work import Work


@dataclass(frozen=True, slots=True)
class Accepted:
    """Whose account is open now, and for which organization they work."""

    account_id: UUID
    partner_id: UUID | None


def accept_invitation(work: Work, link_id: UUID) -> Accepted:
    """Open the account of an invitation's person without a password; the link is used up.

    Raises NotFound for a link that is unknown, used or too old, and for an account that is open already.
    """
    row = work.session.execute(
        select(col(Account.id), col(Account.partner_id))
        .join(PasswordLink, col(PasswordLink.account_id) == col(Account.id))
        .where(
            col(PasswordLink.id) == link_id,
            col(PasswordLink.used_at).is_(None),
            col(PasswordLink.ends_at) > work.now,
            col(Account.status) == AccountStatus.INVITED,
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    links.use(work, link_id, row.id)
    work.session.execute(update(Account).where(col(Account.id) == row.id).values(status=AccountStatus.ACTIVE))
    record(work, "staff.accepted", object_type="account", object_id=row.id)
    return Accepted(row.id, row.partner_id)


def end_these(work: Work, session_ids: Sequence[UUID]) -> int:
    """End these sessions where they still stand, and give how many did."""
    if not session_ids:
        return 0
    ended = work.session.execute(
        update(SignInSession)
        .where(col(SignInSession.id).in_(session_ids), col(SignInSession.ended_at).is_(None))
        .values(ended_at=work.now)
    )
    return int(ended.rowcount)
