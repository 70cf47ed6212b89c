"""Who may open in an emergency: people of the fund whom a colleague has named."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import aliased
from sqlmodel import col

from app.access.grants import Permission, Role
from app.access.model import Account, AccountRole, AccountStatus
from app.audit.actions import record
from app.break_glass.model import GlassHolder
from app.cases.reads import PersonName
from app.errors import Denied
from app.work import Work


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody who may open in an emergency, and who named them."""

    person: PersonName
    named_by: PersonName
    named_at: datetime


@dataclass(frozen=True, slots=True)
class HolderList:
    items: list[Holder]
    next: None = None


_namer = aliased(Account)


def holders(work: Work) -> HolderList:
    """Who may open in an emergency; the look is recorded."""
    work.allow(Permission.BREAK_GLASS_NAME)
    rows = work.session.execute(
        select(
            col(GlassHolder.account_id),
            col(Account.name),
            col(GlassHolder.named_by),
            col(_namer.name).label("namer"),
            col(GlassHolder.named_at),
        )
        .join(Account, col(Account.id) == col(GlassHolder.account_id))
        .join(_namer, col(_namer.id) == col(GlassHolder.named_by))
        .where(col(GlassHolder.ended_at).is_(None))
        .order_by(col(Account.name), col(Account.id))
    ).all()
    record(work, "break_glass.holders_listed", count=len(rows))
    return HolderList(
        [
            Holder(PersonName(row.account_id, row.name), PersonName(row.named_by, row.namer), row.named_at)
            for row in rows
        ]
    )


def nameable(work: Work) -> list[PersonName]:
    """The people whom the actor may name, by name: active administrators of the fund who are not named; not oneself."""
    work.allow(Permission.BREAK_GLASS_NAME)
    named = select(col(GlassHolder.account_id)).where(col(GlassHolder.ended_at).is_(None))
    rows = work.session.execute(
        select(col(Account.id), col(Account.name))
        .join(AccountRole, col(AccountRole.account_id) == col(Account.id))
        .where(
            col(AccountRole.role) == Role.FUND_ADMINISTRATOR,
            col(Account.status) == AccountStatus.ACTIVE,
            col(Account.id) != work.actor.id,
            col(Account.id).not_in(named),
        )
        .order_by(col(Account.name), col(Account.id))
    )
    return [PersonName(*row) for row in rows]


def is_named(work: Work) -> bool:
    """Whether a colleague has named the actor for emergencies."""
    work.allow(Permission.BREAK_GLASS_OPEN)
    held = select(col(GlassHolder.id)).where(
        col(GlassHolder.account_id) == work.actor.id, col(GlassHolder.ended_at).is_(None)
    )
    return work.session.execute(held).first() is not None


def must_be_named(work: Work) -> None:
    """Raises Denied for somebody whom nobody has named: the role alone is not enough."""
    if not is_named(work):
        raise Denied("break_glass.not_named", "Emergency openings are for people whom a colleague has named for them.")
