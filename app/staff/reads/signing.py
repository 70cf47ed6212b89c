"""What a sign-in needs to know: whose address it is, how often it failed, whose password a link sets."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlmodel import col

from app.access.identify import digest
from app.access.model import Account, AccountStatus, PasswordLink
from app.authenticators.model import FactorReset
from app.errors import NotFound
from app.partners.model import Partner
from app.staff.model import SignInFailure
from app.staff.rules import WINDOW
from app.work import Work


@dataclass(frozen=True, slots=True)
class Candidate:
    """Who an e-mail address belongs to, for a sign-in that may fail."""

    id: UUID
    password_hash: str


def candidate(work: Work, email: str) -> Candidate | None:
    """The active account of an e-mail address with its password hash; None when there is none.

    People of an organization that was suspended are not let in.
    """
    row = work.session.execute(
        select(col(Account.id), col(Account.password_hash))
        .outerjoin(Partner, col(Partner.id) == col(Account.partner_id))
        .where(
            col(Account.email) == email,
            col(Account.status) == AccountStatus.ACTIVE,
            or_(col(Account.partner_id).is_(None), col(Partner.active)),
        )
    ).one_or_none()
    return Candidate(row.id, row.password_hash) if row is not None and row.password_hash else None


def failures(work: Work, who: bytes, network: bytes) -> tuple[tuple[int, datetime | None], tuple[int, datetime | None]]:
    """Failures of this person at this place, and of this network, within the window: how many, and when the last."""
    since = work.now - WINDOW

    def count(condition: ColumnElement[bool]) -> tuple[int, datetime | None]:
        row = work.session.execute(
            select(func.count(), func.max(col(SignInFailure.at))).where(condition, col(SignInFailure.at) > since)
        ).one()
        return int(row[0]), row[1]

    return count(col(SignInFailure.who) == who), count(col(SignInFailure.network) == network)


@dataclass(frozen=True, slots=True)
class Invitation:
    """Whose password a link sets."""

    link_id: UUID
    account_id: UUID
    email: str
    name: str


def invitation(work: Work, secret: str) -> Invitation:
    """The person whose password this link may set. Raises NotFound when it is unknown, used or too old.

    An account that is open takes no other link than that of its own recovery, which has the moment of the reset.
    """
    of_a_recovery = exists().where(
        col(FactorReset.account_id) == col(Account.id), col(FactorReset.used_at) == col(PasswordLink.created_at)
    )
    row = work.session.execute(
        select(col(PasswordLink.id).label("link_id"), col(Account.id), col(Account.email), col(Account.name))
        .join(Account, col(Account.id) == col(PasswordLink.account_id))
        .where(
            col(PasswordLink.digest) == digest(secret),
            col(PasswordLink.used_at).is_(None),
            col(PasswordLink.ends_at) > work.now,
            or_(
                col(Account.status) == AccountStatus.INVITED,
                and_(col(Account.status) == AccountStatus.ACTIVE, of_a_recovery),
            ),
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    return Invitation(*row)
