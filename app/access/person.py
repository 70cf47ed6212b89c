"""Somebody as the gate would let them in now, without their signing in: to show, and to decide on, what they reach."""

from uuid import UUID

from sqlalchemy import Uuid, select
from sqlalchemy.sql.expression import column, table
from sqlmodel import Session, col

from app.access.actor import Actor
from app.access.grants import Role
from app.access.model import Account, AccountRole

#: Named, not imported: partners stand above this room.
_partner = table("partner", column("id", Uuid()), column("name"))


def as_they_are(session: Session, account_id: UUID) -> Actor | None:
    """The actor that this person would be, with the roles and the organization they have; None for an unknown id."""
    rows = session.execute(
        select(
            col(Account.id),
            col(Account.email),
            col(Account.name),
            col(Account.partner_id),
            col(Account.language),
            col(Account.time_zone),
            _partner.c.name.label("partner_name"),
            col(AccountRole.role),
        )
        .outerjoin(AccountRole, col(AccountRole.account_id) == col(Account.id))
        .outerjoin(_partner, _partner.c.id == col(Account.partner_id))
        .where(col(Account.id) == account_id)
    ).all()
    if not rows:
        return None
    first = rows[0]
    return Actor(
        id=first.id,
        email=first.email,
        name=first.name,
        roles=frozenset(Role(row.role) for row in rows if row.role is not None),
        partner_id=first.partner_id,
        partner_name=first.partner_name,
        language=first.language,
        time_zone=first.time_zone,
        session_id=None,
    )
