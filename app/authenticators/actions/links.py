"""Links to choose the first way to sign in: made by whoever invites, or by a recovery; the newest one alone counts."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import insert, update
from sqlmodel import col

from app.access.identify import digest, new_secret
from app.access.model import PasswordLink
from app.db import new_id
from app.errors import NotFound
from app.work import Work


def make(work: Work, account_id: UUID, life: timedelta) -> str:
    """A link's secret, good for ``life`` and used once; every link of this person before it ends."""
    end_open(work, account_id)
    secret = new_secret()
    work.session.execute(
        insert(PasswordLink).values(
            id=new_id(),
            account_id=account_id,
            digest=digest(secret),
            created_at=work.now,
            ends_at=work.now + life,
        )
    )
    return secret


def use(work: Work, link_id: UUID, account_id: UUID) -> None:
    """Use a link up; every other of this person ends. Raises NotFound when another request was quicker."""
    taken = work.session.execute(
        update(PasswordLink)
        .where(
            col(PasswordLink.id) == link_id,
            col(PasswordLink.used_at).is_(None),
            col(PasswordLink.ends_at) > work.now,
        )
        .values(used_at=work.now)
    )
    if taken.rowcount != 1:
        raise NotFound
    end_open(work, account_id)


def end_open(work: Work, account_id: UUID) -> None:
    """End every link of a person that could still be used."""
    work.session.execute(
        update(PasswordLink)
        .where(
            col(PasswordLink.account_id) == account_id,
            col(PasswordLink.used_at).is_(None),
            col(PasswordLink.ends_at) > work.now,
        )
        .values(ends_at=work.now)
    )
